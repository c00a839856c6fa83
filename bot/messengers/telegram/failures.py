"""Translation of the library's errors into those of `bot.messengers.base`, with messages for people."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.messengers.base import LONGEST_WAIT, PermanentError, SendError, TemporaryError, UnknownOutcome
from bot.model import ChatRef, MessengerName

_SHUT_OUT = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "write_forbidden",
    "topic_closed",
    "topic_deleted",
)


class NotSent(NetworkError):
    """The server has certainly not seen the request."""


def redacted(text: str, token: str) -> str:
    """Return the text without the bot's token."""
    return text.replace(token, "…").replace(token.partition(":")[2] or token, "…")


def send_error(error: TelegramError, token: str) -> SendError:
    """Return the matching `SendError`. Only operations that were certainly not carried out are retryable."""
    text = redacted(error.message, token)
    match error:
        case RetryAfter():
            return TemporaryError(f"Telegram asks to wait: {text}", seconds(error))
        case ChatMigrated():
            moved = ChatRef(MessengerName.TELEGRAM, str(error.new_chat_id))
            return PermanentError("The group has become a supergroup", moved_to=moved)
        case Forbidden() | BadRequest():
            return PermanentError(text, shut_out=is_shut_out(error))
        case InvalidToken() | Conflict():
            return TemporaryError(f"Telegram does not let the bot in: {text}")
        case NotSent():
            return TemporaryError(f"Telegram cannot be reached: {text}")
    return UnknownOutcome(f"No answer from Telegram: {text}")


def is_shut_out(error: TelegramError) -> bool:
    """Return whether the error means that the bot may not write to the chat at all."""
    return isinstance(error, Forbidden) or says(error, *_SHUT_OUT)


def seconds(error: RetryAfter) -> float:
    """Return the seconds that Telegram asks to wait, at most LONGEST_WAIT."""
    wait = error.retry_after
    return min(LONGEST_WAIT, wait.total_seconds() if isinstance(wait, timedelta) else float(wait))


def says(error: TelegramError, *signs: str) -> bool:
    """Return whether a 400 has one of these phrases in its message."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in signs)
