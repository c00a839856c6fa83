"""The bot's reactions: Telegram allows certain emoji only, so any other becomes the closest of them."""

from __future__ import annotations

import re

from telegram import Bot
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, Forbidden

from bot.messengers.base import PermanentError, Reason
from bot.messengers.telegram.failures import says

_DRESSED = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
"""Variation selectors and skin tones."""
_ALLOWED = {_DRESSED.sub("", emoji): str(emoji) for emoji in ReactionEmoji}
_LIKE = {
    "👍": "✅ ☑ ✔ 🆗 ➕ 💪 🙂 😊",
    "👎": "❌ ✖ ⛔ 🚫 ➖",
    "👏": "🙌",
    "❤": "🧡 💛 💚 💙 💜 🖤 🤍 🤎 ❣ ♥ 💕 💖 💗 💓 💞 💟",
    "🤣": "😂 😹 😆",
    "😁": "😀 😃 😄 😅 😺",
    "😢": "🙁 ☹ 😞 😔 😟 😿 😥",
    "😡": "😠 😤",
    "😱": "😮 😲 😯 😧 🙀",
    "🤔": "❓ ❔ 🧐",
    "🎉": "🎊 🥳 🎈",
    "✍": "📝 ✏ 🖊 🖋 🗒 📌",
    "👀": "👁 🔍 🔎",
    "🤝": "👋 🫱",
    "🏆": "🥇 🏅 🎖",
    "🤩": "⭐ 🌟 ✨",
    "🔥": "🚀",
    "🤮": "🤢",
    "🙏": "🛐",
}
_NEAREST = {emoji: near for near, others in _LIKE.items() for emoji in others.split()}


async def react(bot: Bot, chat: int, message: int, key: str) -> None:
    """Set the bot's only reaction to a message, or take it back. Raises PermanentError if none is near enough."""
    if not key:
        await _take_back(bot, chat, message)
        return
    for emoji in nearest(key):
        try:
            await bot.set_message_reaction(chat, message, emoji)
        except BadRequest as error:
            if not says(error, "reaction_invalid"):
                raise
        except Forbidden as error:
            if "write_forbidden" not in error.message.lower():
                raise
            raise PermanentError("The bot may not react in this chat", Reason.NO_RIGHTS) from None
        else:
            return
    raise PermanentError("Telegram does not allow this reaction here", Reason.NOT_ALLOWED)


def nearest(key: str) -> list[str]:
    """Return the reactions that Telegram may allow for a key, the best first."""
    bare = _DRESSED.sub("", key)
    base = bare.partition("\u200d")[0]
    near = (bare, _NEAREST.get(bare), base, _NEAREST.get(base))
    return list(dict.fromkeys(_ALLOWED[emoji] for emoji in near if emoji in _ALLOWED))


async def _take_back(bot: Bot, chat: int, message: int) -> None:
    try:
        await bot.set_message_reaction(chat, message, None)
    except BadRequest as error:
        if not says(error, "reaction_empty"):
            raise
