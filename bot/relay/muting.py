"""Muted people and chats, of whom nothing is relayed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.model import Edit, Message, Sender
from bot.rights import Grant
from bot.text.catalogue import _
from bot.voice import Voice
from storage import Chat, Store

TOLD_AGAIN = timedelta(hours=1)
"""How often a muted person is told so."""


async def is_muted(store: Store, chat: Chat, grant: Grant | None, sender: Sender) -> bool:
    """Return whether a person, or the chat in whose name they write, is muted (trust: case 105)."""
    if sender.chat is not None:
        return await store.mutes.has(chat.dialogue_id or 0, sender.chat)
    return grant is not None and grant.muted


async def tell_muted(
    voice: Voice, store: Store, chat: Chat, grant: Grant | None, event: Message | Edit, *, now: datetime
) -> None:
    """Remind a muted person now and then that they are: otherwise they would think that their messages arrive."""
    appointment, name, before = grant and grant.appointment, event.sender.chat, now - TOLD_AGAIN
    by_name = name is not None and await store.mutes.mark_told(chat.dialogue_id or 0, name, now, before)
    if by_name or (appointment and await store.roles.mark_told(appointment, now, before)):
        text = _("🔇 A coordinator has muted you: what you write here is not passed on to the other cities.")
        await voice.post(store, [chat], text, now, reply_to=event.ref.id)
