"""Agreements: every step is appended to their history, and nothing in it is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.agreement import AgreementState, Entry, IllegalStep, Step, StepRefusal, append, outcome
from storage import tables as t
from storage.agreements.records import AgreementKind, AgreementRecord, Signatory
from storage.base import Repository

_BY_ID = sa.select(t.agreements).where(t.agreements.c.id == sa.bindparam("row"))
_LOCKED = _BY_ID.with_for_update()
_SET = sa.update(t.agreements).where(t.agreements.c.id == sa.bindparam("row"))
_HISTORY = (
    sa.select(t.agreement_entries)
    .where(t.agreement_entries.c.agreement_id == sa.bindparam("agreement"))
    .order_by(t.agreement_entries.c.position)
)
_CITIES = (
    sa.select(t.cities.c.name)
    .join(t.dialogue_cities, t.dialogue_cities.c.city_id == t.cities.c.id)
    .where(t.dialogue_cities.c.dialogue_id == sa.bindparam("dialogue"))
    .order_by(t.cities.c.id)
)


def about(dialogue_id: int, kind: str, number: int) -> str:
    """Return what a history is about, which its first digest includes: it cannot be passed off as another's."""
    return f"dialogue {dialogue_id} {kind} {number}"


class Agreements(Repository):
    """The agreements. One that is looked up is locked: of two steps at the same moment, one sees the other."""

    async def propose(
        self,
        dialogue_id: int,
        kind: AgreementKind,
        number: int,
        *,
        content: Mapping[str, Any],
        by: Signatory,
        now: datetime,
    ) -> AgreementRecord:
        """Begin an agreement with the first version of its content, and return it."""
        subject = about(dialogue_id, kind, number)
        history = append((), Step.PROPOSED, at=now, actor=by.actor, city=by.city, content=content, about=subject)
        key = {"dialogue_id": dialogue_id, "kind": kind, "number": number}
        id = await self._insert(t.agreements, **key, **_copy(history))
        await self._record(id, history[-1], by)
        return await self.get(id)

    async def get(self, id: int) -> AgreementRecord:
        """Return an agreement. Raises LookupError if it has expired, or its dialogue was removed."""
        row = await self._one(_LOCKED, row=id)
        if row is None:
            raise LookupError(f"there is no agreement with the id {id}")
        return agreement_of(row._asdict())

    async def read(self, id: int) -> AgreementRecord | None:
        """Return an agreement as it is, unlocked."""
        row = await self._one(_BY_ID, row=id)
        return row and agreement_of(row._asdict())

    async def take(
        self,
        agreement: AgreementRecord,
        step: Step,
        by: Signatory,
        now: datetime,
        content: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> AgreementRecord:
        """Take a step and return what the agreement has become. Raises IllegalStep, with nothing done.

        A confirmation that completes those of all cities of the dialogue makes it agreed at once. Nobody confirms for
        two cities, not even by two accounts that belong to the same person now. `version`: the one that the person has
        seen; None: the present one.
        """
        locked = await self.get(agreement.id)
        history = await self.history(agreement.id)
        if step is Step.CONFIRMED:
            await self._check_person(locked, by)
        steps = [(step, content)]
        while steps:
            next_step, what = steps.pop()
            history = append(history, next_step, at=now, actor=by.actor, city=by.city, content=what, version=version)
            await self._record(agreement.id, history[-1], by)
            if next_step is Step.CONFIRMED and (cities := await self._all_confirmed(locked, history)):
                steps.append((Step.AGREED, {"cities": cities}))
        await self._update(_SET, row=agreement.id, **_copy(history))
        return await self.get(agreement.id)

    async def history(self, id: int) -> tuple[Entry, ...]:
        """Return the history of an agreement."""
        return tuple(entry_of(row) for row in await self._all(_HISTORY, agreement=id))

    async def signatories(self, agreement: AgreementRecord) -> dict[str, int | None]:
        """Return who has confirmed the present version, as `{city: person id}`; None: somebody who is forgotten."""
        rows = await self._all(_HISTORY, agreement=agreement.id)
        confirmed = outcome(map(entry_of, rows)).confirmed
        people = {row.city: row.person_id for row in rows if row.step == Step.CONFIRMED}
        return {city: people[city] for city in confirmed}

    async def _check_person(self, agreement: AgreementRecord, by: Signatory) -> None:
        for city, person_id in (await self.signatories(agreement)).items():
            if city != by.city and person_id is not None and person_id == by.person_id:
                raise IllegalStep(Step.CONFIRMED, StepRefusal.OTHER_CITY)

    async def _all_confirmed(self, agreement: AgreementRecord, history: Sequence[Entry]) -> list[str]:
        """Return all cities of the dialogue, or nothing if one of them has not confirmed."""
        cities = [row.name for row in await self._all(_CITIES, dialogue=agreement.dialogue_id)]
        confirmed = outcome(history).confirmed
        return cities if all(city in confirmed for city in cities) else []

    async def _record(self, id: int, entry: Entry, by: Signatory) -> None:
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        await self._insert(t.agreement_entries, agreement_id=id, person_id=by.person_id, **values)


def _copy(history: Sequence[Entry]) -> dict[str, Any]:
    """Return the columns of `agreements` that follow from a history."""
    now = outcome(history)
    last = history[-1]
    agreed = [entry.at for entry in history if entry.step is Step.AGREED]
    closed = now.state.is_final or now.state is AgreementState.DONE
    return {
        "state": now.state,
        "version": now.version,
        "in_force": now.in_force,
        "entries": len(history),
        "digest": last.digest,
        "changed_at": last.at,
        "agreed_at": agreed[-1] if agreed else None,
        "closed_at": last.at if closed else None,
    }


def agreement_of(columns: Mapping[str, Any]) -> AgreementRecord:
    """Return the agreement with these columns."""
    typed = {"kind": AgreementKind(columns["kind"]), "state": AgreementState(columns["state"])}
    return AgreementRecord(**{**columns, **typed})


def entry_of(row: sa.Row[Any]) -> Entry:
    """Return the entry of a row."""
    values = {name: getattr(row, name) for name in Entry.__slots__}
    return Entry(**values | {"step": Step(row.step)})
