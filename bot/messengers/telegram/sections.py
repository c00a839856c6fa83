"""One section of a merged message is changed in place.

Telegram has no method that returns a message of the bot's own, but an edit does. So the keyboard of the message is
changed for a moment: that shows its text without changing it, and the edit that follows takes the keyboard away again.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
)
from telegram.error import BadRequest, TelegramError

from bot.messengers.base import PermanentError, Reason
from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.telegram.content import Content, content_of
from bot.messengers.telegram.failures import says
from bot.messengers.telegram.plain import plain_if_need_be
from bot.messengers.telegram.texts import entity_of
from bot.model import MessengerName, Post, Section
from bot.text.characters import units
from bot.text.merging import SectionError, Written, changed

BLANK = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAKAAAABQAQAAAAC2JkOZAAAAG0lEQVR42mP4jwUwjAqOCo4KjgqOCo4K0lcQALcCOhsj555UAAAAAElFTkSuQmCC"
)
"""A white picture, in the place of a file that was removed from above texts that stay."""
CALLS = 2
"""Calls that a change takes at least."""
_CAPTION = CAPABILITIES[MessengerName.TELEGRAM].caption_length
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_READING = InlineKeyboardMarkup([[InlineKeyboardButton("✏️", callback_data="reading")]])
_FOUND_BY_TELEGRAM = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)
"""Entities that Telegram makes itself, each time."""


NewFile: TypeAlias = Callable[[Content], Awaitable[object]]
"""Put another file in the place of that of the message, with a new caption."""


async def change_section(
    bot: Bot, chat: int, number: int, section: Section, post: Post | None, *, new_file: NewFile | None = None
) -> None:
    """Replace a section by a post, or remove it; may be repeated after an unknown outcome.

    Raises the library's errors, and PermanentError if the message does not have such a section.
    """
    message = await _read(bot, chat, number)
    try:
        new = content_of(_changed(message, section, post))
        if new_file:
            await new_file(new)
            return

        async def edit(shown: Content) -> None:
            if message.text is None:
                await bot.edit_message_caption(chat, number, caption=shown.text, caption_entities=shown.entities)
            else:
                await bot.edit_message_text(
                    shown.text, chat, number, entities=shown.entities, link_preview_options=_NO_PREVIEW
                )

        await plain_if_need_be(new, edit, caption=message.text is None)
    except (BadRequest, PermanentError):
        await bot.edit_message_reply_markup(chat, number)
        raise


async def blank(bot: Bot, chat: int, number: int, caption: Content) -> None:
    """Take the file out of a message, whose caption stays: Telegram makes no text of it."""
    picture = InputFile(BLANK, "removed.png", attach=True)
    media = InputMediaPhoto(picture, caption=caption.text, caption_entities=caption.entities)
    await bot.edit_message_media(media, chat, number)


def _changed(message: Message, section: Section, post: Post | None) -> Written:
    try:
        wanted = changed(_written(message), section, post)
    except SectionError as error:
        raise PermanentError(f"the merged message cannot be changed: {error}") from None
    if message.text is None and units(wanted.text) > _CAPTION:
        raise PermanentError("the caption would be too long", Reason.TOO_LARGE)
    return wanted


async def _read(bot: Bot, chat: int, number: int) -> Message:
    """Return a message of the bot's own; the button of an earlier attempt may still be there."""
    for keyboard in (_READING, None):
        try:
            message = await bot.edit_message_reply_markup(chat, number, reply_markup=keyboard)
        except BadRequest as error:
            if not says(error, "message is not modified"):
                raise
        else:
            if isinstance(message, Message):
                return message
    raise TelegramError("the message was not returned")


def _written(message: Message) -> Written:
    entities = message.entities if message.text else message.caption_entities
    own = (entity_of(entity) for entity in entities if entity.type not in _FOUND_BY_TELEGRAM)
    return Written(message.text or message.caption or "", tuple(own))
