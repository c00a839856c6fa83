"""Channels and groups that are muted in a dialogue: what is written in their name is not passed on."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.model import ChatRef
from storage import tables as t
from storage.base import Repository


class Mutes(Repository):
    """The muted chats. Muted people are in `Roles`."""

    async def has(self, dialogue_id: int, chat: ChatRef) -> bool:
        """Whether a chat is muted."""
        return await self._one(sa.select(t.muted_chats.c.chat).where(*_is(dialogue_id, chat))) is not None

    async def add(self, dialogue_id: int, chat: ChatRef, at: datetime) -> bool:
        """Mute a chat; False: it is muted already."""
        return await self._insert_new(t.muted_chats, dialogue_id=dialogue_id, chat=str(chat), muted_at=at)

    async def remove(self, dialogue_id: int, chat: ChatRef) -> bool:
        """Let a chat be heard again; False: it was not muted."""
        gone = await self._connection.execute(sa.delete(t.muted_chats).where(*_is(dialogue_id, chat)))
        return gone.rowcount > 0

    async def tell(self, dialogue_id: int, chat: ChatRef, now: datetime, before: datetime) -> bool:
        """Note that whoever writes so is told; False: that was done since `before`."""
        due = sa.or_(t.muted_chats.c.told_at.is_(None), t.muted_chats.c.told_at < before)
        noted = sa.update(t.muted_chats).where(*_is(dialogue_id, chat), due).values(told_at=now)
        return (await self._connection.execute(noted)).rowcount > 0


def _is(dialogue_id: int, chat: ChatRef) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.muted_chats.c.dialogue_id == dialogue_id, t.muted_chats.c.chat == str(chat))
