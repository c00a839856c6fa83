"""Chats of a dialogue that cannot be written to: what is for them waits, and people are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.messengers.base import PermanentError
from bot.model import ChatRef, Reason
from bot.rights import Rights
from bot.text.catalogue import LazyText, _
from bot.voice import Voice, name_of
from storage import NO_RIGHTS, Chat, Delivery, Store

log = structlog.get_logger()

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""Time until what waits is tried again, doubled each time: not every chat that opens again is reported."""
WAITS = timedelta(days=7)
"""How long it waits."""
_REASONS = {
    Reason.NOT_ALLOWED: _("The topic there is closed."),
    Reason.GONE: _("The chat or topic there no longer exists."),
}
SHUT_OUT = _("I am no longer in the chat there, or I am not allowed to write in it.")


class Pauses:
    """Pauses of the chats of dialogues."""

    def __init__(self, voice: Voice, rights: Rights) -> None:
        """Post through `voice`, and look up coordinators in `rights`."""
        self._voice = voice
        self._rights = rights

    async def begin(self, store: Store, delivery: Delivery, chat: Chat, error: PermanentError, now: datetime) -> None:
        """Keep a delivery that a chat does not accept, and what follows it, until the next attempt."""
        until = now + min(LONGEST, FIRST * 2 ** min(delivery.attempts - 1, 16))
        log.warning("paused", chat=str(chat.ref), until=until.isoformat(), error=str(error))
        await store.chats.block(chat, chat.blocked_reason or str(error), until=until)
        await store.deliveries.postpone(delivery, str(error), certain=not delivery.uncertain)
        await store.deliveries.give_up(chat, str(error), error.reason, now, queued_before=now - WAITS)
        if chat.blocked_reason:  # they know
            return
        text = _(
            "⏸ I cannot write in the chat of {chat} at the moment: {reason} What is meant for it waits, up to a week,"
            " and goes there in order as soon as I can.",
            chat=name_of(chat),
            reason=_REASONS.get(error.reason, SHUT_OUT),
        )
        await self.tell_others(store, chat, text, now)

    async def end(self, store: Store, chat: Chat, now: datetime) -> None:
        """Inform the others that what waited for a chat arrives."""
        text = _("✅ I can write in the chat of {chat} again: what waited for it is on its way.", chat=name_of(chat))
        await self.tell_others(store, chat, text, now)

    async def reopened(self, store: Store, ref: ChatRef, now: datetime) -> None:
        """End the pause of a chat that had been closed to everybody."""
        chat = await store.chats.by_ref(ref)
        if chat and chat.dialogue_id is not None and chat.blocked_reason not in ("", NO_RIGHTS):
            await store.chats.open(chat)
            await self.end(store, chat, now)

    async def tell_others(self, store: Store, chat: Chat, text: LazyText, now: datetime) -> None:
        """Notify the other chats of a dialogue, and in private its coordinators."""
        others = [each for each in await store.chats.of_dialogue(chat.dialogue_id or 0) if each.id != chat.id]
        private = await self._rights.private_chats(store, chat.dialogue_id)
        for told in (others, private):
            if told:
                await self._voice.post(store, told, text, now)
