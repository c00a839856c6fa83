"""Execution of operations as calls of the Bot API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from telegram import Bot, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.error import BadRequest, TelegramError

from bot.messengers.base import PermanentError
from bot.messengers.telegram.content import Content, content
from bot.messengers.telegram.failures import is_shut_out, says
from bot.messengers.telegram.ids import message_id, number_in
from bot.model import ChatRef, Join, Leave, Operation, Remove, Replace, Send, Sent

log = structlog.get_logger()
_T = TypeVar("_T")

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramWriter:
    """Carries out operations. Raises the library's errors, and `PermanentError` for what Telegram will never allow."""

    def __init__(self, bot: Bot) -> None:
        """Write as `bot`."""
        self._bot = bot

    async def carry_out(self, operation: Operation) -> Sent:
        """Carry out one operation; see `Messenger.deliver`."""
        match operation:
            case Send() if not operation.post.files:
                return Sent((await self._send(operation),))
            case Replace() if not (operation.caption or operation.post.files):
                await self._replace(operation.chat, self._number(operation), content(operation.post))
                return Sent((operation.id,))
            case Remove():
                await self._remove(operation.chat, self._number(operation))
            case Leave():
                await self._leave(operation.chat)
            case Join():  # bots cannot join by themselves, they are added
                pass
            case _:
                raise PermanentError(f"not supported yet: {operation.kind}")
        return Sent()

    def _number(self, operation: Replace | Remove) -> int:
        """Return the number of the target message. Raises `PermanentError` if it predates the chat's migration."""
        number = number_in(operation.chat, operation.id, self._bot.id)
        if number is None:
            raise PermanentError("The message is from before the group became a supergroup, or of another bot")
        return number

    async def _send(self, operation: Send) -> str:
        wanted = content(operation.post)
        answered = number_in(operation.chat, operation.reply_to, self._bot.id)
        reply = ReplyParameters(answered, allow_sending_without_reply=True) if answered else None
        message = await _plain_if_need_be(
            wanted,
            lambda entities: self._bot.send_message(
                int(operation.chat.id),
                wanted.text,
                entities=entities,
                message_thread_id=int(operation.chat.topic) if operation.chat.topic else None,
                reply_parameters=reply,
                reply_markup=wanted.keyboard,
                link_preview_options=_NO_PREVIEW,
            ),
        )
        return message_id(operation.chat, message.message_id, self._bot.id)

    async def _replace(self, chat: ChatRef, id: int, wanted: Content) -> None:
        """Edit a message; succeeds if it already has this content."""
        try:
            await _plain_if_need_be(
                wanted,
                lambda entities: self._bot.edit_message_text(
                    wanted.text,
                    int(chat.id),
                    id,
                    entities=entities,
                    reply_markup=wanted.keyboard,
                    link_preview_options=_NO_PREVIEW,
                ),
            )
        except BadRequest as error:
            if not says(error, "message is not modified"):
                raise

    async def _remove(self, chat: ChatRef, id: int) -> None:
        """Delete a message. Raises `PermanentError` if it is too old or someone else's."""
        try:
            await self._bot.delete_message(int(chat.id), id)
        except BadRequest as error:
            if says(error, "message to delete not found"):
                return
            if not says(error, "can't be deleted"):
                raise
            raise PermanentError("Telegram does not let the bot delete this message") from None

    async def _leave(self, chat: ChatRef) -> None:
        """Leave a group; succeeds if the bot is already out."""
        try:
            await self._bot.leave_chat(int(chat.id))
        except TelegramError as error:
            if not is_shut_out(error):
                raise


async def _plain_if_need_be(wanted: Content, write: Callable[[tuple[MessageEntity, ...]], Awaitable[_T]]) -> _T:
    """Write with entities, or as plain text if Telegram rejects them."""
    try:
        return await write(wanted.entities)
    except BadRequest as error:
        if not (wanted.entities and says(error, "entit")):
            raise
        log.warning("entities refused, sent plain", error=error.message)
        return await write(())
