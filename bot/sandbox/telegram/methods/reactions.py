"""setMessageReaction."""

from __future__ import annotations

from bot.sandbox.telegram.actors import ChatActor, GroupActor, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.emoji import MOST_REACTIONS, bare
from bot.sandbox.telegram.errors import bad_request, forbidden, not_played


def set_message_reaction(call: Call) -> bool:
    """Play setMessageReaction; a bot sets at most one, on the first message of an album."""
    wanted = call.params.get("reaction", [])
    if any(reaction["type"] != "emoji" for reaction in wanted):
        raise not_played("reactions other than emoji")
    chat = call.chat()
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to react not found")
    if isinstance(chat, GroupActor) and not chat.may(call.bot, "can_react_to_messages"):
        raise forbidden("CHAT_WRITE_FORBIDDEN")
    record = chat.head(record)
    emoji = bare(wanted[0]["emoji"]) if wanted else ""
    _refuse(call, chat, record, emoji, len(wanted))
    call.world.react(chat, record, call.bot, emoji)
    return True


def _refuse(call: Call, chat: ChatActor, record: Record, emoji: str, count: int) -> None:
    if count > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if not emoji and call.bot.id not in record.reactions:
        raise bad_request("REACTION_EMPTY")
    if record.service or (emoji and emoji not in chat.available_reactions):
        raise bad_request("REACTION_INVALID")
    others = set(record.reactions.values())
    if emoji and emoji not in others and len(others) >= MOST_REACTIONS:
        raise bad_request("REACTIONS_TOO_MANY")
