"""One section of a merged message is changed in place.

Telegram has no method that returns a message of the bot's own, but an edit does. So the keyboard of the message is
changed for a moment: that shows its text without changing it, and the edit that follows takes the keyboard away again.
"""

from __future__ import annotations

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.error import BadRequest, TelegramError

from bot.messengers.base import PermanentError
from bot.messengers.telegram.content import Content, content_of
from bot.messengers.telegram.failures import says
from bot.messengers.telegram.plain import plain_if_need_be
from bot.messengers.telegram.texts import entity_of
from bot.model import Post, Section
from bot.text.merging import SectionError, Written, changed

CALLS = 2
"""Calls that a change takes at least."""
_READING = InlineKeyboardMarkup([[InlineKeyboardButton("✏️", callback_data="reading")]])
_FOUND_BY_TELEGRAM = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)
"""Entities that Telegram makes itself, each time."""


async def change_section(bot: Bot, chat: int, number: int, section: Section, post: Post | None) -> None:
    """Replace a section by a post, or remove it; may be repeated after an unknown outcome.

    Raises the library's errors, and PermanentError if the message does not have such a section.
    """
    try:
        wanted = changed(_written(await _read(bot, chat, number)), section, post)
    except SectionError as error:
        await bot.edit_message_reply_markup(chat, number)
        raise PermanentError(f"the merged message cannot be changed: {error}") from None

    async def edit(shown: Content) -> None:
        preview = LinkPreviewOptions(is_disabled=True)
        await bot.edit_message_text(shown.text, chat, number, entities=shown.entities, link_preview_options=preview)

    try:
        await plain_if_need_be(content_of(wanted), edit)
    except BadRequest:
        await bot.edit_message_reply_markup(chat, number)
        raise


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
    own = (entity_of(entity) for entity in message.entities if entity.type not in _FOUND_BY_TELEGRAM)
    return Written(message.text or "", tuple(own))
