"""Look-up of messages with an unknown outcome, without changing anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

import structlog
from telegram import Bot, InlineKeyboardMarkup, Message
from telegram.error import TelegramError

from bot.messengers.telegram.failures import says
from bot.messengers.telegram.ids import message_id, number_in
from bot.model import Send, SendPoll

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

    async def find(
        self,
        operation: Send | SendPoll,
        keyboards: Sequence[InlineKeyboardMarkup | None],
        after: str,
        known: Collection[str],
    ) -> list[str]:
        """Return the ids of the messages that `operation` created; none if they do not exist or are unknowable.

        `keyboards` are those of all its messages, in order; some of them may be missing. A lane does one operation at
        a time, so the only messages of ours after `after`, which was seen before the first attempt, that are not
        `known` are the ones. Without that bound any old message of ours could match.
        """
        chat = operation.chat
        bound = number_in(chat, after, self._bot.id)
        if bound is None:
            log.warning("nothing had been seen in this chat: the message is sent again", chat=str(chat))
            return []
        numbers = {number for id in known if (number := number_in(chat, id, self._bot.id)) is not None}
        strangers = self._strangers.setdefault(operation.token, set())
        found = await self._look(operation, keyboards, bound, numbers, strangers)
        del self._strangers[operation.token]
        return [message_id(chat, number, self._bot.id) for number in found]

    async def _look(
        self,
        operation: Send | SendPoll,
        keyboards: Sequence[InlineKeyboardMarkup | None],
        bound: int,
        known: Collection[int],
        strangers: set[int],
    ) -> list[int]:
        """Return the first numbers after `bound` that are messages of ours and not `known`."""
        newest = max(known, default=0)
        found: list[int] = []
        missing = 0
        for number in count(bound + 1):
            if len(found) == len(keyboards) or missing >= FREE_IDS or number > max(bound, newest) + FARTHEST:
                break
            if number in known or number in strangers:
                continue
            ours = await self._is_ours(operation, number, keyboards[len(found)])
            if ours is None:
                missing += number > newest
                continue
            missing = 0
            if ours:
                found.append(number)
            else:
                strangers.add(number)
        return found

    async def _is_ours(
        self, operation: Send | SendPoll, number: int, keyboard: InlineKeyboardMarkup | None
    ) -> bool | None:
        """Whether a message is ours and has exactly this keyboard; None if there is no such message.

        Tries to set the same keyboard again, which Telegram allows for our own messages only, of any kind.
        """
        chat = int(operation.chat.id)
        try:
            changed = await self._bot.edit_message_reply_markup(chat, number, reply_markup=keyboard)
        except TelegramError as error:
            if says(error, "message is not modified"):
                return True
            if says(error, "message to edit not found", "message_id_invalid"):
                return None
            if says(error, "can't be edited"):
                return False
            raise
        if isinstance(operation, SendPoll) and isinstance(changed, Message) and changed.poll:
            return True  # an earlier search for its id was cut short while it had the button
        # The edit went through, so the keyboard was different and this is another message.
        log.error("a message of ours that we did not know had other buttons", chat=str(operation.chat), message=number)
        return False
