"""The methods about the bot itself: who it is, where its updates go, its commands, its answers to presses."""

from __future__ import annotations

import re

from bot.sandbox.telegram import menus
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request

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
    """Play answerCallbackQuery; whoever pressed sees the text, or opens the bot's private chat."""
    answer = call.world.queries.get(call.params["callback_query_id"])
    if answer is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.params.get("text", "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    url = call.params.get("url", "")
    if url and not url.startswith(f"https://t.me/{call.bot.username}?start="):
        raise bad_request("URL_INVALID")
    if not answer.done():
        answer.set_result({"text": text or url, "show_alert": call.params.get("show_alert", False)})
    return True


def set_my_commands(call: Call) -> bool:
    """Play setMyCommands; an empty list deletes them."""
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
