"""Requested health checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.base import Repository
from storage.chats.records import Chat
from storage.cities.records import Dialogue
from storage.columns import UtcDateTime, id_column, reference, table

# Health checks requested by /doctor and not answered yet: the messengers have to be queried first.
health_checks = table(
    "checkups",
    id_column(),
    reference("chats", index=True),
    reference("dialogues", index=True),
    sa.Column("reply_native_id", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class HealthCheckRequest:
    """A health check requested in a chat by the message `reply_native_id`."""

    id: int
    chat_id: int
    dialogue_id: int
    reply_native_id: str


class HealthCheckRequests(Repository):
    """Requests by /doctor that have not been answered yet."""

    def __init__(self, connection: AsyncConnection, changed: set[str]) -> None:
        """Work on an open transaction; new requests are announced in `changed`."""
        super().__init__(connection)
        self._changed = changed

    async def ask(self, chat: Chat, dialogue: Dialogue, reply_native_id: str, at: datetime) -> None:
        """Request a health check of a dialogue's chats, in reply to the message `reply_native_id` of a chat."""
        await self._insert(
            health_checks, chat_id=chat.id, dialogue_id=dialogue.id, reply_native_id=reply_native_id, asked_at=at
        )
        self._changed.add("checkups")

    async def all(self) -> list[HealthCheckRequest]:
        """Return the unanswered requests, oldest first."""
        rows = await self._all(sa.select(health_checks).order_by(health_checks.c.id))
        return [HealthCheckRequest(row.id, row.chat_id, row.dialogue_id, row.reply_native_id) for row in rows]

    async def done(self, checkup: HealthCheckRequest) -> bool:
        """Mark a request as answered; return False if it already was."""
        gone = sa.delete(health_checks).where(health_checks.c.id == checkup.id)
        return (await self._connection.execute(gone)).rowcount > 0
