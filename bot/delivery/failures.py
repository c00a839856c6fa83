"""Permanent delivery failures: they are recorded, and the people affected are notified."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.messengers.base import PermanentError
from bot.model import Post
from bot.rights import Rights
from bot.text.catalogue import LazyText, _, render
from bot.voice import Voice
from storage import Chat, Delivery, Kind, Store, StoredMessage

log = structlog.get_logger()


class Failures:
    """The handler for permanent failures; it notifies a message's source chat and coordinators."""

    def __init__(self, voice: Voice, rights: Rights) -> None:
        """Post through `voice`, and look up coordinators in `rights`."""
        self._voice = voice
        self._rights = rights

    async def refused(self, store: Store, delivery: Delivery, error: PermanentError, now: datetime) -> None:
        """Record a permanent error and notify those affected; if the chat has moved, requeue the delivery instead."""
        chat = await store.chats.get(delivery.chat_id)
        has_moved = delivery.chat != chat.ref
        if has_moved or (error.moved_to and await store.chats.move(chat.ref, error.moved_to, now)):
            if delivery.uncertain:
                log.warning("may be there already, and is sent again: its chat has moved", delivery=delivery.id)
            await store.deliveries.requeue(delivery, await store.chats.get(chat.id), str(error))
            return
        log.warning(
            "not delivered", lane=delivery.chat.lane, delivery=delivery.id, kind=delivery.kind, error=str(error)
        )
        if error.shut_out:
            await store.chats.block(chat, str(error))
        if delivery.kind in {Kind.JOIN, Kind.LEAVE}:
            await self._not_moved(store, delivery, chat, str(error), now)
            return
        stored = await store.messages.get(delivery.message_id) if delivery.message_id else None
        if delivery.kind is Kind.REMOVE and stored and not error.shut_out:
            await self._not_removed(store, delivery, stored, chat, now)
            return
        await store.deliveries.fail(delivery, str(error), now)
        if stored:
            await self._tell(store, stored, chat, _text(delivery.kind, chat, reason_of(shut_out=error.shut_out)), now)

    async def _not_moved(self, store: Store, delivery: Delivery, chat: Chat, reason: str, now: datetime) -> None:
        """Close a chat that could not be joined; for a group, tell the coordinators, who alone can invite us."""
        await store.deliveries.cancel(delivery, now)
        if delivery.kind is Kind.LEAVE:
            return
        await store.chats.block(chat, reason)
        if chat.person_id is None:
            text = _("⚠️ I could not join the chat “{title}”. Please invite me again.", title=chat.title or chat.ref.id)
            private = await self._rights.private_chats(store, chat.dialogue_id)
            await self._voice.post(store, private, text, now)

    async def _not_removed(
        self, store: Store, delivery: Delivery, stored: StoredMessage, chat: Chat, now: datetime
    ) -> None:
        """Blank a copy that cannot be deleted; for an original, ask the people in its chat to delete it."""
        await store.deliveries.cancel(delivery, now)
        if stored.chat_id == chat.id:
            text = _(
                "I am not allowed to delete the original here. Please delete it yourself, or allow me to delete"
                " messages."
            )
            await self._voice.post(store, [chat], text, now, reply_to=stored.native_id)
        else:
            removed = Post(render(_("[removed]"), await self._voice.locale_context(store, chat)))
            await store.deliveries.replace(chat, stored.id, removed, now, part=delivery.part)

    async def _tell(self, store: Store, stored: StoredMessage, chat: Chat, text: LazyText, now: datetime) -> None:
        if stored.chat_id is None:  # our own message: the notice might fail likewise, in an endless loop
            return
        source = await store.chats.get(stored.chat_id)
        await self._voice.post(store, [source], text, now, reply_to=stored.native_id)
        private = await self._rights.private_chats(store, stored.dialogue_id)
        told = [each for each in private if each.id not in {source.id, chat.id}]
        if told:
            await self._voice.post(store, told, text, now)


def _text(kind: Kind, chat: Chat, reason: LazyText) -> LazyText:
    city = chat.city.name if chat.city else chat.title
    if kind is Kind.SEND:
        return _("⚠️ This message did not reach {city}: {reason}", city=city, reason=reason)
    return _("⚠️ The change to this message did not reach {city}: {reason}", city=city, reason=reason)


def reason_of(*, shut_out: bool) -> LazyText:
    """Return the reason of a permanent failure for people; `intercity outbox` shows the messenger's exact error."""
    if shut_out:
        return _("I am no longer in the chat there, or I am not allowed to write in it.")
    return _("The messenger there does not accept it.")
