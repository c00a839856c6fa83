"""Execution of operations as calls of the Bot API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from telegram import Bot, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.media import Inspector
from bot.messengers.base import OpenFile, PermanentError, Reason, SendError, UnknownOutcome
from bot.messengers.telegram.editing import NO_PREVIEW, edit
from bot.messengers.telegram.failures import is_shut_out, is_unfit, says, seconds
from bot.messengers.telegram.ids import message_id, number_in
from bot.messengers.telegram.media import check_uploads, send_files
from bot.messengers.telegram.parts import Part, as_documents, in_order, parts_of, remaining
from bot.messengers.telegram.plain import plain_if_need_be
from bot.messengers.telegram.polls import close_poll, poll_id, send_poll
from bot.messengers.telegram.preparing import Preparation
from bot.messengers.telegram.probe import Probe
from bot.messengers.telegram.quoting import REFUSED, split_quotation
from bot.messengers.telegram.reactions import react
from bot.messengers.telegram.sections import blank, change_section
from bot.messengers.telegram.venues import send_venue
from bot.model import (
    ChatRef,
    ClosePoll,
    Join,
    Leave,
    Operation,
    Pin,
    React,
    Remove,
    Replace,
    Send,
    SendPoll,
    Sent,
)

log = structlog.get_logger()


class TelegramWriter:
    """Carries out operations. Raises the library's errors, and `PermanentError` for what Telegram will never allow."""

    def __init__(self, bot: Bot) -> None:
        """Write as `bot`."""
        self._bot = bot
        self._inspector = Inspector()
        self._probe = Probe(bot)
        self._sent: dict[str, list[str]] = {}
        """Ids of the messages already sent of a post that takes several calls, by its token; empty: deleted since."""

    async def close(self) -> None:
        """End the process that looks at files."""
        await self._inspector.close()

    async def carry_out(self, operation: Operation, open_file: OpenFile) -> Sent:
        """Carry out one operation; see `Messenger.deliver`."""
        if isinstance(operation, Send | Replace) and operation.post.files:
            files = Preparation(self._inspector, open_file)
            return await self._carry_out(await files.prepared(operation), files.open)
        return await self._carry_out(operation, open_file)

    async def _carry_out(self, operation: Operation, open_file: OpenFile) -> Sent:
        match operation:
            case Send():
                return await self._send(operation, open_file)
            case SendPoll():
                message = await send_poll(self._bot, operation.poll, self._place(operation))
                return Sent((self._id(operation.chat, message),), message.poll.id if message.poll else "")
            case Replace():
                await edit(self._bot, operation, self._number(operation), open_file)
                return Sent((operation.id,))
            case Remove():
                await self._remove(operation, self._number(operation))
            case React():
                await react(
                    self._bot, int(operation.chat.id), self._number(operation), (operation.key, *operation.more)
                )
            case Pin():
                await self._pin(operation, self._number(operation))
            case ClosePoll():
                await close_poll(self._bot, int(operation.chat.id), self._number(operation))
            case Leave():
                await self._leave(operation.chat)
            case Join():  # bots cannot join by themselves, they are added
                pass
        return Sent()

    async def find(self, operation: Send | SendPoll, after: str, known: Collection[str]) -> Sent | None:
        """Return what an earlier attempt has sent; None if nothing, or if `carry_out` has to send the rest."""
        parts = parts_of(operation.post, operation.more) if isinstance(operation, Send) else []
        keyboards = [keyboard for part in parts for keyboard in part.keyboards] or [None]
        ids = await self._probe.find(operation, keyboards, after, known)
        if not ids:
            return None
        if isinstance(operation, SendPoll):
            number = number_in(operation.chat, ids[0], self._bot.id) or 0
            return Sent(tuple(ids), await poll_id(self._bot, int(operation.chat.id), number))
        return self._resume(operation, parts, ids)

    def _resume(self, operation: Send, parts: Sequence[Part], ids: list[str]) -> Sent | None:
        """Return what was sent; None if further calls are needed. What an album lacks has been deleted since."""
        ends = [sum(part.messages for part in parts[:end]) for end in range(1, len(parts) + 1)]
        end = next(end for end in ends if end >= len(ids))
        if end > len(ids):
            log.error("parts of an album are missing", chat=str(operation.chat), expected=end, found=len(ids))
        if end == ends[-1]:
            self._sent.pop(operation.token, None)
            return Sent(in_order(parts, ids))
        self._sent[operation.token] = ids + [""] * (end - len(ids))
        return None

    def _number(self, operation: Replace | Remove | React | Pin | ClosePoll) -> int:
        """Return the number of the target message. Raises `PermanentError` if it predates the chat's migration."""
        number = number_in(operation.chat, operation.id, self._bot.id)
        if number is None:
            text = "The message is from before the group became a supergroup, or of another bot"
            raise PermanentError(text, Reason.GONE)
        return number

    def _id(self, chat: ChatRef, message: Message) -> str:
        return message_id(chat, message.message_id, self._bot.id)

    def _place(self, operation: Send | SendPoll, **quotation: Any) -> dict[str, Any]:  # noqa: ANN401 - of a call
        """Return the parameters that all methods for new messages have."""
        chat, answered = operation.chat, number_in(operation.chat, operation.reply_to, self._bot.id)
        return {
            "chat_id": int(chat.id),
            "message_thread_id": int(chat.topic) if chat.topic else None,
            "disable_notification": True if isinstance(operation, Send) and operation.post.silent else None,
            "reply_parameters": _reply(answered, **quotation) if answered else None,
        }

    # New messages

    async def _send(self, operation: Send, open_file: OpenFile) -> Sent:
        """Send a post; its quotation of the message replied to is a native one, if Telegram finds it there."""
        split = split_quotation(operation.post) if operation.reply_to and not operation.more else None
        if split and operation.token not in self._sent:
            quotation, post = split
            try:
                return await self._send_all(replace(operation, post=post), open_file, quotation)
            except BadRequest as error:
                if not says(error, REFUSED):
                    raise
        return await self._send_all(operation, open_file, {})

    async def _send_all(self, operation: Send, open_file: OpenFile, quotation: dict[str, Any]) -> Sent:
        """Send all parts of a post, or those that an earlier attempt has not sent."""
        parts = parts_of(operation.post, operation.more)
        check_uploads([file for part in parts for file in part.files])
        sent = self._sent.pop(operation.token, [])
        try:
            for part in remaining(parts, len(sent)):
                await self._send_part(operation, part, open_file, sent, quotation)
        except (BadRequest, Forbidden, ChatMigrated, PermanentError):
            await self._take_back(operation.chat, sent)
            raise
        except (TelegramError, SendError) as error:
            if not sent:
                raise
            self._sent[operation.token] = sent
            # Not "certainly not done", whatever happened to the rest: after a restart, what is there must be found.
            after = seconds(error) if isinstance(error, RetryAfter) else None
            raise UnknownOutcome("only the first messages of it have been sent", after) from None
        return Sent(tuple(filter(None, in_order(parts, sent))))

    async def _send_part(
        self, operation: Send, part: Part, open_file: OpenFile, sent: list[str], quotation: dict[str, Any]
    ) -> None:
        """Send a part and add its ids to `sent`. The first one is the reply."""
        place = self._place(operation, **quotation) | ({"reply_parameters": None} if sent else {})
        try:
            messages = await plain_if_need_be(
                part.content,
                lambda content: self._call(replace(part, content=content), place, open_file),
                caption=bool(part.files),
            )
        except BadRequest as error:
            plain = as_documents(part) if is_unfit(error) else [replace(part, venue=None)]
            if plain == [part]:
                raise
            log.warning("sent as documents, or as a text", error=error.message)
            for each in plain:
                await self._send_part(operation, each, open_file, sent, quotation)
        else:
            sent += [self._id(operation.chat, message) for message in messages]

    async def _call(self, part: Part, place: dict[str, Any], open_file: OpenFile) -> Sequence[Message]:
        if part.files:
            return await send_files(self._bot, part, place, open_file)
        shown = part.content
        if part.venue:
            return [await send_venue(self._bot, part.venue, place | {"reply_markup": shown.keyboard})]
        message = await self._bot.send_message(
            text=shown.text,
            entities=shown.entities,
            reply_markup=shown.keyboard,
            link_preview_options=NO_PREVIEW,
            **place,
        )
        return [message]

    async def _take_back(self, chat: ChatRef, ids: Sequence[str]) -> None:
        """Delete the messages already sent of a post of which the rest is refused."""
        numbers = [number for id in ids if (number := number_in(chat, id, self._bot.id))]
        if numbers:
            with suppress(TelegramError):
                await self._bot.delete_messages(int(chat.id), numbers)

    # Earlier messages

    async def _remove(self, operation: Remove, number: int) -> None:
        """Delete a message. Raises `PermanentError` if it is too old or someone else's."""
        chat = int(operation.chat.id)
        if operation.section:
            new_file = partial(blank, self._bot, chat, number) if operation.caption else None
            await change_section(self._bot, chat, number, operation.section, None, new_file=new_file)
            return
        try:
            await self._bot.delete_message(chat, number)
        except BadRequest as error:
            if says(error, "message to delete not found"):
                return
            if not says(error, "can't be deleted"):
                raise
            raise PermanentError("Telegram does not let the bot delete this message", Reason.NOT_ALLOWED) from None

    async def _pin(self, operation: Pin, number: int) -> None:
        """Pin a message without a notification, or unpin it; succeeds if it already is."""
        chat = int(operation.chat.id)
        try:
            if operation.pinned:
                await self._bot.pin_chat_message(chat, number, disable_notification=True)
            else:
                await self._bot.unpin_chat_message(chat, number)
        except BadRequest as error:
            if not says(error, "chat_not_modified", "message to unpin not found"):
                raise

    async def _leave(self, chat: ChatRef) -> None:
        """Leave a group; succeeds if the bot is already out."""
        try:
            await self._bot.leave_chat(int(chat.id))
        except TelegramError as error:
            if not is_shut_out(error):
                raise


def _reply(to: int, **quotation: Any) -> ReplyParameters:  # noqa: ANN401 - of a call
    return ReplyParameters(to, allow_sending_without_reply=True, **quotation)
