"""Ids of messages. A number means something only within its counter, so the counter is a part of the id."""

from __future__ import annotations

from bot.model import ChatRef, MessengerName, counted

_SUPERGROUPS = -1_000_000_000_000
"""Ids of supergroups and channels are below; those of basic groups are not."""


def numbering(chat: ChatRef, me: int) -> str:
    """Name the counter of a chat: each supergroup has its own, all other chats of the bot `me` share one.

    So a group that becomes a supergroup counts anew, and so do private chats with another bot.
    """
    return chat.lane if int(chat.id) < _SUPERGROUPS else f"{MessengerName.TELEGRAM}:{me}"


def message_id(chat: ChatRef, number: int, me: int) -> str:
    """Return the id of a message, `COUNTER/NUMBER`, from the number that Telegram gave it."""
    return f"{numbering(chat, me)}/{number}"


def number_in(chat: ChatRef, id: str, me: int) -> int | None:
    """Return Telegram's number of a message of `chat`; None: the id was given by another counter."""
    counter, number = counted(id) or ("", 0)
    return number if counter == numbering(chat, me) else None
