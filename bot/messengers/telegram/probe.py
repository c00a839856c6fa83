"""Look-up of messages with an unknown outcome, without changing anything."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.messengers.telegram.content import content
from bot.messengers.telegram.failures import says
from bot.messengers.telegram.ids import message_id, number_in
from bot.model import ChatRef, Send

log = structlog.get_logger()

FREE_IDS = 5
"""Consecutive unused ids after which the message certainly does not exist."""
FARTHEST = 200
"""Maximum distance from the last known id at which the search ends."""


class Probe:
    """A search that tries one id after another. Raises the library's errors."""

    def __init__(self, bot: Bot) -> None:
        """Search as `bot`."""
        self._bot = bot
        self._strangers: dict[str, set[int]] = {}
        """Ids found to be something else, by the token of the operation."""

    async def find(self, operation: Send, after: str, known: Collection[str]) -> str | None:
        """Return the id of the message that `operation` created, or None if it does not exist or cannot be determined.

        A lane sends one message at a time, so the only message of ours after `after`, which was seen before the first
        attempt, that is not `known` is the one. Without that bound any old message of ours could match.
        """
        bound = number_in(operation.chat, after, self._bot.id)
        if bound is None:
            log.warning("nothing had been seen in this chat: the message is sent again", chat=str(operation.chat))
            return None
        numbers = (number_in(operation.chat, id, self._bot.id) for id in known)
        number = await self._look(operation, bound, {number for number in numbers if number is not None})
        return message_id(operation.chat, number, self._bot.id) if number else None

    async def _look(self, operation: Send, bound: int, known: Collection[int]) -> int | None:
        """Return the first number after `bound` that is one of our messages and not `known`."""
        keyboard = content(operation.post).keyboard
        strangers = self._strangers.setdefault(operation.token, set())
        newest = max(known, default=0)
        found, missing = None, 0
        for number in count(bound + 1):
            if missing >= FREE_IDS or number > max(bound, newest) + FARTHEST:
                break
            if number in known or number in strangers:
                continue
            ours = await self._is_ours(operation.chat, number, keyboard)
            if ours:
                found = number
                break
            if ours is None:
                missing += number > newest
            else:
                missing = 0
                strangers.add(number)
        del self._strangers[operation.token]
        return found

    async def _is_ours(self, chat: ChatRef, number: int, keyboard: InlineKeyboardMarkup | None) -> bool | None:
        """Whether a message is ours and has exactly this keyboard; None if there is no such message.

        Tries to set the same keyboard again, which Telegram allows for our own messages only.
        """
        try:
            await self._bot.edit_message_reply_markup(int(chat.id), number, reply_markup=keyboard)
        except TelegramError as error:
            if says(error, "message is not modified"):
                return True
            if says(error, "message to edit not found", "message_id_invalid"):
                return None
            if says(error, "can't be edited"):
                return False
            raise
        # The edit went through, so the keyboard was different and this is another message.
        log.error("a message of ours that we did not know had other buttons", chat=str(chat), message=number)
        return False
