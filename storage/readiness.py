"""Newly paired chats, watched until everything works there."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.base import Repository
from storage.chats import Chats
from storage.records import Chat, Unready


class Readiness(Repository):
    """Paired chats that are still to be checked, and what their people were told."""

    def __init__(self, connection: AsyncConnection, chats: Chats, changed: set[str]) -> None:
        """Work on an open transaction; new checks are announced in `changed`."""
        super().__init__(connection)
        self._chats = chats
        self._changed = changed

    async def due(self, now: datetime) -> list[Unready]:
        """Return the chats that are due for a check."""
        rows = await self._all(sa.select(t.readiness).where(t.readiness.c.due_at <= now))
        return [
            Unready(await self._chats.get(row.chat_id), row.told, row.told_at, reminded=row.reminded) for row in rows
        ]

    async def watch(self, chat: Chat, now: datetime) -> None:
        """Start checking a chat."""
        await self.done(chat)
        await self._insert(t.readiness, chat_id=chat.id, due_at=now, told="", told_at=None, reminded=False)
        self._changed.add("checkups")

    async def hasten(self, chat: Chat, now: datetime) -> None:
        """Check a chat now, if it is watched: something has changed there."""
        where = t.readiness.c.chat_id == chat.id
        if (await self._connection.execute(sa.update(t.readiness).where(where).values(due_at=now))).rowcount:
            self._changed.add("checkups")

    async def postpone(self, unready: Unready, due_at: datetime) -> None:
        """Postpone the next check."""
        await self._set(unready, due_at=due_at)

    async def tell(self, unready: Unready, told: str, at: datetime, due_at: datetime) -> None:
        """Record what the people of a chat are told is lacking; the same text a second time is a reminder."""
        again = told == unready.told
        told_at = unready.told_at if again else at
        await self._set(unready, told=told, told_at=told_at, reminded=again, due_at=due_at)

    async def done(self, chat: Chat) -> None:
        """Stop checking a chat."""
        await self._connection.execute(sa.delete(t.readiness).where(t.readiness.c.chat_id == chat.id))

    async def _set(self, unready: Unready, **values: str | datetime | bool | None) -> None:
        where = t.readiness.c.chat_id == unready.chat.id
        await self._connection.execute(sa.update(t.readiness).where(where).values(values))
