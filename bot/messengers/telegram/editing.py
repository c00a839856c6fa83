"""Edits of the bot's own messages: texts, captions and files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from telegram import Bot, LinkPreviewOptions, Message
from telegram.error import BadRequest

from bot.messengers.base import OpenFile, PermanentError, Reason
from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.telegram.content import Content, content
from bot.messengers.telegram.failures import is_unfit, says
from bot.messengers.telegram.media import check_uploads, edit_file
from bot.messengers.telegram.parts import Part, as_documents, parts_of
from bot.messengers.telegram.plain import plain_if_need_be
from bot.messengers.telegram.quoting import split_quotation
from bot.messengers.telegram.sections import change_section
from bot.model import MessengerName, Post, Replace
from bot.text.characters import units

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_CAPTION = CAPABILITIES[MessengerName.TELEGRAM].caption_length


async def edit(bot: Bot, operation: Replace, number: int, open_file: OpenFile) -> None:
    """Edit a message; succeeds if it already has this content."""
    new_file = partial(_new_file, bot, operation.post, open_file, _place(operation, number))
    if operation.section:
        with_file = new_file if operation.post.files else None
        chat, section = int(operation.chat.id), operation.section
        await change_section(bot, chat, number, section, operation.post, new_file=with_file)
        return
    if (split := split_quotation(operation.post)) and not operation.post.files:
        # Whether the message has it as a native quotation is known only once it has been edited.
        done = await _edit(bot, replace(operation, post=split[1]), number, open_file)
        if done is None or done.quote:
            return
    await _edit(bot, operation, number, open_file)


async def _edit(bot: Bot, operation: Replace, number: int, open_file: OpenFile) -> Message | None:
    """Edit a message; return it, or None if it already has this content."""
    wanted, place = content(operation.post), _place(operation, number)
    try:
        if operation.post.files:
            return await _new_file(bot, operation.post, open_file, place, wanted)
        return await _edit_text(bot, wanted, place, caption=operation.caption)
    except BadRequest as error:
        if not says(error, "message is not modified"):
            raise
        return None


def _place(operation: Replace, number: int) -> dict[str, Any]:
    return {"chat_id": int(operation.chat.id), "message_id": number}


async def _new_file(
    bot: Bot, post: Post, open_file: OpenFile, place: dict[str, Any], caption: Content
) -> Message | None:
    """Replace a message by the file of a post, with a caption."""
    part, *others = parts_of(post)
    if others:
        raise PermanentError("Telegram cannot put this into an earlier message", Reason.NOT_ALLOWED)
    return await _edit_file(bot, replace(part, content=caption), open_file, place)


async def _edit_file(bot: Bot, part: Part, open_file: OpenFile, place: dict[str, Any]) -> Message | None:
    check_uploads(part.files)
    try:
        return await plain_if_need_be(
            part.content,
            lambda content: edit_file(bot, replace(part, content=content), open_file, place),
            caption=True,
        )
    except BadRequest as error:
        (plain,) = as_documents(part)
        if plain == part or not is_unfit(error):
            raise
        return await _edit_file(bot, plain, open_file, place)


async def _edit_text(bot: Bot, wanted: Content, place: dict[str, Any], *, caption: bool) -> Message | None:
    """Edit a text or a caption. A text that does not fit under its file is a message of its own."""
    caption = caption and units(wanted.text) <= _CAPTION
    try:
        return await _write(bot, wanted, place, caption=caption)
    except BadRequest as error:
        if not says(error, "there is no caption" if caption else "there is no text"):
            raise
        return await _write(bot, wanted, place, caption=not caption)


async def _write(bot: Bot, wanted: Content, place: dict[str, Any], *, caption: bool) -> Message | None:
    async def edit(shown: Content) -> Message | None:
        if caption:
            made = await bot.edit_message_caption(
                caption=shown.text, caption_entities=shown.entities, reply_markup=shown.keyboard, **place
            )
        else:
            made = await bot.edit_message_text(
                shown.text,
                entities=shown.entities,
                reply_markup=shown.keyboard,
                link_preview_options=NO_PREVIEW,
                **place,
            )
        return made if isinstance(made, Message) else None

    return await plain_if_need_be(wanted, edit, caption=caption)
