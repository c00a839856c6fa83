"""The commands that clients offer: for whom a bot sets them, and who is offered which."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bot.sandbox.telegram.actors import BotActor, ChatActor, GroupActor, PersonActor
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request

_DEFAULT = {"type": "default"}


def key(call: Call) -> tuple[str, str]:
    """Return the key of a call's commands: scope (as JSON) and language; raise ApiError."""
    language = call.params.get("language_code", "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    scope = call.params.get("scope", _DEFAULT)
    if "chat_id" in scope and not isinstance(call.found(scope["chat_id"]), GroupActor) and scope["type"] != "chat":
        raise bad_request("can't use specified scope in private chats")
    if "user_id" in scope:
        call.user(scope["user_id"])
    return _json(scope), language


def menu(bot: BotActor, chat: ChatActor, person: PersonActor) -> list[Json]:
    """Return the commands that someone is offered in a chat: the first that are set, the narrowest scope first.

    In each scope those in the person's language come before those for all others.
    """
    language = person.language_code.partition("-")[0]
    for scope in map(_json, _scopes(chat, person)):
        for commands in (bot.commands.get((scope, language)), bot.commands.get((scope, ""))):
            if commands:
                return commands
    return []


def _scopes(chat: ChatActor, person: PersonActor) -> Iterator[Json]:
    """Yield the scopes that include a person, in the order that the Bot API documents."""
    here = {"chat_id": chat.id}
    if isinstance(chat, GroupActor):
        admin = chat.member(person).admin
        yield {"type": "chat_member", "user_id": person.id} | here
        if admin:
            yield {"type": "chat_administrators"} | here
        yield {"type": "chat"} | here
        if admin:
            yield {"type": "all_chat_administrators"}
        yield {"type": "all_group_chats"}
    else:
        yield {"type": "chat"} | here
        yield {"type": "all_private_chats"}
    yield _DEFAULT


def _json(scope: Json) -> str:
    return json.dumps(scope, sort_keys=True)
