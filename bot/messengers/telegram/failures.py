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

from bot.messengers.base import LONGEST_WAIT, PermanentError, Reason, SendError, TemporaryError, UnknownOutcome
from bot.model import ChatRef, MessengerName

_TOO_LARGE = "request entity too large"
"""The message of a 413, which the library reports like a broken connection."""
_SHUT_OUT = (
    "chat not found",
    "rights to send text messages",
    "have no rights",
    "write_forbidden",
    "topic_closed",
    "topic_deleted",
    "thread not found",
)
_REASONS = {
    Reason.TOO_LARGE: (
        "too big",
        "too large",
        "too long",
        "too_long",
        "too many messages",
        "must not exceed",
        "can't have more than",
    ),
    Reason.GONE: (
        "not found",
        "message_id_invalid",
        "topic_deleted",
        "deactivated",
        "invalid file_id",
        "wrong file identifier",
        "wrong file_id",
        "wrong remote file identifier",
        "file_reference_",
    ),
    Reason.NO_RIGHTS: ("rights", "forbidden", "admin_required", "restricted"),
    Reason.NOT_ALLOWED: (
        "reaction_invalid",
        "reactions_too_many",
        "topic_closed",
        "can't be edited",
        "can't be deleted",
        "can't be pinned",
        "can't be stopped",
        "can't be sent to channel",
    ),
}
"""Phrases in the messages of errors, by what they mean. The first match counts."""

_UNFIT = (
    "photo_invalid_dimensions",
    "image_process_failed",
    "too big for a photo",
    "photo_ext_invalid",
    "voice_messages_forbidden",
    "phone_number_invalid",
    "sticker_",
    "file_invalid",
    "content_type_invalid",
    "wrong file type",
    "wrong type of",
)
"""Signs that Telegram takes a file only as a document."""


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
            return PermanentError("The group has become a supergroup", Reason.GONE, moved_to=moved)
        case TelegramError() if isinstance(error, Forbidden | BadRequest) or _TOO_LARGE in text.lower():
            return PermanentError(text, reason(error), shut_out=is_shut_out(error))
        case InvalidToken() | Conflict():
            return TemporaryError(f"Telegram does not let the bot in: {text}")
        case NotSent():
            return TemporaryError(f"Telegram cannot be reached: {text}")
    return UnknownOutcome(f"No answer from Telegram: {text}")


def is_in_doubt(error: NetworkError) -> bool:
    """Return whether the request may have been carried out."""
    return not isinstance(error, BadRequest | NotSent) and _TOO_LARGE not in error.message.lower()


def reason(error: TelegramError) -> Reason:
    """Return why Telegram will never do this; whoever may not enter a chat lacks the rights."""
    text = error.message.lower()
    found = (reason for reason, signs in _REASONS.items() if any(sign in text for sign in signs))
    return next(found, Reason.NO_RIGHTS if isinstance(error, Forbidden) else Reason.NOT_ACCEPTABLE)


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


def is_unfit(error: BadRequest) -> bool:
    """Whether Telegram takes a file only as a document."""
    return says(error, *_UNFIT)
