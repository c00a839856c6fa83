"""Custom emoji in reactions, for which everywhere else the ordinary emoji stands that they are a variant of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.logs import Aside
from bot.model import CUSTOM_EMOJI, Event, Reaction

log = structlog.get_logger()

PREFIX = "custom:"
"""What the key of a reaction with a custom emoji begins with, before its id, until it is looked up."""
LIMIT = 2.0
"""Maximum seconds that a batch waits for Telegram's answer."""
_MOST, _KEPT = 200, 1000
"""How many are asked for at once (Bot API, "getCustomEmojiStickers"), and remembered."""


class CustomEmoji:
    """The look-up of the ordinary emoji for custom ones."""

    def __init__(self, bot: Bot) -> None:
        """Ask as `bot`."""
        self._bot = bot
        self._known: dict[str, str] = {}

    async def named(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events with ordinary emoji as the keys of reactions, or `CUSTOM_EMOJI` where none is known."""
        ids = {each.key for each in events if isinstance(each, Reaction) and each.key.startswith(PREFIX)}
        if unknown := sorted(ids - self._known.keys())[:_MOST]:
            await self._ask(unknown)
        return tuple(
            replace(each, key=self._known.get(each.key, CUSTOM_EMOJI))
            if isinstance(each, Reaction) and each.key in ids
            else each
            for each in events
        )

    async def _ask(self, keys: Iterable[str]) -> None:
        with Aside(log, "look-up of custom emoji"):
            try:
                async with asyncio.timeout(LIMIT):
                    found = await self._bot.get_custom_emoji_stickers([key.removeprefix(PREFIX) for key in keys])
            except (TelegramError, TimeoutError):
                return
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known |= {f"{PREFIX}{each.custom_emoji_id}": each.emoji or CUSTOM_EMOJI for each in found}
