"""Health checks of the Telegram account and of a chat. The texts are for coordinators on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from telegram import (
    Bot,
    Chat,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    User,
    WebhookInfo,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden

from bot.messengers.base import CheckResult
from bot.messengers.telegram.conversion import UPDATE_TYPES
from bot.messengers.telegram.presence import is_inside
from bot.messengers.telegram.request import Request
from bot.text.catalogue import _

TELEGRAM = "https://api.telegram.org"
_TOLERANCE = timedelta(seconds=5)
_MAKE_ADMIN = _("Tap the group's name, then *Edit*, *Administrators*, *Add admin*, and choose me.")
_EDIT_ADMIN = _("Tap the group's name, then *Edit*, *Administrators*, my name, and switch it on.")


class TelegramHealthCheck:
    """The health checks. Raise the library's errors."""

    def __init__(self, bot: Bot, request: Request, api_url: str, clock: Callable[[], datetime]) -> None:
        """Check as `bot`, whose server is at `api_url` and responds through `request`."""
        self._bot = bot
        self._request = request
        self._api_url = api_url
        self._clock = clock

    async def account(self) -> AsyncIterator[CheckResult]:
        """Yield the results for the account."""
        me, webhook = await self._bot.get_me(), await self._bot.get_webhook_info()
        yield _privacy(me)
        yield _joining(me)
        yield _guests(me)
        yield _webhook(webhook)
        yield _updates(webhook)
        if (off := await self._off()) is not None:
            yield _clock(off)
        yield sizes(self._api_url)

    async def chat(self, id: int) -> AsyncIterator[CheckResult]:
        """Yield the results for a chat."""
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
        if group.type == Chat.CHANNEL:
            yield _channel()
            return
        yield CheckResult(True, _("I am in this group."))
        yield _writing(group, me)
        if isinstance(me, ChatMemberAdministrator):
            yield CheckResult(True, _("I am an admin of this group and can read what is said."))
            yield _deleting(me)
            yield _pinning(me)
        else:
            yield _as_member(group, await self._bot.get_me())

    async def _private(self, id: int) -> CheckResult:
        """Check whether the bot may write to a person; only trying reveals whether they blocked it."""
        try:
            await self._bot.send_chat_action(id, ChatAction.TYPING)
        except (BadRequest, Forbidden):
            return CheckResult(
                False,
                _("I am not allowed to write to you in private: open the private chat with me and tap *Start*."),
            )
        return CheckResult(True, _("I can write in this private chat."))

    async def _off(self) -> timedelta | None:
        """Return how far our clock is ahead (negative if behind), or None if the server sends no date.

        The server's date has a resolution of one second.
        """
        before = self._clock()
        await self._bot.get_me()
        ours = before + (self._clock() - before) / 2
        date = self._request.date
        return ours - parsedate_to_datetime(date).astimezone(UTC) - timedelta(seconds=0.5) if date else None


# The account


def _privacy(me: User) -> CheckResult:
    if me.can_read_all_group_messages:
        return CheckResult(True, _("Privacy mode is off: I can read what is said in my groups."))
    return CheckResult(
        False,
        _(
            "Privacy mode is on: in groups where I am not an admin I see little more than commands. Make me an admin"
            " there, or write `{command}` to @BotFather, choose this bot, then *Disable*; afterwards remove me from"
            " each group and add me again.",
            command="/setprivacy",
        ),
    )


def _joining(me: User) -> CheckResult:
    if me.can_join_groups:
        return CheckResult(True, _("I can be added to groups."))
    return CheckResult(
        False,
        _(
            "I cannot be added to groups: write `{command}` to @BotFather, choose this bot, then *Enable*.",
            command="/setjoingroups",
        ),
    )


def _guests(me: User) -> CheckResult:
    if not me.supports_guest_queries:
        return CheckResult(True, _("Guest mode is off: strangers cannot call me from other chats."))
    return CheckResult(
        False,
        _(
            "Guest mode is on, so strangers can call me from chats that I am not in: write `{command}` to "
            "@BotFather, choose this bot, then *Bot Settings*, and turn guest mode off.",
            command="/mybots",
        ),
    )


def _webhook(webhook: WebhookInfo) -> CheckResult:
    if not webhook.url:
        return CheckResult(True, _("No other program is taking my messages."))
    return CheckResult(
        False,
        _(
            "Another program has set a webhook and is taking my messages. Whoever runs me has to stop that program, or"
            " get a new token from @BotFather with `{command}`, put it into the settings and restart me.",
            command="/revoke",
        ),
    )


def _updates(webhook: WebhookInfo) -> CheckResult:
    missing = [kind for kind in UPDATE_TYPES if kind not in webhook.allowed_updates]
    if not missing:
        return CheckResult(True, _("Telegram reports everything that I ask for."))
    return CheckResult(
        False,
        _(
            "Telegram does not report everything I need ({kinds}). I ask for it when I start; if this does not change,"
            " another program is using the same token: whoever runs me has to stop it.",
            kinds=", ".join(missing),
        ),
    )


def _clock(off: timedelta) -> CheckResult:
    if abs(off) <= _TOLERANCE:
        return CheckResult(True, _("The clock is right."))
    off_by = round(abs(off).total_seconds())
    fix = _("Whoever runs me has to set the machine's clock, ideally by switching on time synchronisation.")
    if off > timedelta(0):
        return CheckResult(False, _("The clock is {seconds} s fast. {fix}", seconds=off_by, fix=fix))
    return CheckResult(False, _("The clock is {seconds} s slow. {fix}", seconds=off_by, fix=fix))


def sizes(api_url: str) -> CheckResult:
    """Return a result that states the server's limits for file sizes."""
    if api_url == TELEGRAM:
        return CheckResult(True, _("Files can be up to 20 MB from Telegram and up to 50 MB to Telegram."))
    server = urlsplit(api_url).netloc
    return CheckResult(True, _("The server {server} limits the size of files.", server=server))


# A group


def _outside() -> CheckResult:
    return CheckResult(
        False,
        _("I am not in this group: tap the group's name, then *Add*, and choose me."),
    )


def _channel() -> CheckResult:
    text = _("This is a channel: what is said here does not reach me. Please add me to a group of your city instead.")
    return CheckResult(False, text, required=True)


def _writing(group: ChatFullInfo, me: ChatMember) -> CheckResult:
    if isinstance(me, ChatMemberRestricted) and not me.can_send_messages:
        return CheckResult(
            False,
            _("I have been restricted and am not allowed to write in this group. {fix}", fix=_MAKE_ADMIN),
            required=True,
        )
    admin = isinstance(me, ChatMemberAdministrator)
    if not admin and group.permissions and not group.permissions.can_send_messages:
        return CheckResult(
            False,
            _("Only admins may write in this group, and I am not one. {fix}", fix=_MAKE_ADMIN),
            required=True,
        )
    return CheckResult(True, _("I can write in this group."), required=True)


def _as_member(group: ChatFullInfo, me: User) -> CheckResult:
    """Return the most serious consequence of the bot not being an admin."""
    if group.is_forum:
        text = _("I am not an admin: what is said in topics does not reach me. {fix}", fix=_MAKE_ADMIN)
        return CheckResult(False, text, required=True)
    if not me.can_read_all_group_messages:
        text = _(
            "I am not an admin: I see only commands, mentions and replies to me, and nothing else is passed on. {fix}",
            fix=_MAKE_ADMIN,
        )
        return CheckResult(False, text, required=True)
    text = _(
        "I am not an admin: I can read what is said, but I see no reactions, cannot pin messages, and `/delete` cannot"
        " remove what people wrote. {fix}",
        fix=_MAKE_ADMIN,
    )
    return CheckResult(False, text)


def _deleting(me: ChatMemberAdministrator) -> CheckResult:
    if me.can_delete_messages:
        return CheckResult(True, _("I can delete messages."))
    return CheckResult(
        False,
        _(
            "I am not allowed to delete messages, so `/delete` cannot remove what people wrote. {fix}",
            fix=_EDIT_ADMIN,
        ),
    )


def _pinning(me: ChatMemberAdministrator) -> CheckResult:
    if me.can_pin_messages:
        text = _(
            "I can pin messages. Telegram does not tell me when somebody unpins one here; what is unpinned on Matrix is"
            " unpinned everywhere."
        )
        return CheckResult(True, text)
    return CheckResult(False, _("I am not allowed to pin messages. {fix}", fix=_EDIT_ADMIN))
