"""Action points with all that is known of them, for exports and calendars."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from bot.agreement import AgreementState, Entry, Step
from storage import tables as t
from storage.actions.listing import (
    AGREEMENT_COLUMNS,
    JOINED,
    POINT_COLUMNS,
    agreement_in,
    effective_due,
    owned,
    point_of,
)
from storage.actions.records import ActionPoint
from storage.agreements.records import OPEN
from storage.agreements.repository import agreement_of
from storage.base import Repository

_MOST = 250
"""Action points in a slice: a few milliseconds of work."""

_POINT, _OWNER, _ENTRY = t.action_points, t.action_owners, t.agreement_entries
_HERE = sa.and_(_POINT.c.dialogue_id == sa.bindparam("dialogue"), _POINT.c.number > sa.bindparam("after"))
_NEXT = (
    JOINED.add_columns(t.cities.c.name.label("lead"))
    .outerjoin(t.cities, t.cities.c.id == _POINT.c.lead_city_id)
    .where(_HERE)
    .order_by(_POINT.c.number)
    .limit(_MOST)
)
_IDS = sa.select(_POINT.c.id).where(_HERE, _POINT.c.number <= sa.bindparam("last")).scalar_subquery()
_OWNERS = (
    sa.select(_OWNER.c.action_id, _OWNER.c.version, t.people.c.name, t.cities.c.name.label("city"), _OWNER.c.pseudonym)
    .join(t.people, t.people.c.id == _OWNER.c.person_id)
    .outerjoin(t.cities, t.cities.c.id == _OWNER.c.city_id)
    .where(_OWNER.c.action_id.in_(_IDS))
    .order_by(_OWNER.c.id)
)
_FIELDS = ("step", "version", "city", "position", "at", "actor", "previous", "digest")
_ENTRIES = (
    sa.select(
        _ENTRY.c.agreement_id, *(_ENTRY.c[name] for name in _FIELDS), sa.cast(_ENTRY.c.content, sa.Text).label("json")
    )
    .where(_ENTRY.c.agreement_id.in_(_IDS))
    .order_by(_ENTRY.c.agreement_id, _ENTRY.c.position)
)
_FIRST = sa.and_(_ENTRY.c.agreement_id == _POINT.c.id, _ENTRY.c.position == 1)
_DUE = (
    JOINED.add_columns(_ENTRY.c.digest.label("origin"))
    .join(_ENTRY, _FIRST)
    .where(
        _POINT.c.dialogue_id == sa.bindparam("dialogue"),
        effective_due >= sa.bindparam("since"),
        sa.or_(*(t.agreements.c.state == each for each in OPEN)),
    )
    .order_by(effective_due, _POINT.c.number)
    .limit(sa.bindparam("most"))
)
_DUE_OF = _DUE.where(owned(_OWNER.c.person_id == sa.bindparam("person")))

_Row: TypeAlias = tuple[Any, ...]


class RecordedOwner(NamedTuple):
    """Who owns an action point: their name, that of their city, or an empty one, and their pseudonym in the history."""

    name: str
    city: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class RecordedAction:
    """An action point with its history and the owners of its present version, without those who are forgotten.

    It is kept as rows, of which its parts are made when somebody asks for them: so ten thousand need little memory, and
    whoever writes them in a thread does most of the work.
    """

    number: int
    state: AgreementState
    owners: tuple[RecordedOwner, ...]
    row: _Row
    entries: tuple[_Row, ...]
    """Each as `_FIELDS`, and its content as JSON."""

    @property
    def point(self) -> ActionPoint:
        """The action point."""
        agreement = agreement_of(dict(zip(AGREEMENT_COLUMNS, self.row[len(POINT_COLUMNS) :], strict=False)))
        return ActionPoint(agreement=agreement, **dict(zip(POINT_COLUMNS, self.row, strict=False)))

    @property
    def effective(self) -> ActionPoint:
        """The action point with the text and the due date that count: those in force, while a change is proposed."""
        point = self.point
        version = point.agreement.effective_version
        if version == point.version:
            return point
        return replace(point, text=self.text_of(version), due_on=point.effective_due)

    @property
    def lead(self) -> str:
        """The name of the city that leads, or an empty one."""
        return self.row[-1] or ""

    @property
    def origin(self) -> str:
        """The digest of the first entry, which no other action point has."""
        return str(self.entries[0][_FIELDS.index("digest")])

    @property
    def history(self) -> tuple[Entry, ...]:
        """The history."""
        return tuple(_entry(each) for each in self.entries)

    def answers(self, version: int) -> tuple[list[str], dict[str, str]]:
        """Return which cities have confirmed a version, and the objections of others: `{city: reason}`."""
        confirmed, objections = dict[str, None](), dict[str, str]()
        for step, of, city, *_rest, content in self.entries:
            if of == version and step == Step.CONFIRMED:
                confirmed[city] = None
                objections.pop(city, None)
            elif of == version and step == Step.OBJECTED:
                confirmed.pop(city, None)
                objections[city] = str(json.loads(content).get("reason", ""))
        return list(confirmed), objections

    def text_of(self, version: int) -> str:
        """Return the text of a version."""
        for step, of, *_rest, content in self.entries:
            if of == version and step in {Step.PROPOSED, Step.EDITED}:
                return str(json.loads(content).get("text", ""))
        return ""


class ActionRecords(Repository):
    """The action points of a dialogue as they are exported, in slices, so that nobody has to wait for long."""

    async def slice(self, dialogue_id: int, after: int) -> list[RecordedAction]:
        """Return the next action points after a number (0: from the first one), unlocked; none if there are no more."""
        rows = await self._all(_NEXT, dialogue=dialogue_id, after=after)
        if not rows:
            return []
        within = {"dialogue": dialogue_id, "after": after, "last": rows[-1].number}
        owners = _by_id(await self._all(_OWNERS, **within))
        entries = _by_id(await self._all(_ENTRIES, **within))
        return [_recorded(row, owners.get(row.id, ()), entries.get(row.id, ())) for row in rows]

    async def due(
        self, dialogue_id: int, since: date, person_id: int | None, most: int
    ) -> list[tuple[ActionPoint, str]]:
        """Return open action points that are due on a day or later, by due date, each with its `origin`.

        `person_id`: only those of an owner.
        """
        values = {"dialogue": dialogue_id, "since": since, "most": most}
        if person_id is None:
            rows = await self._all(_DUE, **values)
        else:
            rows = await self._all(_DUE_OF, **values, person=person_id)
        return [(point_of(row, agreement_in(row)), row.origin) for row in rows]


def _recorded(row: sa.Row[Any], owners: Iterable[_Row], entries: Iterable[_Row]) -> RecordedAction:
    named = (
        RecordedOwner(name, city or "", who) for version, name, city, who in owners if version == row.agreement_version
    )
    return RecordedAction(row.number, AgreementState(row.agreement_state), tuple(named), tuple(row), tuple(entries))


def _by_id(rows: Iterable[sa.Row[Any]]) -> Mapping[int, list[_Row]]:
    """Return rows by their first column, without it."""
    by_id: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        by_id[row[0]].append(tuple(row[1:]))
    return by_id


def _entry(row: _Row) -> Entry:
    values = dict(zip(_FIELDS, row, strict=False))
    return Entry(**values | {"step": Step(row[0]), "content": json.loads(row[-1])})
