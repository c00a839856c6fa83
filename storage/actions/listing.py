"""Lists of action points, by filter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa

from bot.agreement import AgreementState
from storage import tables as t
from storage.actions.records import ActionFilter, ActionPoint
from storage.agreements.records import OPEN, AgreementKind, AgreementRecord
from storage.agreements.repository import agreement_of
from storage.base import Repository
from storage.minutes.records import Minutes

_POINT, _AGREEMENT = t.action_points, t.agreements
_PREFIX = "agreement_"
_BOTH = _POINT.join(_AGREEMENT, _AGREEMENT.c.id == _POINT.c.id)
JOINED = sa.select(*_POINT.c, *(each.label(f"{_PREFIX}{each.name}") for each in _AGREEMENT.c)).select_from(_BOTH)
POINT_COLUMNS = tuple(each.name for each in _POINT.columns)
AGREEMENT_COLUMNS = tuple(each.name for each in _AGREEMENT.columns)
"""In their order in a row of `JOINED`."""
_IDS = sa.select(_POINT.c.id).select_from(_BOTH)
_COUNTED = sa.select(sa.func.count().label("n")).select_from(_BOTH)
CHANGING = _AGREEMENT.c.in_force != _AGREEMENT.c.version
"""Whether cities have to agree to another version than the one in force."""
effective_due = sa.case((CHANGING, _POINT.c.due_in_force), else_=_POINT.c.due_on)
"""As `ActionPoint.effective_due`."""
_BY_DUE = (effective_due.is_(None), effective_due, _POINT.c.number)
_BY_CLOSE = (_AGREEMENT.c.closed_at.desc(), _POINT.c.number.desc())


class Narrowing(TypedDict, total=False):
    """What narrows a list, besides the filter.

    `person_id`: whose are `MINE`. `city_id`: only those that it leads, or that somebody of it owns. `since`: only those
    whose version in force came into force then, or later.
    """

    person_id: int
    city_id: int | None
    since: datetime | None


class ActionLists(Repository):
    """Lists of the action points of a dialogue, unlocked."""

    async def listed(
        self,
        dialogue_id: int,
        which: ActionFilter,
        *,
        today: date,
        offset: int = 0,
        limit: int | None = None,
        **narrowed: Unpack[Narrowing],
    ) -> list[ActionPoint]:
        """Return action points: those due first, those without a date last; of done ones, the newest first."""
        order = _BY_CLOSE if which is ActionFilter.DONE else _BY_DUE
        where = _where(dialogue_id, which, today, narrowed)
        # Only ids are sorted: whole rows would have to be read for that.
        page = _IDS.where(*where).order_by(*order).offset(offset).limit(limit)
        chosen = where if limit is None else [_POINT.c.id.in_(page)]
        rows = await self._all(JOINED.where(*chosen).order_by(*order))
        return [point_of(row, agreement_in(row)) for row in rows]

    async def made_during(self, minutes: Minutes, until: datetime) -> list[ActionPoint]:
        """Return the action points that were made during a meeting, in their order, without withdrawn ones."""
        where = _where(minutes.dialogue_id, ActionFilter.ALL, date.min, {})
        noted = _POINT.c.minutes == minutes.number
        during = sa.or_(noted, _POINT.c.proposed_at.between(minutes.started_at, until))
        standing = _AGREEMENT.c.state != AgreementState.WITHDRAWN
        rows = await self._all(JOINED.where(*where, during, standing).order_by(_POINT.c.number))
        return [point_of(row, agreement_in(row)) for row in rows]

    async def count(self, dialogue_id: int, which: ActionFilter, *, today: date, **narrowed: Unpack[Narrowing]) -> int:
        """Return how many action points `listed` has without a limit."""
        where = _where(dialogue_id, which, today, narrowed)
        row = await self._one(_COUNTED.where(*where))
        return int(row.n) if row else 0


def _where(dialogue_id: int, which: ActionFilter, today: date, narrowed: Narrowing) -> list[sa.ColumnElement[bool]]:
    where = [
        _AGREEMENT.c.dialogue_id == dialogue_id,
        _AGREEMENT.c.kind == AgreementKind.ACTION,
        _POINT.c.dialogue_id == dialogue_id,
    ]
    if which is not ActionFilter.ALL:
        where.append(_AGREEMENT.c.state.in_(_STATES.get(which, OPEN)))
    if which is ActionFilter.OVERDUE:
        where.append(effective_due < today)
    if which is ActionFilter.AGREED:
        where.append(_AGREEMENT.c.in_force.is_not(None))
    if which is ActionFilter.MINE:
        mine = t.action_owners.c.person_id == narrowed.get("person_id")
        where += [_POINT.c.id.in_(sa.select(t.action_owners.c.action_id).where(mine)), owned(mine)]
    if (city_id := narrowed.get("city_id")) is not None:
        where.append(sa.or_(_POINT.c.lead_city_id == city_id, owned(t.action_owners.c.city_id == city_id)))
    if (since := narrowed.get("since")) is not None:
        where.append(_AGREEMENT.c.agreed_at >= since)
    return where


_STATES = {ActionFilter.DONE: (AgreementState.DONE,)}


def owned(whose: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return a condition: an owner of the present version, or of the one in force, meets another one."""
    owners = t.action_owners
    of = sa.or_(owners.c.version == _AGREEMENT.c.version, owners.c.version == _AGREEMENT.c.in_force)
    return sa.exists().where(owners.c.action_id == _POINT.c.id, owners.c.person_id.is_not(None), of, whose)


def point_of(row: sa.Row[Any], agreement: AgreementRecord) -> ActionPoint:
    """Return the action point of a row, which may have columns of its agreement, too."""
    values = {name: getattr(row, name) for name in POINT_COLUMNS}
    return ActionPoint(agreement=agreement, **values | {"sdgs": tuple(row.sdgs)})


def agreement_in(row: sa.Row[Any]) -> AgreementRecord:
    """Return the agreement whose columns a row of `JOINED` has, too."""
    return agreement_of({name: getattr(row, f"{_PREFIX}{name}") for name in AGREEMENT_COLUMNS})
