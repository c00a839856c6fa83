"""Addresses of messages in supergroups (core.telegram.org/api/links, "Message links")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from bot.messengers.telegram.ids import message_id, number_in
from bot.model import ChatRef, MessageRef, MessengerName

_PRIVATE = re.compile(r"/c/(?P<chat>\d{1,15})(?:/\d{1,15})?/(?P<post>\d{1,15})/?")
_PUBLIC = re.compile(r"/(?:s/)?(?P<name>[A-Za-z]\w{3,31})(?:/\d{1,15})?/(?P<post>\d{1,15})/?", re.ASCII)
_HOSTS = {"t.me", "www.t.me", "telegram.me", "telegram.dog"}
_SUPERGROUPS = -1_000_000_000_000
"""The id of a supergroup is this, minus its number in addresses."""


def link_to(message: MessageRef) -> str:
    """Return the address of a message, which members of its group can open; empty if it has none."""
    chat, number = message.chat, number_in(message.chat, message.id, 0)
    group = _SUPERGROUPS - int(chat.id)
    if number is None or group < 0:
        return ""
    return "/".join(filter(None, ("https://t.me/c", str(group), chat.topic, str(number))))


def linked(url: str, usernames: Mapping[str, str]) -> MessageRef | None:
    """Return the message that an address leads to; `usernames`: the ids of public groups by name, in lower case.

    None for anything else, also for comments, which are in a group that the address does not name.
    """
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    except ValueError:
        return None
    if "comment" in asked:
        return None
    if parts.scheme == "tg":
        found = _in_app(parts.netloc, asked)
    elif parts.scheme in {"http", "https"} and parts.netloc.lower() in _HOSTS:
        private, public = _PRIVATE.fullmatch(parts.path), _PUBLIC.fullmatch(parts.path)
        found = (private["chat"], "", private["post"]) if private else public and ("", public["name"], public["post"])
    else:
        found = None
    if not found:
        return None
    number, name, post = found
    id = str(_SUPERGROUPS - int(number)) if number else usernames.get(name.lower(), "")
    chat = ChatRef(MessengerName.TELEGRAM, id)
    return MessageRef(chat, message_id(chat, int(post), 0)) if id else None


def _in_app(action: str, asked: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return the group's number or name, and the message's number, of a tg:// address."""
    post = asked.get("post", "")
    chat, name = asked.get("channel", ""), asked.get("domain", "")
    if not (post.isascii() and post.isdigit()):
        return None
    if action == "privatepost" and chat.isascii() and chat.isdigit():
        return chat, "", post
    return ("", name, post) if action == "resolve" and name else None
