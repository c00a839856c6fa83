"""Newly paired chats, watched until everything works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.base import Repository
from storage.chats.records import Chat
from storage.columns import UtcDateTime, reference, table

if TYPE_CHECKING:
    from storage.chats.repository import Chats

# Paired chats of which it is not known yet whether everything works there.
readiness = table(
    "readiness",
    reference("chats", primary_key=True),
    # When to check the chat next.
    sa.Column("due_at", UtcDateTime, nullable=False, index=True),
    # What its people were told is lacking, since when, and whether they were reminded.
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("told_at", UtcDateTime),
    sa.Column("reminded", sa.Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Unready:
    """A paired chat to be checked. `told`: what its people were told is lacking (empty: nothing yet)."""

    chat: Chat
    told: str
    told_at: datetime | None
    reminded: bool


class Readiness(Repository):
    """Paired chats that are still to be checked, and what their people were told."""

    def __init__(self, connection: AsyncConnection, chats: Chats, changed: set[str]) -> None:
        """Work on an open transaction; new checks are announced in `changed`."""
        super().__init__(connection)
        self._chats = chats
        self._changed = changed

    async def due(self, now: datetime) -> list[Unready]:
        """Return the chats that are due for a check."""
        rows = await self._all(sa.select(readiness).where(readiness.c.due_at <= now))
        return [
            Unready(await self._chats.get(row.chat_id), row.told, row.told_at, reminded=row.reminded) for row in rows
        ]

    async def watch(self, chat: Chat, now: datetime) -> None:
        """Start checking a chat."""
        await self.done(chat)
        await self._insert(readiness, chat_id=chat.id, due_at=now, told="", told_at=None, reminded=False)
        self._changed.add("checkups")

    async def hasten(self, chat: Chat, now: datetime) -> None:
        """Check a chat now, if it is watched: something has changed there."""
        where = readiness.c.chat_id == chat.id
        if (await self._connection.execute(sa.update(readiness).where(where).values(due_at=now))).rowcount:
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
        await self._connection.execute(sa.delete(readiness).where(readiness.c.chat_id == chat.id))

    async def _set(self, unready: Unready, **values: str | datetime | bool | None) -> None:
        where = readiness.c.chat_id == unready.chat.id
        await self._connection.execute(sa.update(readiness).where(where).values(values))
