"""Deletions, of which a messenger may report no more than the id of what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.intake import present
from bot.intake.presses import Presses
from bot.intake.votes import PollVotes
from bot.messengers.base import Messenger
from bot.model import Deletion
from bot.relay import Relay, is_of
from storage import Chat, Store, StoredMessage


class Deletions:
    """The handler for what people delete: messages, edits, reactions and votes."""

    def __init__(self, relay: Relay, presses: Presses, votes: PollVotes) -> None:
        """Delete copies through `relay`; what is no message goes to whoever had heard of it."""
        self._relay = relay
        self._presses = presses
        self._votes = votes

    async def deleted(self, store: Store, messenger: Messenger, event: Deletion, now: datetime) -> None:
        """Apply a deletion."""
        chat = await store.chats.by_any_ref(event.ref.chat)
        if chat is None:
            return
        if stored := await store.messages.find(chat, event.ref.id):
            await self._message(store, messenger, chat, event, stored, now=now)
        elif edited := await store.messages.edited_by(chat, event.ref.id):
            await present.ask(store, messenger, replace(event.ref, id=edited.native_id or ""), now)
        elif reaction := await store.messages.reaction(chat, event.ref.id):
            await self._presses.deleted(store, chat, event, reaction, now=now)
        elif vote := await store.native_votes.remove(chat, event.ref.id):
            await self._votes.removed(store, chat, event, vote, now=now)

    async def _message(
        self, store: Store, messenger: Messenger, chat: Chat, event: Deletion, stored: StoredMessage, *, now: datetime
    ) -> None:
        """Delete the copies of a message; deleting a copy affects only the chat that it is in."""
        if stored.chat_id != chat.id:
            await self._votes.ended(store, messenger, event, now)
        elif stored.deleted_at is None and (stored.dialogue_id is None or is_of(stored, chat.dialogue_id)):
            await self._relay.delete(store, stored, now)
