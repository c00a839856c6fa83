"""Roundtables and their series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.base import Repository
from storage.numbers import Numbers
from storage.roundtables.records import Roundtable, RoundtableState, Series

_ALL = sa.select(t.roundtables)
_BY_ID = _ALL.where(t.roundtables.c.id == sa.bindparam("row")).with_for_update()
_BY_ID_AT_ONCE = _ALL.where(t.roundtables.c.id == sa.bindparam("row")).with_for_update(nowait=True)
_NUMBERED = _ALL.where(
    t.roundtables.c.dialogue_id == sa.bindparam("dialogue"), t.roundtables.c.number == sa.bindparam("named")
).with_for_update()
_BY_CARD = _ALL.where(t.roundtables.c.card_id == sa.bindparam("card")).with_for_update()
_OPEN = sa.or_(*(t.roundtables.c.state == each for each in (RoundtableState.PLANNED, RoundtableState.RUNNING)))
_HERE = t.roundtables.c.dialogue_id == sa.bindparam("dialogue")
_COMING = _ALL.where(_HERE, _OPEN).order_by(t.roundtables.c.starts_at, t.roundtables.c.id)
_PAST = (
    _ALL.where(_HERE, sa.not_(_OPEN))
    .order_by(t.roundtables.c.starts_at.desc(), t.roundtables.c.id.desc())
    .limit(sa.bindparam("most"))
)
_NUMBERS = sa.select(t.roundtables.c.number).where(_HERE).order_by(t.roundtables.c.number)
_OF_SERIES = _ALL.where(t.roundtables.c.series_id == sa.bindparam("series")).order_by(
    t.roundtables.c.occurrence_at.desc()
)
_SET = sa.update(t.roundtables).where(t.roundtables.c.id == sa.bindparam("row"))
_REVISED = _SET.values(sequence=t.roundtables.c.sequence + 1)
_SERIES = sa.select(t.series).where(t.series.c.id == sa.bindparam("row")).with_for_update()
_SERIES_ENDED = sa.update(t.series).where(t.series.c.id == sa.bindparam("row"), t.series.c.ended_at.is_(None))


class Scheduled(TypedDict):
    """What a roundtable is scheduled with: the fields of `Roundtable`."""

    title: str
    description: str
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    remind: Sequence[timedelta]
    created_by: int | None
    chair_id: int | None


class RoundtableChange(TypedDict, total=False):
    """What can change about a roundtable: the fields of `Roundtable`."""

    title: str
    description: str
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    state: RoundtableState
    reason: str
    remind: Sequence[timedelta]
    card_id: int | None
    chair_id: int | None
    started_at: datetime | None
    ended_at: datetime | None


class Roundtables(Repository):
    """The roundtables. One that is looked up by number or id is locked, as whoever does may change it."""

    def __init__(self, connection: AsyncConnection, numbers: Numbers) -> None:
        """Work on an open transaction."""
        super().__init__(connection)
        self._numbers = numbers

    async def add(
        self,
        dialogue_id: int,
        at: datetime,
        *,
        series: Series | None = None,
        occurrence_at: datetime | None = None,
        **scheduled: Unpack[Scheduled],
    ) -> Roundtable:
        """Add a planned roundtable under the next number."""
        id = await self._insert(
            t.roundtables,
            dialogue_id=dialogue_id,
            number=await self._numbers.next(dialogue_id, "roundtable"),
            series_id=series and series.id,
            occurrence_at=occurrence_at,
            sequence=0,
            uid=str(uuid4()),
            state=RoundtableState.PLANNED,
            reason="",
            created_at=at,
            **_stored(scheduled),
        )
        return await self.get(id)

    async def get(self, id: int) -> Roundtable:
        """Return a roundtable. Raises LookupError if it has expired, or its dialogue was removed."""
        row = await self._one(_BY_ID, row=id)
        if row is None:
            raise LookupError(f"there is no roundtable with the id {id}")
        return _roundtable(row)

    async def of_job(self, id: int) -> Roundtable | None:
        """Return the roundtable of a job, unless it has expired, or its dialogue was removed.

        PostgreSQL: raises StorageError while it is locked, as whoever holds it may be waiting for the job.
        """
        row = await self._one(_BY_ID_AT_ONCE, row=id)
        return row and _roundtable(row)

    async def numbered(self, dialogue_id: int, number: int) -> Roundtable | None:
        """Return the roundtable with this number in a dialogue."""
        row = await self._one(_NUMBERED, dialogue=dialogue_id, named=number)
        return row and _roundtable(row)

    async def by_card(self, message_id: int) -> Roundtable | None:
        """Return the roundtable with this card."""
        row = await self._one(_BY_CARD, card=message_id)
        return row and _roundtable(row)

    async def coming(self, dialogue_id: int) -> list[Roundtable]:
        """Return those planned or running, in the order of their start."""
        return [_roundtable(row) for row in await self._all(_COMING, dialogue=dialogue_id)]

    async def past(self, dialogue_id: int, most: int) -> list[Roundtable]:
        """Return at most so many that have ended or were cancelled, newest first."""
        return [_roundtable(row) for row in await self._all(_PAST, dialogue=dialogue_id, most=most)]

    async def numbers(self, dialogue_id: int) -> list[int]:
        """Return the numbers of all roundtables of a dialogue."""
        return [row.number for row in await self._all(_NUMBERS, dialogue=dialogue_id)]

    async def change(
        self, roundtable: Roundtable, *, revised: bool = False, **change: Unpack[RoundtableChange]
    ) -> Roundtable:
        """Change a roundtable and return it; `revised`: what calendars show of it changes."""
        await self._update(_REVISED if revised else _SET, row=roundtable.id, **_stored(change))
        return await self.get(roundtable.id)

    # --- series ---

    async def add_series(
        self, dialogue_id: int, rule: str, *, zone: str, starts_at: datetime, length: timedelta
    ) -> Series:
        """Add a series, without an occurrence yet."""
        seconds = int(length.total_seconds())
        values = {"rule": rule, "zone": zone, "starts_at": starts_at, "length": seconds, "uid": str(uuid4())}
        return await self.series(await self._insert(t.series, dialogue_id=dialogue_id, **values))

    async def series(self, id: int) -> Series:
        """Return a series. Raises LookupError if it has expired."""
        row = await self._one(_SERIES, row=id)
        if row is None:
            raise LookupError(f"there is no series with the id {id}")
        return Series(**row._asdict() | {"length": timedelta(seconds=row.length)})

    async def of_series(self, series_id: int) -> list[Roundtable]:
        """Return the occurrences of a series so far, newest first."""
        return [_roundtable(row) for row in await self._all(_OF_SERIES, series=series_id)]

    async def end_series(self, series_id: int, at: datetime) -> bool:
        """End a series, which gets no further occurrence; return whether it had not ended yet."""
        return await self._update(_SERIES_ENDED, row=series_id, ended_at=at) > 0


def _stored(values: Scheduled | RoundtableChange) -> dict[str, Any]:
    remind = values.get("remind")
    seconds = {} if remind is None else {"remind": [int(each.total_seconds()) for each in remind]}
    return {**values, **seconds}


def _roundtable(row: sa.Row[Any]) -> Roundtable:
    remind = tuple(timedelta(seconds=each) for each in row.remind)
    return Roundtable(**row._asdict() | {"state": RoundtableState(row.state), "remind": remind})
