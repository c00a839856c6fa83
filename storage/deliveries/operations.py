"""The operation that a row of the outbox stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import sqlalchemy as sa

from bot.model import ChatRef, ClosePoll, Join, Leave, Operation, Pin, React, Remove, Replace, Section, Send, SendPoll
from storage.deliveries import posts

KINDS: Mapping[str, type[Operation]] = {each.kind: each for each in get_args(Operation)}
MAKES_MESSAGES = (Send.kind, SendPoll.kind)
HAS_CONTENT = (Send.kind, SendPoll.kind, Replace.kind, React.kind, Pin.kind)


def operation(  # noqa: PLR0911 - one for each kind
    row: sa.Row[Any],
    chat: ChatRef,
    *,
    target: str | None,
    has_file: bool,
    section: Section | None,
    reply_to: str,
    thread: str,
) -> Operation | None:
    """Return the operation of a row; `section`: the one that it changes, in a merged message.

    None if it has no target in the chat, or its content is erased.

    Raises LookupError, TypeError or ValueError if the row cannot be read.
    """
    kind, content, token = KINDS[row.kind], row.post, row.token
    if row.kind in HAS_CONTENT and content is None:
        return None
    if kind is Send:
        return Send(chat=chat, post=posts.load(content), token=token, reply_to=reply_to, thread=thread)
    if kind is SendPoll:
        return SendPoll(chat=chat, poll=posts.load_poll(content), token=token, reply_to=reply_to)
    if kind is Join or kind is Leave:
        return kind(chat=chat)
    if target is None:
        return None
    if kind is Replace:
        return Replace(chat=chat, id=target, post=posts.load(content), token=token, caption=has_file, section=section)
    if kind is React:
        return React(chat=chat, id=target, key=content["key"], token=token, more=tuple(content.get("more", ())))
    if kind is Pin:
        return Pin(chat=chat, id=target, pinned=content["pinned"], token=token)
    if kind is ClosePoll:
        return ClosePoll(chat=chat, id=target, token=token)
    return Remove(chat=chat, id=target, token=token, section=section, caption=has_file and section is not None)
