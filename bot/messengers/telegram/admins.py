"""Whether those who type commands in a group are its admins now."""

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
"""Seconds after which a batch does not wait any longer for what Telegram says."""
_PAUSE = 0.5


async def with_admins(bot: Bot, events: Sequence[Event]) -> tuple[Event, ...]:
    """Give the events with `Sender.admin` told of commands in groups.

    Telegram is asked once for each group, and where it does not list the admins, about the person. If the
    bot is not in the group, nobody is an admin there as far as it is concerned; if there is no answer, nothing is told.
    """
    groups = list({event.ref.chat.id for event in events if _counts(event)})
    admins = dict(zip(groups, await asyncio.gather(*(_told_of(bot, int(group)) for group in groups)), strict=True))
    return tuple(await asyncio.gather(*(_told(bot, event, admins) for event in events)))


def _counts(event: Event) -> TypeGuard[Message | Edit]:
    """Whether an account types a command with this event, or corrects one. The answer can only be about an account."""
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
    """Ask about one person, once; None when Telegram does not say."""
    with Aside(log, "look-up of an admin"):
        try:
            async with asyncio.timeout(LIMIT):
                member = await bot.get_chat_member(group, person)
        except (TelegramError, TimeoutError):
            return None
        return member.status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR}
    return None


async def _told_of(bot: Bot, group: int) -> frozenset[str] | None:
    """As `_admins`; what nobody can read tells nothing."""
    with Aside(log, "look-up of admins", chat=group):
        return await _admins(bot, group)
    return None


async def _admins(bot: Bot, group: int) -> frozenset[str] | None:
    """Give the ids of the admins and the owner of a group; None when Telegram does not say."""
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
    """Ask once. A group that has become a supergroup answers under its new id."""
    try:
        members = await bot.get_chat_administrators(group)
    except ChatMigrated as error:
        return await _ask(bot, error.new_chat_id)
    except (BadRequest, Forbidden):
        return frozenset()
    return frozenset(str(member.user.id) for member in members)
