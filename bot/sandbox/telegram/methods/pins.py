"""pinChatMessage, unpinChatMessage and unpinAllChatMessages."""

from __future__ import annotations

from bot.sandbox.telegram.actors import ChatActor, GroupActor
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import bad_request


def pin_chat_message(call: Call) -> bool:
    """Play pinChatMessage; a service message shows it."""
    chat = call.chat()
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to pin not found")
    _refuse_powerless(call, chat)
    if record.service:
        raise bad_request("service messages can't be pinned")
    if record.id in chat.pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    call.world.pin(chat, record, call.bot)
    return True


def unpin_chat_message(call: Call) -> bool:
    """Play unpinChatMessage; without an id it means the newest of the pinned messages."""
    chat = call.chat()
    record = chat.records.get(call.params.get("message_id") or max(chat.pinned, default=0))
    if record is None:
        raise bad_request("message to unpin not found")
    _refuse_powerless(call, chat)
    if record.id not in chat.pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    call.world.unpin(chat, record, call.bot)
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    """Play unpinAllChatMessages."""
    chat = call.chat()
    _refuse_powerless(call, chat)
    for id in sorted(chat.pinned):
        call.world.unpin(chat, chat.records[id], call.bot)
    return True


def _refuse_powerless(call: Call, chat: ChatActor) -> None:
    if isinstance(chat, GroupActor) and not (chat.member(call.bot).admin and chat.may(call.bot, "can_pin_messages")):
        raise bad_request("not enough rights to manage pinned messages in the chat")
