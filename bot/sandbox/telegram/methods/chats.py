"""The methods about chats and who is in them."""

from __future__ import annotations

from bot.sandbox.telegram.actors import GroupActor, Member, Private
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.emoji import REACTIONS
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.rights import PERMISSIONS


def get_chat(call: Call) -> Json:
    """Play getChat."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    more: Json = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    chat = call.chat()
    if isinstance(chat, GroupActor):
        more["permissions"] = {name: name in chat.permissions for name in PERMISSIONS}
        more |= {"slow_mode_delay": chat.slow_mode} if chat.slow_mode else {}
    if chat.available_reactions != REACTIONS:
        more["available_reactions"] = [{"type": "emoji", "emoji": emoji} for emoji in sorted(chat.available_reactions)]
    if chat.pinned:
        newest = chat.records[max(chat.pinned)].message
        more["pinned_message"] = {name: value for name, value in newest.items() if name != "reply_to_message"}
    return chat.chat | more


def get_chat_member(call: Call) -> Json:
    """Play getChatMember. Only an admin is sure to be answered about others, so nobody else is here."""
    chat, who = call.chat(), call.user(call.params["user_id"])
    if not isinstance(chat, GroupActor):
        return Member(who, "member").member
    if who is not call.bot and not chat.member(call.bot).admin:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return chat.member(who).member


def get_chat_administrators(call: Call) -> list[Json]:
    """Play getChatAdministrators; other bots are left out."""
    members = _group(call).members.values()
    return [m.member for m in members if m.admin and (m.who.id == call.bot.id or m.who.id not in call.world.bots)]


def get_chat_member_count(call: Call) -> int:
    """Play getChatMemberCount."""
    chat = call.chat()
    return 2 if isinstance(chat, Private) else sum(member.inside for member in _group(call).members.values())


def leave_chat(call: Call) -> bool:
    """Play leaveChat."""
    group = _group(call)
    call.world.post(group, call.bot, {"left_chat_member": call.bot.user})
    call.world.stand(group, group.member(call.bot).gone, call.bot)
    return True


def send_chat_action(call: Call) -> bool:
    """Play sendChatAction."""
    call.world.emit("action", call.chat(), action=call.params["action"], **{"from": call.bot.user})
    return True


def _group(call: Call) -> GroupActor:
    chat = call.chat()
    if not isinstance(chat, GroupActor):
        raise bad_request("there are no administrators in the private chat")
    return chat
