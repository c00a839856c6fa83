"""How the bot stands to a chat, and what becomes of it when its rights change."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, User

from bot.model import Presence

_INSIDE = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER})


def presence(update: ChatMemberUpdated, me: User) -> Presence | None:
    """Give what has become of the bot, None when nothing that counts; `me` is as getMe gives it.

    Coming in is JOINED with whatever rights, as groups take bots in before they make them admins.
    """
    old, new = update.old_chat_member, update.new_chat_member
    if not is_inside(new):
        return Presence.GONE if is_inside(old) else None
    if not is_inside(old):
        return Presence.JOINED
    hears = bool(me.can_read_all_group_messages) and not update.chat.is_forum
    before, now = _works(old, hears=hears), _works(new, hears=hears)
    if before == now:
        return None
    return Presence.JOINED if now else Presence.MUZZLED


def is_inside(member: ChatMember) -> bool:
    """Say whether someone is in the chat."""
    return member.is_member if isinstance(member, ChatMemberRestricted) else member.status in _INSIDE


def _works(member: ChatMember, *, hears: bool) -> bool:
    """Say whether the bot may read and write; `hears`: what is said reaches it also when it is no admin.

    In a forum it does not, even with privacy mode off.
    """
    if isinstance(member, ChatMemberRestricted):
        return hears and member.can_send_messages
    return hears or member.status != ChatMember.MEMBER
