"""setMessageReaction."""

from __future__ import annotations

from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import bad_request, not_played

_EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 "
    "🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 "
    "😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡 "
)


def set_message_reaction(call: Call) -> bool:
    """Play setMessageReaction: a bot sets at most one."""
    chat = call.chat()
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to react not found")
    wanted = call.params.get("reaction", [])
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if wanted and wanted[0]["type"] != "emoji":
        raise not_played("reactions other than emoji")
    if wanted and wanted[0]["emoji"].removesuffix("\ufe0f") not in _EMOJI.split():
        raise bad_request("REACTION_INVALID")
    call.world.react(chat, record, call.bot, wanted[0]["emoji"] if wanted else "")
    return True
