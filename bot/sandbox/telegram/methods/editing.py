"""The methods that change what the bot has sent."""

from __future__ import annotations

from bot.sandbox.telegram.actors import Chat, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.methods.messages import preview


def edit_message_text(call: Call) -> Json:
    """Play editMessageText; without a keyboard the old one goes."""
    new = call.text() | call.keyboard()
    chat = call.chat()
    call.pace(chat)
    record = _editable(call, chat)
    _refuse_same(record, new, ("text", "entities", "reply_markup"))
    call.world.change(
        chat, record, call.bot, new | preview(call, new), drop=("entities", "reply_markup", "link_preview_options")
    )
    return record.message


def edit_message_reply_markup(call: Call) -> Json:
    """Play editMessageReplyMarkup."""
    new = call.keyboard()
    chat = call.chat()
    call.pace(chat)
    record = _editable(call, chat)
    _refuse_same(record, new, ("reply_markup",))
    call.world.change(chat, record, call.bot, new, drop=("reply_markup",))
    return record.message


def _editable(call: Call, chat: Chat) -> Record:
    if "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to edit not found")
    if record.author != call.bot.id or "text" not in record.message:
        raise bad_request("message can't be edited")
    return record


def _refuse_same(record: Record, new: Json, fields: tuple[str, ...]) -> None:
    if all(record.message.get(name) == new.get(name) for name in fields):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
