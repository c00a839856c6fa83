"""The table of the methods that the emulator plays, and those that do not write messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from bot.sandbox.telegram import menus, writing
from bot.sandbox.telegram.actors import PERMISSIONS, Group, Member, Private
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request

Handler: TypeAlias = Callable[[Call], object]
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(call: Call) -> Json:
    """Play getMe."""
    return call.bot.me


def delete_webhook(call: Call) -> bool:
    """Play deleteWebhook."""
    call.bot.webhook = ""
    if call.params.get("drop_pending_updates"):
        call.bot.updates.clear()
    return True


def get_webhook_info(call: Call) -> Json:
    """Play getWebhookInfo."""
    info: Json = {
        "url": call.bot.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates),
    }
    allowed = sorted(call.bot.updates.allowed)
    return info | ({"allowed_updates": allowed} if allowed else {})


def answer_callback_query(call: Call) -> bool:
    """Play answerCallbackQuery: whoever pressed sees the text."""
    answer = call.world.queries.get(call.params["callback_query_id"])
    if answer is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.params.get("text", "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if not answer.done():
        answer.set_result({"text": text, "show_alert": call.params.get("show_alert", False)})
    return True


def set_my_commands(call: Call) -> bool:
    """Play setMyCommands. An empty list is none."""
    commands = call.params["commands"]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    key = menus.key(call)
    call.bot.commands.pop(key, None)
    if commands:
        call.bot.commands[key] = commands
    return True


def get_my_commands(call: Call) -> list[Json]:
    """Play getMyCommands."""
    return call.bot.commands.get(menus.key(call), [])


def delete_my_commands(call: Call) -> bool:
    """Play deleteMyCommands."""
    call.bot.commands.pop(menus.key(call), None)
    return True


def get_chat(call: Call) -> Json:
    """Play getChat."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    chat = call.chat()
    permissions = {name: name in chat.permissions for name in PERMISSIONS} if isinstance(chat, Group) else None
    return chat.chat | more | ({"permissions": permissions} if permissions else {})


def get_chat_member(call: Call) -> Json:
    """Play getChatMember. Of others only an admin is sure to hear, so nobody else does here."""
    chat, who = call.chat(), call.user(call.params["user_id"])
    if not isinstance(chat, Group):
        return Member(who, "member").member
    if who is not call.bot and not chat.member(call.bot).admin:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return chat.member(who).member


def get_chat_administrators(call: Call) -> list[Json]:
    """Play getChatAdministrators: other bots are left out."""
    members = _group(call).members.values()
    return [m.member for m in members if m.admin and (m.who.id == call.bot.id or m.who.id not in call.world.bots)]


def get_chat_member_count(call: Call) -> int:
    """Play getChatMemberCount."""
    chat = call.chat()
    return 2 if isinstance(chat, Private) else sum(member.inside for member in _group(call).members.values())


def leave_chat(call: Call) -> bool:
    """Play leaveChat."""
    group = _group(call)
    call.world.post(group, call.bot, {"left_chat_member": call.bot.user})
    call.world.stand(group, group.member(call.bot).gone, call.bot)
    return True


def send_chat_action(call: Call) -> bool:
    """Play sendChatAction."""
    call.world.emit("action", call.chat(), action=call.params["action"], **{"from": call.bot.user})
    return True


def _group(call: Call) -> Group:
    chat = call.chat()
    if not isinstance(chat, Group):
        raise bad_request("there are no administrators in the private chat")
    return chat


_MESSAGE = "chat_id message_id"
_CONTENT = "text entities link_preview_options reply_markup"
_COMMANDS = "scope language_code"
PLAYED: dict[str, tuple[Handler, frozenset[str]]] = {
    name: (handler, frozenset(params.split()))
    for name, handler, params in (
        ("getMe", get_me, ""),
        ("deleteWebhook", delete_webhook, "drop_pending_updates"),
        ("getWebhookInfo", get_webhook_info, ""),
        (
            "sendMessage",
            writing.send_message,
            f"chat_id message_thread_id {_CONTENT} disable_notification reply_parameters",
        ),
        ("editMessageText", writing.edit_message_text, f"{_MESSAGE} {_CONTENT}"),
        ("editMessageReplyMarkup", writing.edit_message_reply_markup, f"{_MESSAGE} reply_markup"),
        ("deleteMessage", writing.delete_message, _MESSAGE),
        ("deleteMessages", writing.delete_messages, "chat_id message_ids"),
        ("setMessageReaction", writing.set_message_reaction, f"{_MESSAGE} reaction is_big"),
        ("sendChatAction", send_chat_action, "chat_id message_thread_id action"),
        ("answerCallbackQuery", answer_callback_query, "callback_query_id text show_alert cache_time"),
        ("setMyCommands", set_my_commands, f"commands {_COMMANDS}"),
        ("getMyCommands", get_my_commands, _COMMANDS),
        ("deleteMyCommands", delete_my_commands, _COMMANDS),
        ("getChat", get_chat, "chat_id"),
        ("getChatMember", get_chat_member, "chat_id user_id"),
        ("getChatAdministrators", get_chat_administrators, "chat_id"),
        ("getChatMemberCount", get_chat_member_count, "chat_id"),
        ("leaveChat", leave_chat, "chat_id"),
    )
}
"""Method → what plays it, and the parameters that it plays. getUpdates is played by `server`."""

UPDATES_PARAMS = frozenset({"offset", "limit", "timeout", "allowed_updates"})
