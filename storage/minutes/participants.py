"""Who was present at a meeting."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.minutes.records import AttendanceKind, Minutes, Participant

_OF_MINUTES = t.participants.c.minutes_id == sa.bindparam("minutes")
_ALL = sa.select(t.participants).where(_OF_MINUTES).order_by(t.participants.c.id)
_MINE = (_OF_MINUTES, t.participants.c.person_id == sa.bindparam("person"))
_GET = sa.select(t.participants).where(*_MINE)
_SET = sa.update(t.participants).where(*_MINE)


class Participants(Repository):
    """Who was present, or excused, one entry for each person and meeting."""

    async def record(self, minutes: Minutes, person_id: int, city_id: int, how: AttendanceKind, now: datetime) -> bool:
        """Record that a person was present, or excused; return whether that is new.

        What the chair says prevails over what the bot has noticed, and the first of what it has noticed stays.
        """
        before = await self._one(_GET, minutes=minutes.id, person=person_id)
        values = {"city_id": city_id, "how": how, "at": now}
        if before is None:
            return await self._insert_new(t.participants, minutes_id=minutes.id, person_id=person_id, **values)
        if not how.is_stated or before.how == how:
            return False
        return bool(await self._update(_SET, minutes=minutes.id, person=person_id, **values))

    async def of(self, minutes: Minutes) -> list[Participant]:
        """Return who was present or excused, in the order in which it was noticed."""
        rows = await self._all(_ALL, minutes=minutes.id)
        return [Participant(**row._asdict() | {"how": AttendanceKind(row.how)}) for row in rows]
