"""The bot's reactions: Telegram allows certain emoji only, so any other becomes the closest of them."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, Forbidden

from bot.messengers.base import PermanentError, Reason
from bot.messengers.telegram.failures import says
from bot.text.emoji import undressed

_ALLOWED = {undressed(emoji): str(emoji) for emoji in ReactionEmoji}
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


async def react(bot: Bot, chat: int, message: int, keys: Sequence[str]) -> None:
    """Set the bot's only reaction to a message, the first one that is allowed; an empty one takes it back.

    Raises PermanentError if none is near enough.
    """
    if not keys[0]:
        await _take_back(bot, chat, message)
        return
    for emoji in dict.fromkeys(each for key in keys for each in nearest(key)):
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
    bare = undressed(key)
    base = bare.partition("\u200d")[0]
    near = (bare, _NEAREST.get(bare), base, _NEAREST.get(base))
    return list(dict.fromkeys(_ALLOWED[emoji] for emoji in near if emoji in _ALLOWED))


async def _take_back(bot: Bot, chat: int, message: int) -> None:
    try:
        await bot.set_message_reaction(chat, message, None)
    except BadRequest as error:
        if not says(error, "reaction_empty"):
            raise
