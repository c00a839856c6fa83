"""What the bot can do in a chat, where that differs from what Telegram usually allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from telegram import (
    Bot,
    Chat,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
)
from telegram.error import TelegramError

from bot.logs import Aside
from bot.messengers.capabilities import CAPABILITIES, Capabilities
from bot.model import ChatRef, MessengerName

log = structlog.get_logger()

LIMIT = 2.0
"""Maximum seconds to wait for Telegram's answer."""
_RECENT, _EXPIRED = timedelta(minutes=1), timedelta(hours=1)
"""Up to which age what is known of a chat is new, and from which on it does not count."""
_USUAL = CAPABILITIES[MessengerName.TELEGRAM]


class Permissions:
    """The capabilities in each group that is known to differ. Telegram reports neither settings nor their changes."""

    def __init__(self, bot: Bot, clock: Callable[[], datetime]) -> None:
        """Ask as `bot`."""
        self._bot = bot
        self._clock = clock
        self._known: dict[str, tuple[datetime, Capabilities]] = {}

    def of(self, chat: ChatRef) -> Capabilities:
        """Return what is known of a chat; what Telegram usually allows where nothing is known."""
        known = self._known.get(chat.id)
        return known[1] if known and self._clock() - known[0] < _EXPIRED else _USUAL

    async def learn(self, chat: ChatRef, *, refresh: bool = True) -> None:
        """Ask about a group. Keeps what is known if Telegram does not answer, or if not to `refresh` what is new."""
        known = self._known.get(chat.id)
        recent = known is not None and self._clock() - known[0] < _RECENT
        if not chat.id.startswith("-") or (recent and not refresh):
            return
        with Aside(log, "look-up of permissions", chat=chat.id):
            try:
                async with asyncio.timeout(LIMIT):
                    group = await self._bot.get_chat(int(chat.id))
                    me = await self._bot.get_chat_member(int(chat.id), self._bot.id)
            except (TelegramError, TimeoutError):
                return
            self._known[chat.id] = self._clock(), _capabilities(group, me)


def _capabilities(group: ChatFullInfo, me: ChatMember) -> Capabilities:
    """Return what a member of a group can do there. Slow mode counts for all but admins."""
    admin = isinstance(me, ChatMemberAdministrator | ChatMemberOwner)
    sources = () if admin else (group.permissions, me if isinstance(me, ChatMemberRestricted) else None)

    def may(permission: str) -> bool:
        return all(getattr(source, permission, None) is not False for source in sources if source)

    delay = _seconds(group.slow_mode_delay)
    reacts = may("can_react_to_messages") and group.available_reactions != ()
    return replace(
        _USUAL,
        native_polls=may("can_send_polls") and group.type != Chat.CHANNEL,
        reactions=_USUAL.reactions if reacts else 0,
        per_chat_minute=max(1, int(60 / delay)) if delay >= 3 and not admin else _USUAL.per_chat_minute,
    )


def _seconds(delay: timedelta | int | None) -> float:
    return delay.total_seconds() if isinstance(delay, timedelta) else float(delay or 0)
