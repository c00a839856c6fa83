"""Native polls of the bot."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import BadRequest

from bot.messengers.base import PermanentError, Reason
from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.telegram.failures import says
from bot.model import MessengerName, NativePoll, plain

_OPTIONS = 12
"""Maximum number of options (Bot API, "sendPoll")."""
_CAN = CAPABILITIES[MessengerName.TELEGRAM]
_MARK = InlineKeyboardMarkup([[InlineKeyboardButton("…", callback_data="-")]])


async def send_poll(bot: Bot, poll: NativePoll, place: Mapping[str, Any]) -> Message:
    """Send a poll whose voters are shown; `place` are the parameters that all methods have."""
    question = plain(poll.question).strip()
    _check(question, poll.options)
    return await bot.send_poll(
        question=question,
        options=poll.options,
        is_anonymous=False,
        allows_multiple_answers=poll.multiple,
        **place,
    )


async def close_poll(bot: Bot, chat: int, message: int) -> None:
    """End a poll; succeeds if it has ended already."""
    try:
        await bot.stop_poll(chat, message)
    except BadRequest as error:
        if not says(error, "already been closed"):
            raise


async def poll_id(bot: Bot, chat: int, message: int) -> str:
    """Return the id of a poll whose response was lost; empty if the message is not a poll.

    Only a successful edit returns the message, so the poll gets a button for a moment.
    """
    changed = await bot.edit_message_reply_markup(chat, message, reply_markup=_MARK)
    await bot.edit_message_reply_markup(chat, message)
    return changed.poll.id if isinstance(changed, Message) and changed.poll else ""


def _check(question: str, options: tuple[str, ...]) -> None:
    """Raise PermanentError for what Telegram rejects."""
    if not question or not options or not all(option.strip() for option in options):
        raise PermanentError("A poll needs a question, and a text for each option")
    if len(question) > (_CAN.poll_question or inf):
        raise PermanentError(f"The question may have {_CAN.poll_question} characters", Reason.TOO_LARGE)
    if len(options) > _OPTIONS:
        raise PermanentError(f"A poll may have {_OPTIONS} options", Reason.TOO_LARGE)
    if any(len(option.strip()) > (_CAN.poll_option or inf) for option in options):
        raise PermanentError(f"An option may have {_CAN.poll_option} characters", Reason.TOO_LARGE)
