"""Verification of all histories, and of what is copied from them for queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bot.agreement import Entry, Step, outcome, verify
from storage import tables as t
from storage.agreements.repository import about, copy_of, entry_of
from storage.base import Repository

_MOST = 500
"""Agreements in a slice."""

_NEXT = (
    sa.select(t.agreements, t.dialogues.c.name.label("dialogue"))
    .join(t.dialogues, t.dialogues.c.id == t.agreements.c.dialogue_id)
    .where(t.agreements.c.id > sa.bindparam("after"))
    .order_by(t.agreements.c.id)
    .limit(_MOST)
    .with_for_update(read=True, of=t.agreements)
)


def _among(table: sa.Table, key: sa.Column[int], *order: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(table).where(key.between(sa.bindparam("first"), sa.bindparam("last"))).order_by(key, *order)


_ENTRIES = _among(t.agreement_entries, t.agreement_entries.c.agreement_id, t.agreement_entries.c.position)
_POINTS = _among(t.action_points, t.action_points.c.id)
_OWNERS = _among(t.action_owners, t.action_owners.c.action_id, t.action_owners.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFault:
    """What is wrong with an agreement: with the entry of its history at a position, or with a copy (None)."""

    dialogue: str
    kind: str
    number: int
    position: int | None
    what: str


class AgreementCheck(Repository):
    """Verification of the histories of all dialogues, in slices so that it blocks nobody for long."""

    async def slice(self, after: int) -> tuple[list[AgreementFault], int | None]:
        """Verify the next agreements after an id (0: from the start); return what is wrong with each, and the last id.

        The id is None if there were no more. Steps on those in the slice wait until the transaction ends.
        """
        rows = await self._all(_NEXT, after=after)
        if not rows:
            return [], None
        first, last = rows[0].id, rows[-1].id
        cities = {row.id: row.name for row in await self._all(sa.select(t.cities))}
        points = {row.id: row for row in await self._all(_POINTS, first=first, last=last)}
        owners = _by(await self._all(_OWNERS, first=first, last=last), "action_id")
        histories = await self._histories(first, last)
        faults: list[AgreementFault] = []
        for row in rows:
            history = histories.get(row.id, ()) if histories is not None else await self._history(row.id)
            if wrong := _first_fault(row, history, points.get(row.id), owners.get(row.id, ()), cities):
                position, what = wrong
                place = {"dialogue": row.dialogue, "kind": row.kind, "number": row.number}
                faults.append(AgreementFault(**place, position=position, what=what))
        return faults, last

    async def _histories(self, first: int, last: int) -> Mapping[int, Sequence[Entry]] | None:
        """Return the histories of the agreements from `first` to `last`, or None if any of them cannot be read."""
        try:
            entries = _by(await self._all(_ENTRIES, first=first, last=last), "agreement_id")
            return {id: [entry_of(row) for row in rows] for id, rows in entries.items()}
        except (ValueError, TypeError):
            return None

    async def _history(self, id: int) -> Sequence[Entry] | None:
        found = await self._histories(id, id)
        return None if found is None else found.get(id, ())


def _by(rows: Iterable[sa.Row[Any]], key: str) -> dict[int, list[sa.Row[Any]]]:
    return {id: list(group) for id, group in groupby(rows, lambda row: getattr(row, key))}


def _first_fault(
    agreement: sa.Row[Any],
    history: Sequence[Entry] | None,
    point: sa.Row[Any] | None,
    owners: Sequence[sa.Row[Any]],
    cities: Mapping[int, str],
) -> tuple[int | None, str] | None:
    if history is None:
        return None, "an entry cannot be read"
    fault = verify(history, about(agreement.dialogue_id, agreement.kind, agreement.number))
    if fault:
        return fault.position, f"{fault.flaw.value} ({fault.detail})" if fault.detail else fault.flaw.value
    now = outcome(history)
    for name, value in copy_of(history, now).items():
        if getattr(agreement, name) != value:
            return None, f"the history does not end as stored ({name})"
    if point is not None and (name := _differing(point, now.content, cities)):
        return None, f"what is shown differs from the history ({name})"
    if not _named(history).issuperset((each.version, each.pseudonym, cities.get(each.city_id)) for each in owners):
        return None, "somebody owns it whom the history does not name"
    return None


def _differing(point: sa.Row[Any], content: Mapping[str, Any], cities: Mapping[int, str]) -> str:
    """Return what of an action point differs from the present version of its content, or an empty string."""
    shown = {
        "text": point.text,
        "language": point.language,
        "translation": point.translation,
        "translation_language": point.translation_language,
        "due": point.due_on and point.due_on.isoformat(),
        "lead": cities.get(point.lead_city_id),
    }
    return next((name for name, value in shown.items() if content.get(name) != value), "")


def _named(history: Sequence[Entry]) -> set[tuple[int, str, str | None]]:
    """Return the owners that the versions of an action point name, as version, pseudonym and city."""
    versions = [entry for entry in history if entry.step in {Step.PROPOSED, Step.EDITED}]
    return {
        (entry.version, each["who"], each["city"]) for entry in versions for each in entry.content.get("owners", ())
    }
