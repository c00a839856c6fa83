"""sendMessage, deleteMessage and deleteMessages."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.telegram.actors import ChatActor, GroupActor, Private, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.methods.placing import place

_DELETABLE = timedelta(hours=48)
_LASTING = frozenset({"forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"})


def send_message(call: Call) -> Json:
    """Play sendMessage."""
    text, keyboard = call.text(), call.keyboard()
    target = place(call, ("can_send_messages", "text messages"))
    call.pace(target.chat)
    return target.post(text | keyboard | preview(call, text)).message


def delete_message(call: Call) -> bool:
    """Play deleteMessage."""
    chat = call.chat()
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to delete not found")
    _refuse_undeletable(call, chat, record)
    call.world.remove(chat, record)
    return True


def delete_messages(call: Call) -> bool:
    """Play deleteMessages; those that are not there are passed over."""
    chat, ids = call.chat(), call.params["message_ids"]
    if not 1 <= len(ids) <= 100:
        raise bad_request("there must be from 1 to 100 message identifiers")
    records = [chat.records[id] for id in ids if id in chat.records]
    for record in records:
        _refuse_undeletable(call, chat, record)
    for record in records:
        call.world.remove(chat, record)
    return True


def preview(call: Call, text: Json) -> Json:
    """Return the field that a message with an address keeps."""
    options = call.params.get("link_preview_options")
    linked = any(entity["type"] in {"url", "text_link"} for entity in text.get("entities", []))
    return {"link_preview_options": options} if options and linked else {}


def _refuse_undeletable(call: Call, chat: ChatActor, record: Record) -> None:
    own = record.author == call.bot.id
    allowed = (
        own or isinstance(chat, Private) or (isinstance(chat, GroupActor) and chat.may(call.bot, "can_delete_messages"))
    )
    if record.message.keys() & _LASTING:
        raise bad_request("message can't be deleted")
    if not allowed or call.world.clock() - record.at >= _DELETABLE:
        raise bad_request("message can't be deleted for everyone")
