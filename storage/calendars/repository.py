"""Links to calendars, by the digest of their token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.calendars.records import CalendarLink

_BY_DIGEST = sa.select(t.calendar_links).where(t.calendar_links.c.digest == sa.bindparam("wanted"))


class CalendarLinks(Repository):
    """The links that have not been revoked; a person has at most one to each calendar."""

    async def make(self, digest: str, person_id: int, dialogue_id: int | None, at: datetime) -> None:
        """Store a link in place of the person's earlier one to the same calendar, which no longer works."""
        await self.revoke(person_id, dialogue_id)
        values = {"person_id": person_id, "dialogue_id": dialogue_id, "made_at": at}
        await self._insert(t.calendar_links, digest=digest, **values)

    async def of(self, person_id: int, dialogue_id: int | None) -> CalendarLink | None:
        """Return a person's link to a calendar."""
        row = await self._one(sa.select(t.calendar_links).where(*_mine(person_id, dialogue_id)))
        return row and _link(row)

    async def find(self, digest: str) -> CalendarLink | None:
        """Return the link whose token has this digest."""
        row = await self._one(_BY_DIGEST, wanted=digest)
        return row and _link(row)

    async def revoke(self, person_id: int, dialogue_id: int | None) -> bool:
        """Delete a person's link to a calendar; return whether there was one."""
        gone = sa.delete(t.calendar_links).where(*_mine(person_id, dialogue_id))
        return (await self._connection.execute(gone)).rowcount > 0


def _mine(person_id: int, dialogue_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    links = t.calendar_links.c
    of = links.dialogue_id.is_(None) if dialogue_id is None else links.dialogue_id == dialogue_id
    return (links.person_id == person_id, of)


def _link(row: sa.Row[Any]) -> CalendarLink:
    return CalendarLink(row.id, row.person_id, row.dialogue_id, row.made_at)
