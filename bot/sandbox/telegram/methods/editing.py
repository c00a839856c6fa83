"""The methods that change what the bot has sent."""

from __future__ import annotations

from bot.sandbox.telegram.actors import ChatActor, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.media import CAPTIONED, KINDS
from bot.sandbox.telegram.methods.media import input_media, kind_of, shown
from bot.sandbox.telegram.methods.messages import preview

_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_TEXT = ("text", "entities", "link_preview_options")
_MEDIA = (*KINDS, *_CAPTION, "has_media_spoiler")
_REPLACEABLE = CAPTIONED - {"voice"}


def edit_message_text(call: Call) -> Json:
    """Play editMessageText; without a keyboard the old one goes."""
    new = call.text() | call.keyboard()
    chat, record = _found(call)
    if "text" not in record.message:
        raise bad_request("there is no text in the message to edit")
    _refuse_same(record, new, ("text", "entities", "reply_markup"))
    return _changed(call, chat, record, new | preview(call, new), _TEXT)


def edit_message_caption(call: Call) -> Json:
    """Play editMessageCaption; without a caption the old one goes, and so does the keyboard."""
    new = call.caption(call.params) | shown(call.params) | call.keyboard()
    chat, record = _found(call)
    if not record.message.keys() & CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    _refuse_same(record, new, (*_CAPTION, "reply_markup"))
    return _changed(call, chat, record, new, _CAPTION)


def edit_message_media(call: Call) -> Json:
    """Play editMessageMedia; it replaces a text as well."""
    item = call.params["media"]
    kind = kind_of(item)
    new = input_media(call, item, kind) | call.keyboard()
    chat, record = _found(call)
    if not record.message.keys() & {*_REPLACEABLE, "text"}:
        raise bad_request("message media can't be edited")
    if "media_group_id" in record.message and kind.family not in {
        KINDS[name].family for name in record.message.keys() & KINDS.keys()
    }:
        raise bad_request("can't change media type in the album")
    _refuse_same(record, new, (*_MEDIA, "reply_markup"))
    return _changed(call, chat, record, new, (*_TEXT, *_MEDIA))


def edit_message_reply_markup(call: Call) -> Json:
    """Play editMessageReplyMarkup."""
    new = call.keyboard()
    chat, record = _found(call)
    _refuse_same(record, new, ("reply_markup",))
    return _changed(call, chat, record, new, ())


def _changed(call: Call, chat: ChatActor, record: Record, new: Json, drop: tuple[str, ...]) -> Json:
    call.world.change(chat, record, call.bot, new, drop=(*drop, "reply_markup"))
    return record.message


def _found(call: Call) -> tuple[ChatActor, Record]:
    """Count the call and return its message of the bot's, with the chat; raise ApiError."""
    chat = call.chat()
    call.pace(chat)
    if "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to edit not found")
    if record.author != call.bot.id or record.service:
        raise bad_request("message can't be edited")
    return chat, record


def _refuse_same(record: Record, new: Json, fields: tuple[str, ...]) -> None:
    if all(record.message.get(name) == new.get(name) for name in fields):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
