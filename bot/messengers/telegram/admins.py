"""Look-up of whether the senders of commands in a group are currently its admins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

import structlog
from telegram import Bot, ChatMember
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.logs import Aside
from bot.messengers.telegram.failures import redacted, seconds
from bot.model import Edit, Event, Message, plain

log = structlog.get_logger()

LIMIT = 2.0
"""Maximum seconds that a batch waits for Telegram's answer."""
_PAUSE = 0.5


async def with_admins(bot: Bot, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events with `Sender.admin` set for commands in groups.

    Telegram is queried once per group and, if it does not list the admins, about the person. If the bot is not in
    the group, nobody counts as an admin there; without an answer, `Sender.admin` stays None.
    """
    groups = list({event.ref.chat.id for event in events if _counts(event)})
    admins = dict(zip(groups, await asyncio.gather(*(_told_of(bot, int(group)) for group in groups)), strict=True))
    return tuple(await asyncio.gather(*(_told(bot, event, admins) for event in events)))


def _counts(event: Event) -> TypeGuard[Message | Edit]:
    """Whether this event is a command in a group, new or edited, sent by an account that can be looked up."""
    if not isinstance(event, Message | Edit) or event.sender.account is None:
        return False
    return event.ref.chat.id.startswith("-") and plain(event.text).startswith("/")


async def _told(bot: Bot, event: Event, admins: Mapping[str, frozenset[str] | None]) -> Event:
    if not _counts(event) or event.sender.account is None:
        return event
    known, id = admins[event.ref.chat.id], event.sender.account.id
    admin = id in known if known is not None else await _is_admin(bot, int(event.ref.chat.id), int(id))
    return replace(event, sender=replace(event.sender, admin=admin))


async def _is_admin(bot: Bot, group: int, person: int) -> bool | None:
    """Query the status of one person, once; None if Telegram does not answer."""
    with Aside(log, "look-up of an admin"):
        try:
            async with asyncio.timeout(LIMIT):
                member = await bot.get_chat_member(group, person)
        except (TelegramError, TimeoutError):
            return None
        return member.status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR}
    return None


async def _told_of(bot: Bot, group: int) -> frozenset[str] | None:
    """Return the same as `_admins`, or None if the response cannot be parsed."""
    with Aside(log, "look-up of admins", chat=group):
        return await _admins(bot, group)
    return None


async def _admins(bot: Bot, group: int) -> frozenset[str] | None:
    """Return the ids of the owner and the admins of a group; None if Telegram does not answer."""
    try:
        async with asyncio.timeout(LIMIT):
            while True:
                try:
                    return await _ask(bot, group)
                except RetryAfter as error:
                    await asyncio.sleep(seconds(error))
                except TelegramError as error:
                    log.warning("admins not told yet", error=redacted(error.message, bot.token))
                    await asyncio.sleep(_PAUSE)
    except TimeoutError:
        return None


async def _ask(bot: Bot, group: int) -> frozenset[str]:
    """Query once. A group that has become a supergroup is queried under its new id."""
    try:
        members = await bot.get_chat_administrators(group)
    except ChatMigrated as error:
        return await _ask(bot, error.new_chat_id)
    except (BadRequest, Forbidden):
        return frozenset()
    return frozenset(str(member.user.id) for member in members)
