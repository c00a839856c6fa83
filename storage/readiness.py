"""Chats that were paired, until all works there that was promised."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.base import Repository
from storage.chats import Chats
from storage.records import Chat, Unready


class Readiness(Repository):
    """What is still to be looked at, and what people were told of it."""

    def __init__(self, connection: AsyncConnection, chats: Chats, changed: set[str]) -> None:
        """Work on an open transaction; note in `changed` that something is due."""
        super().__init__(connection)
        self._chats = chats
        self._changed = changed

    async def due(self, now: datetime) -> list[Unready]:
        """Return the chats to look at."""
        rows = await self._all(sa.select(t.readiness).where(t.readiness.c.due_at <= now))
        return [
            Unready(await self._chats.get(row.chat_id), row.told, row.told_at, reminded=row.reminded) for row in rows
        ]

    async def watch(self, chat: Chat, now: datetime) -> None:
        """Look at a chat from now on."""
        await self.done(chat)
        await self._insert(t.readiness, chat_id=chat.id, due_at=now, told="", told_at=None, reminded=False)
        self._changed.add("checkups")

    async def hasten(self, chat: Chat, now: datetime) -> None:
        """Look at a chat now, if it is looked at at all: something has changed there."""
        where = t.readiness.c.chat_id == chat.id
        if (await self._connection.execute(sa.update(t.readiness).where(where).values(due_at=now))).rowcount:
            self._changed.add("checkups")

    async def postpone(self, unready: Unready, due_at: datetime) -> None:
        """Look again at a moment."""
        await self._set(unready, due_at=due_at)

    async def tell(self, unready: Unready, told: str, at: datetime, due_at: datetime) -> None:
        """Note what the people of a chat are told that is lacking; a second time the same is a reminder."""
        again = told == unready.told
        told_at = unready.told_at if again else at
        await self._set(unready, told=told, told_at=told_at, reminded=again, due_at=due_at)

    async def done(self, chat: Chat) -> None:
        """Look at a chat no more."""
        await self._connection.execute(sa.delete(t.readiness).where(t.readiness.c.chat_id == chat.id))

    async def _set(self, unready: Unready, **values: str | datetime | bool | None) -> None:
        where = t.readiness.c.chat_id == unready.chat.id
        await self._connection.execute(sa.update(t.readiness).where(where).values(values))
