"""Channels and groups muted in a dialogue: messages written in their name are not relayed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.model import ChatRef
from storage.base import Repository
from storage.columns import UtcDateTime, reference, table

# Channels and groups in whose name nothing is relayed; such messages have no individual author.
muted_chats = table(
    "muted_chats",
    reference("dialogues", primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column("muted_at", UtcDateTime, nullable=False),
    sa.Column("told_at", UtcDateTime),
)


class Mutes(Repository):
    """Muted chats. For muted people see `Roles`."""

    async def has(self, dialogue_id: int, chat: ChatRef) -> bool:
        """Return whether a chat is muted."""
        return await self._one(sa.select(muted_chats.c.chat).where(*_is(dialogue_id, chat))) is not None

    async def add(self, dialogue_id: int, chat: ChatRef, at: datetime) -> bool:
        """Mute a chat; return False if it already was."""
        return await self._insert_new(muted_chats, dialogue_id=dialogue_id, chat=str(chat), muted_at=at)

    async def remove(self, dialogue_id: int, chat: ChatRef) -> bool:
        """Unmute a chat; return False if it was not muted."""
        gone = await self._connection.execute(sa.delete(muted_chats).where(*_is(dialogue_id, chat)))
        return gone.rowcount > 0

    async def mark_told(self, dialogue_id: int, chat: ChatRef, now: datetime, before: datetime) -> bool:
        """Record that the author is notified of the mute; return False if that was done since `before`."""
        due = sa.or_(muted_chats.c.told_at.is_(None), muted_chats.c.told_at < before)
        noted = sa.update(muted_chats).where(*_is(dialogue_id, chat), due).values(told_at=now)
        return (await self._connection.execute(noted)).rowcount > 0


def _is(dialogue_id: int, chat: ChatRef) -> tuple[sa.ColumnElement[bool], ...]:
    return (muted_chats.c.dialogue_id == dialogue_id, muted_chats.c.chat == str(chat))
