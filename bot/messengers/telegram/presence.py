"""Changes of the bot's own membership and rights in a chat."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, User

from bot.model import Presence

_INSIDE = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER})


def presence(update: ChatMemberUpdated, me: User) -> Presence | None:
    """Return the bot's new presence, or None if nothing relevant changed; `me` is the result of getMe.

    Entering counts as JOINED whatever the rights, because groups add bots before they promote them.
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
    return Presence.JOINED if now else Presence.RESTRICTED


def is_inside(member: ChatMember) -> bool:
    """Return whether a member is in the chat."""
    return member.is_member if isinstance(member, ChatMemberRestricted) else member.status in _INSIDE


def _works(member: ChatMember, *, hears: bool) -> bool:
    """Return whether the bot can read and write; `hears`: it receives messages even if it is not an admin.

    In a forum it does not, even with privacy mode off.
    """
    if isinstance(member, ChatMemberRestricted):
        return hears and member.can_send_messages
    return hears or member.status != ChatMember.MEMBER
