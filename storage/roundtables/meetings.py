"""Roundtables under way: their card, their agenda as it goes, and who has spoken.

What is kept here and in the agenda is the record of the meeting: when each item and each speech began and ended.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.roundtables.records import AgendaItem, Invitation, Meeting, Speech

_OF = sa.select(t.meetings).where(t.meetings.c.roundtable_id == sa.bindparam("roundtable"))
_WATCHED = sa.update(t.meetings).where(t.meetings.c.roundtable_id == sa.bindparam("roundtable"))
_SPEECHES = (
    sa.select(t.speeches).where(t.speeches.c.roundtable_id == sa.bindparam("roundtable")).order_by(t.speeches.c.id)
)
_SPEAKING = sa.update(t.speeches).where(
    t.speeches.c.roundtable_id == sa.bindparam("roundtable"), t.speeches.c.ended_at.is_(None)
)
_ITEM = sa.update(t.agenda_items).where(t.agenda_items.c.id == sa.bindparam("row"))
_HEARD = (
    sa.update(t.invitations)
    .where(
        t.invitations.c.roundtable_id == sa.bindparam("roundtable"), t.invitations.c.person_id == sa.bindparam("person")
    )
    .values(wishes_to_speak_at=None)
)


class Proceedings(Repository):
    """The record of each meeting. Whoever changes one holds the lock on its roundtable (`Roundtables.get`)."""

    async def begin(self, roundtable_id: int, card_id: int, at: datetime) -> None:
        """Add a meeting that begins, with its live card."""
        await self._insert(t.meetings, roundtable_id=roundtable_id, card_id=card_id, watched_until=at)

    async def of(self, roundtable_id: int) -> Meeting | None:
        """Return the meeting of a roundtable that has begun."""
        row = await self._one(_OF, roundtable=roundtable_id)
        return Meeting(**row._asdict()) if row else None

    async def watched(self, roundtable_id: int, until: datetime) -> None:
        """Record until when the chair has been told about the time."""
        await self._update(_WATCHED, roundtable=roundtable_id, watched_until=until)

    async def begin_item(self, item: AgendaItem, at: datetime) -> None:
        """Begin an item of the agenda."""
        await self._update(_ITEM, row=item.id, started_at=at)

    async def end_item(self, item: AgendaItem, at: datetime) -> None:
        """End an item of the agenda."""
        await self._update(_ITEM, row=item.id, ended_at=at)

    async def speeches(self, roundtable_id: int) -> list[Speech]:
        """Return all speeches, oldest first; the last one may be going on."""
        return [Speech(**row._asdict()) for row in await self._all(_SPEECHES, roundtable=roundtable_id)]

    async def begin_speech(self, speaker: Invitation, item: AgendaItem | None, at: datetime) -> None:
        """End the present speech, and begin that of a speaker, who no longer waits."""
        await self.end_speech(speaker.roundtable_id, at)
        whose = {"person_id": speaker.person_id, "city_id": speaker.city_id, "item_id": item and item.id}
        await self._insert(t.speeches, roundtable_id=speaker.roundtable_id, started_at=at, **whose)
        await self._update(_HEARD, roundtable=speaker.roundtable_id, person=speaker.person_id)

    async def end_speech(self, roundtable_id: int, at: datetime) -> None:
        """End the present speech, if there is one."""
        await self._update(_SPEAKING, roundtable=roundtable_id, ended_at=at)
