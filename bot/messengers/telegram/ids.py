"""Message ids. A number is unique only within its counter, so the counter is part of the id."""

from __future__ import annotations

from bot.model import ChatRef, MessengerName, counted

_SUPERGROUPS = -1_000_000_000_000
"""Ids of supergroups and channels are below this; those of basic groups are not."""


def numbering(chat: ChatRef, me: int) -> str:
    """Return the name of a chat's counter: each supergroup has its own, all other chats of the bot `me` share one.

    So numbering restarts when a group becomes a supergroup, and in private chats with another bot.
    """
    return chat.lane if int(chat.id) < _SUPERGROUPS else f"{MessengerName.TELEGRAM}:{me}"


def message_id(chat: ChatRef, number: int, me: int) -> str:
    """Return the id of a message, `COUNTER/NUMBER`, for the number that Telegram gave it."""
    return f"{numbering(chat, me)}/{number}"


def number_in(chat: ChatRef, id: str, me: int) -> int | None:
    """Return Telegram's number of a message in `chat`, or None if the id belongs to another counter."""
    counter, number = counted(id) or ("", 0)
    return number if counter == numbering(chat, me) else None
