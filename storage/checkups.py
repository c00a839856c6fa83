"""Requested health checks."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.base import Repository
from storage.records import Chat, Dialogue, HealthCheckRequest


class HealthCheckRequests(Repository):
    """Requests by /doctor that have not been answered yet."""

    def __init__(self, connection: AsyncConnection, changed: set[str]) -> None:
        """Work on an open transaction; new requests are announced in `changed`."""
        super().__init__(connection)
        self._changed = changed

    async def ask(self, chat: Chat, dialogue: Dialogue, reply_native_id: str, at: datetime) -> None:
        """Request a health check of a dialogue's chats, in reply to the message `reply_native_id` of a chat."""
        await self._insert(
            t.health_checks, chat_id=chat.id, dialogue_id=dialogue.id, reply_native_id=reply_native_id, asked_at=at
        )
        self._changed.add("checkups")

    async def all(self) -> list[HealthCheckRequest]:
        """Return the unanswered requests, oldest first."""
        rows = await self._all(sa.select(t.health_checks).order_by(t.health_checks.c.id))
        return [HealthCheckRequest(row.id, row.chat_id, row.dialogue_id, row.reply_native_id) for row in rows]

    async def done(self, checkup: HealthCheckRequest) -> bool:
        """Mark a request as answered; return False if it already was."""
        gone = sa.delete(t.health_checks).where(t.health_checks.c.id == checkup.id)
        return (await self._connection.execute(gone)).rowcount > 0
