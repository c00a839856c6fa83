"""Custom emoji in reactions are named by the ordinary emoji that they are a variant of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from telegram import Bot
from telegram.error import NetworkError

from bot.clock import utc_now
from bot.messengers.telegram.custom_emoji import CustomEmoji
from bot.model import CUSTOM_EMOJI, ChatRef, MessageRef, MessengerName, Reaction, Sender


class CustomEmojiBot:
    """Knows a sticker or two; fails once if told to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.fails = False

    async def get_custom_emoji_stickers(self, ids: list[str]) -> list[Any]:
        self.asked.append(ids)
        if self.fails:
            raise NetworkError("away")
        known = {"1": "🎉", "2": None}
        return [SimpleNamespace(custom_emoji_id=each, emoji=known[each]) for each in ids if each in known]


async def test_they_are_looked_up_once() -> None:
    bot = CustomEmojiBot()
    emoji = CustomEmoji(cast("Bot", bot))
    ref = MessageRef(ChatRef(MessengerName.TELEGRAM, "-1"), "1")

    async def named(*keys: str) -> list[str]:
        events = [Reaction(id="1", ref=ref, sender=Sender(None, ""), at=utc_now(), key=key) for key in keys]
        return [each.key for each in await emoji.named(events) if isinstance(each, Reaction)]

    assert await named("👍") == ["👍"]
    bot.fails = True
    assert await named("custom:1") == [CUSTOM_EMOJI]
    bot.fails = False
    assert await named("custom:1", "👍", "custom:2", "custom:3") == ["🎉", "👍", CUSTOM_EMOJI, CUSTOM_EMOJI]
    assert await named("custom:1", "custom:2") == ["🎉", CUSTOM_EMOJI]
    assert bot.asked == [["1"], ["1", "2", "3"]]
