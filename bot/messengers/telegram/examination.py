"""What the bot needs of Telegram, looked at: its account, and a chat. The texts are for coordinators on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from telegram import (
    Bot,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    User,
    WebhookInfo,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden

from bot.messengers.base import Finding, TryAgain
from bot.messengers.telegram.conversion import KINDS
from bot.messengers.telegram.presence import is_inside
from bot.text.catalogue import Lazy, _

TELEGRAM = "https://api.telegram.org"
_TOLERANCE = timedelta(seconds=5)
_ANSWER = 10.0
"""Seconds to wait for the date."""
_MAKE_ADMIN = _("Tap the group's name, then *Edit*, *Administrators*, *Add admin*, and choose the bot.")
_EDIT_ADMIN = _("Tap the group's name, then *Edit*, *Administrators*, the bot, and switch it on.")


class Examination:
    """Looks and tells. Raises the library's errors, and TryAgain when nobody answers."""

    def __init__(self, bot: Bot, api_url: str, clock: Callable[[], datetime]) -> None:
        """Look as `bot`, whose server is at `api_url`."""
        self._bot = bot
        self._api_url = api_url
        self._clock = clock

    async def account(self) -> AsyncIterator[Finding]:
        """Give what there is to say of the account."""
        me, webhook = await self._bot.get_me(), await self._bot.get_webhook_info()
        yield _privacy(me)
        yield _joining(me)
        yield _guests(me)
        yield _webhook(webhook)
        yield _updates(webhook)
        if (off := await self._off()) is not None:
            yield _clock(off)
        yield sizes(self._api_url)

    async def chat(self, id: int) -> AsyncIterator[Finding]:
        """Give what there is to say of a chat."""
        if id > 0:
            yield await self._private(id)
            return
        try:
            group = await self._bot.get_chat(id)
            me = await self._bot.get_chat_member(id, self._bot.id)
        except (BadRequest, Forbidden):
            yield _outside()
            return
        if not is_inside(me):
            yield _outside()
            return
        yield Finding(True, _("The bot is in this group."))
        yield _writing(group, me)
        if isinstance(me, ChatMemberAdministrator):
            yield Finding(True, _("The bot is an admin of this group and reads what is said."))
            yield _deleting(me)
            yield _pinning(me)
        else:
            yield Finding(False, _as_member(group, await self._bot.get_me()))

    async def _private(self, id: int) -> Finding:
        """Find out whether a person may be written to: only trying shows whether they blocked the bot."""
        try:
            await self._bot.send_chat_action(id, ChatAction.TYPING)
        except (BadRequest, Forbidden):
            return Finding(
                False,
                _("The bot may not write to you in private: open the private chat with it and tap *Start*."),
            )
        return Finding(True, _("The bot may write in this private chat."))

    async def _off(self) -> timedelta | None:
        """Give by how much our clock is fast (less than nothing: slow); None when the server tells no time.

        The server tells whole seconds.
        """
        before = self._clock()
        try:
            async with httpx.AsyncClient(timeout=_ANSWER) as client:
                answer = await client.get(self._api_url)
        except httpx.TransportError as error:
            raise TryAgain(f"Telegram cannot be reached: {type(error).__name__}") from None
        ours = before + (self._clock() - before) / 2
        date = answer.headers.get("date")
        return ours - parsedate_to_datetime(date).astimezone(UTC) - timedelta(seconds=0.5) if date else None


# The account


def _privacy(me: User) -> Finding:
    if me.can_read_all_group_messages:
        return Finding(True, _("Privacy mode is off: the bot reads what is said in its groups."))
    return Finding(
        False,
        _(
            "Privacy mode is on: in groups where the bot is no admin it reads little more than commands. Make it an "
            "admin there, or write `{command}` to @BotFather, choose the bot, then *Disable*; afterwards take the bot "
            "out of each group and add it again.",
            command="/setprivacy",
        ),
    )


def _joining(me: User) -> Finding:
    if me.can_join_groups:
        return Finding(True, _("The bot can be added to groups."))
    return Finding(
        False,
        _(
            "The bot cannot be added to groups: write `{command}` to @BotFather, choose the bot, then *Enable*.",
            command="/setjoingroups",
        ),
    )


def _guests(me: User) -> Finding:
    if not me.supports_guest_queries:
        return Finding(True, _("Guest mode is off: strangers cannot call the bot from other chats."))
    return Finding(
        False,
        _(
            "Guest mode is on, so strangers can call the bot from chats that it is not in: write `{command}` to "
            "@BotFather, choose the bot, then *Bot Settings*, and turn guest mode off.",
            command="/mybots",
        ),
    )


def _webhook(webhook: WebhookInfo) -> Finding:
    if not webhook.url:
        return Finding(True, _("No other program takes the bot's messages away."))
    return Finding(
        False,
        _(
            "Another program has set a webhook and takes the bot's messages away. Whoever runs this bot has to stop "
            "that program, or get a new token with `{command}` from @BotFather, put it into the settings and start the "
            "bot again.",
            command="/revoke",
        ),
    )


def _updates(webhook: WebhookInfo) -> Finding:
    missing = [kind for kind in KINDS if kind not in webhook.allowed_updates]
    if not missing:
        return Finding(True, _("Telegram reports everything that the bot asks for."))
    return Finding(
        False,
        _(
            "Telegram does not report all that the bot needs ({kinds}). It is asked for as soon as the bot runs; if "
            "this stays, another program uses the same token: whoever runs this bot has to stop it.",
            kinds=", ".join(missing),
        ),
    )


def _clock(off: timedelta) -> Finding:
    if abs(off) <= _TOLERANCE:
        return Finding(True, _("The clock is right."))
    off_by = round(abs(off).total_seconds())
    mend = _("Whoever runs this bot has to set the clock of its machine, best by switching on time synchronisation.")
    if off > timedelta(0):
        return Finding(False, _("The clock is {seconds} s fast. {mend}", seconds=off_by, mend=mend))
    return Finding(False, _("The clock is {seconds} s slow. {mend}", seconds=off_by, mend=mend))


def sizes(api_url: str) -> Finding:
    """Say how large files may be at this server."""
    if api_url == TELEGRAM:
        return Finding(True, _("Files may have up to 20 MB from Telegram and up to 50 MB to Telegram."))
    server = urlsplit(api_url).netloc
    return Finding(True, _("For the size of files, the limits of the server {server} hold.", server=server))


# A group


def _outside() -> Finding:
    return Finding(
        False,
        _("The bot is not in this group: tap the group's name, then *Add*, and choose the bot."),
    )


def _writing(group: ChatFullInfo, me: ChatMember) -> Finding:
    if isinstance(me, ChatMemberRestricted) and not me.can_send_messages:
        return Finding(
            False,
            _("The bot has been restricted and may not write in this group. {mend}", mend=_MAKE_ADMIN),
        )
    admin = isinstance(me, ChatMemberAdministrator)
    if not admin and group.permissions and not group.permissions.can_send_messages:
        return Finding(
            False,
            _("Only admins may write in this group, and the bot is none. {mend}", mend=_MAKE_ADMIN),
        )
    return Finding(True, _("The bot may write in this group."))


def _as_member(group: ChatFullInfo, me: User) -> Lazy:
    """Say what follows from the bot's being no admin, the worst first."""
    if group.is_forum:
        return _("The bot is no admin: what is said in topics does not reach it. {mend}", mend=_MAKE_ADMIN)
    if not me.can_read_all_group_messages:
        return _(
            "The bot is no admin: it reads only commands, mentions and answers to it, and nothing else crosses. {mend}",
            mend=_MAKE_ADMIN,
        )
    return _(
        "The bot is no admin: it reads what is said, but sees no reactions, cannot pin, and `/delete` cannot remove "
        "what people wrote. {mend}",
        mend=_MAKE_ADMIN,
    )


def _deleting(me: ChatMemberAdministrator) -> Finding:
    if me.can_delete_messages:
        return Finding(True, _("The bot may delete messages."))
    return Finding(
        False,
        _("The bot may not delete messages, so `/delete` cannot remove what people wrote. {mend}", mend=_EDIT_ADMIN),
    )


def _pinning(me: ChatMemberAdministrator) -> Finding:
    if me.can_pin_messages:
        return Finding(True, _("The bot may pin messages."))
    return Finding(False, _("The bot may not pin messages. {mend}", mend=_EDIT_ADMIN))
