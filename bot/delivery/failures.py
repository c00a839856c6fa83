"""Permanent delivery failures: they are recorded, and the people affected are notified."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.delivery.pauses import SHUT_OUT, Pauses
from bot.delivery.removals import Removals
from bot.messengers.base import PermanentError
from bot.model import ClosePoll, File, Join, Leave, Pin, Post, React, Reason, Replace, Send, SendPoll, Sent
from bot.rights import Rights
from bot.text.catalogue import LazyText, _
from bot.text.files import label_of
from bot.voice import Voice, edited
from storage import Chat, Delivery, Store, StoredMessage

log = structlog.get_logger()

OnRefusal = Callable[[Store, Chat, StoredMessage, datetime], Awaitable[None]]

_MARKS = {React.kind, Pin.kind, ClosePoll.kind}
_REASONS = {
    Reason.TOO_LARGE: _("It is too large for the messenger there."),
    Reason.NO_RIGHTS: _("I do not have the permission for it in the chat there."),
    Reason.GONE: _("It no longer exists."),
    Reason.NOT_ALLOWED: _("This is not allowed in the chat there."),
    Reason.NOT_ACCEPTABLE: _("The messenger there does not accept it."),
}
_REASONS_OF_FILES = {
    Reason.TOO_LARGE: _("It is too large to be passed on."),
    Reason.GONE: _("It can no longer be fetched."),
}


class Failures:
    """The handler for permanent failures; it notifies a message's source chat and coordinators."""

    def __init__(self, voice: Voice, rights: Rights, pauses: Pauses, on_refusal: OnRefusal) -> None:
        """Post through `voice`, and look up coordinators in `rights`.

        `on_refusal` is awaited, in the same transaction, for each post of the bot that will never arrive in a chat.
        """
        self._voice = voice
        self._removals = Removals(voice)
        self._rights = rights
        self._pauses = pauses
        self._on_refusal = on_refusal

    async def refused(self, store: Store, delivery: Delivery, error: PermanentError, now: datetime) -> None:
        """Record a permanent error and notify those affected; if the chat has moved, requeue the delivery instead.

        The posts of a merged message are sent one by one: only some of them may be unacceptable.
        """
        if delivery.followers and not (error.moved_to or error.shut_out):
            log.warning("merged message refused", lane=delivery.chat.lane, delivery=delivery.id, error=str(error))
            await store.deliveries.separate(delivery, str(error))
            return
        for each in (delivery, *delivery.followers):
            await self._refused(store, each, error, now)

    async def arrived(self, store: Store, delivery: Delivery, sent: Sent, now: datetime) -> None:
        """Record that a delivery has arrived; where nothing could be written before, the others are told."""
        await store.deliveries.delivered(delivery, sent, now)
        chat = await store.chats.find(delivery.chat_id) if delivery.blocked else None
        if chat and chat.dialogue_id is not None and not chat.blocked_reason:
            await self._pauses.end(store, chat, now)

    async def _acknowledge(
        self, store: Store, delivery: Delivery, chat: Chat, error: PermanentError, now: datetime
    ) -> None:
        """Answer a command in words where it cannot be by a reaction."""
        command = await store.messages.get(delivery.message_id) if delivery.message_id else None
        here = delivery.kind == React.kind and error.reason in {Reason.NO_RIGHTS, Reason.NOT_ALLOWED}
        if command and command.feature and command.chat_id == chat.id and here and not error.shut_out:
            await self._voice.post(store, [chat], _("This has been recorded."), now, reply_to=command.native_id)

    async def _explain_pins(
        self, store: Store, delivery: Delivery, chat: Chat, error: PermanentError, now: datetime
    ) -> None:
        """Inform a chat, once, that what the others pin cannot be pinned there, and what would help."""
        wanted = isinstance(delivery.operation, Pin) and delivery.operation.pinned
        if not (wanted and error.reason is Reason.NO_RIGHTS) or error.shut_out:
            return
        if await store.chats.mark_pins_told(chat, now):
            text = _(
                "📌 This message was pinned in another chat of the dialogue. I am not allowed to pin messages here:"
                " `/doctor` shows how to change that."
            )
            await self._voice.post(store, [chat], text, now, reply_to=delivery.message_id)

    async def _refused(self, store: Store, delivery: Delivery, error: PermanentError, now: datetime) -> None:
        chat = await store.chats.get(await store.deliveries.chat_of(delivery))
        delivery = replace(delivery, chat_id=chat.id)
        has_moved = delivery.chat != chat.ref
        if has_moved or (error.moved_to and await store.chats.move(chat.ref, error.moved_to, now)):
            if delivery.uncertain:
                log.warning("may be there already, and is sent again: its chat has moved", delivery=delivery.id)
            await store.deliveries.requeue(delivery, await store.chats.get(chat.id), str(error))
            return
        if error.shut_out and chat.dialogue_id is not None and delivery.kind not in {Join.kind, Leave.kind}:
            await self._pauses.begin(store, delivery, chat, error, now)
            return
        log.warning(
            "not delivered", lane=delivery.chat.lane, delivery=delivery.id, kind=delivery.kind, error=str(error)
        )
        if delivery.kind in {Join.kind, Leave.kind}:
            await self._not_moved(store, delivery, chat, str(error), now)
            return
        if error.shut_out:
            await store.chats.block(chat, str(error))
        if delivery.kind in _MARKS:  # the message itself is there: the log is enough
            await store.deliveries.cancel(delivery, now)
            await self._acknowledge(store, delivery, chat, error, now)
            await self._explain_pins(store, delivery, chat, error, now)
            return
        stored = await store.messages.get(delivery.message_id) if delivery.message_id else None
        if stored and not error.shut_out and await self._removals.settled(store, delivery, stored, chat, now):
            return
        if await self._is_sent_anew(store, delivery, chat, error, now):
            return
        await store.deliveries.fail(delivery, str(error), now, error.reason)
        if stored:
            await self._follow_up(store, delivery, stored, chat, error, now=now)

    async def _is_sent_anew(
        self, store: Store, delivery: Delivery, chat: Chat, error: PermanentError, now: datetime
    ) -> bool:
        """Send an edited message anew if the one that is there cannot become it; return whether that is so.

        It is too long beside others, has a file that cannot take the place of the old one, or one that does not cross.
        """
        post = delivery.post
        if not (isinstance(delivery.operation, Replace) and post and post.files) or error.shut_out:
            return error.reason is Reason.TOO_LARGE and await store.deliveries.take_out(delivery, chat, now)
        stored = await store.messages.get(delivery.message_id) if delivery.message_id else None
        if error.of_file or error.reason is Reason.TOO_LARGE:
            if stored:
                await self._tell(store, stored, chat, _without(post.files, chat, error.reason), now)
            post = await self._voice.without_files(store, chat, post, post.files, error.reason)
        elif error.reason not in {Reason.NOT_ALLOWED, Reason.NOT_ACCEPTABLE}:
            return False
        fresh = edited(post, await self._voice.locale_context(store, chat))
        return await store.deliveries.take_out(delivery, chat, now, fresh)

    async def _follow_up(
        self,
        store: Store,
        delivery: Delivery,
        stored: StoredMessage,
        chat: Chat,
        error: PermanentError,
        *,
        now: datetime,
    ) -> None:
        """Notify those affected by a refusal, and show what can be shown."""
        reason = reason_of(error.reason, shut_out=error.shut_out)
        files = delivery.post.files if delivery.post and delivery.kind == Send.kind and not error.shut_out else ()
        text = _without(files, chat, error.reason) if files else _text(delivery.kind, chat, reason)
        await self._tell(store, stored, chat, text, now)
        if delivery.post and files:
            await self._show_gap(store, stored, chat, delivery.post, error.reason, now=now)
        elif delivery.kind in {Send.kind, SendPoll.kind} and stored.chat_id is None:
            await self._on_refusal(store, chat, stored, now)

    async def _not_moved(self, store: Store, delivery: Delivery, chat: Chat, reason: str, now: datetime) -> None:
        """Close a chat that could not be joined; for a group, tell the coordinators, who alone can invite us."""
        await store.deliveries.cancel(delivery, now)
        if delivery.kind == Leave.kind:
            return
        await store.chats.block(chat, reason)
        if chat.person_id is None:
            text = _("⚠️ I could not join the chat “{title}”. Please invite me again.", title=chat.title or chat.ref.id)
            private = await self._rights.private_chats(store, chat.dialogue_id)
            await self._voice.post(store, private, text, now)

    async def _show_gap(
        self, store: Store, stored: StoredMessage, chat: Chat, post: Post, reason: Reason, *, now: datetime
    ) -> None:
        """Show the words of a post whose files were refused, and which files are missing and why.

        They are one more part of the message, so that they are deleted with it.
        """
        part = len(await store.deliveries.layout(chat, stored.id))
        shown = await self._voice.parts(chat, await self._voice.without_files(store, chat, post, post.files, reason))
        for number, piece in shown:
            await store.deliveries.send(chat, stored.id, piece, now, part=part + number)

    async def _tell(self, store: Store, stored: StoredMessage, chat: Chat, text: LazyText, now: datetime) -> None:
        if stored.chat_id is None:  # our own message: the notice might fail likewise, in an endless loop
            return
        source = await store.chats.get(stored.chat_id)
        await self._voice.post(store, [source], text, now, reply_to=stored.native_id)
        private = await self._rights.private_chats(store, stored.dialogue_id)
        told = [each for each in private if each.id not in {source.id, chat.id}]
        if told:
            await self._voice.post(store, told, text, now)


def _text(kind: str, chat: Chat, reason: LazyText) -> LazyText:
    city = chat.city.name if chat.city else chat.title
    if kind in {Send.kind, SendPoll.kind}:
        return _("⚠️ This message did not reach {city}: {reason}", city=city, reason=reason)
    return _("⚠️ The change to this message did not reach {city}: {reason}", city=city, reason=reason)


def _without(files: Sequence[File], chat: Chat, reason: Reason) -> LazyText:
    """Return what the sender is told of files that others do not get; whatever else they wrote arrives."""
    return _(
        "⚠️ {files} did not reach {city}: {reason} They see a note instead.",
        city=chat.city.name if chat.city else chat.title,
        files=[label_of(each.kind, each.name, each.size) for each in files],
        reason=reason_of(reason, shut_out=False, files=files),
    )


def reason_of(reason: Reason | None, *, shut_out: bool, files: Sequence[File] = ()) -> LazyText:
    """Return the reason of a permanent failure for people; `intercity outbox` shows the messenger's exact error.

    `files`: those that were refused; the words of their message have arrived.
    """
    if shut_out:
        return SHUT_OUT
    if files and reason in _REASONS_OF_FILES:
        return _REASONS_OF_FILES[reason]
    return _REASONS[reason or Reason.NOT_ACCEPTABLE]
