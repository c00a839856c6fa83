"""The guards, each taken away: what is here is what one would have written without the case in mind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from telegram import Message as TelegramMessage

from bot.commands.codes import redeem
from bot.commands.context import CommandContext
from bot.commands.parse import ParsedCommand, parse_command
from bot.commands.router import Command
from bot.intake import inbox
from bot.intake.inbox import Inbox
from bot.messengers.base import Messenger
from bot.messengers.capabilities import Capabilities
from bot.messengers.matrix import content
from bot.messengers.matrix.reading import EventReader
from bot.messengers.telegram import conversion, quotations, references
from bot.model import (
    Account,
    Edit,
    Event,
    Message,
    MessageRef,
    RichText,
    Sender,
    plain,
    rich,
)
from bot.relay import attribution
from bot.relay.attribution import Attribution
from bot.rights import Rights
from bot.text import names
from bot.text.html import reading
from bot.text.html.elements import HIDDEN
from handlers.pairing import _joining, _leaving
from handlers.people import _linking, _roles
from storage import Appointment, Chat, OneTimeCode, Person, Profile, Purpose, Store, tables
from storage.codes import repository as stored_codes
from storage.codes.repository import Codes
from storage.people import links as stored_links
from storage.people.repository import People
from storage.roles import repository as stored_roles

Removal = Callable[[pytest.MonkeyPatch], None]
"""A function that takes a guard away."""

NEVER = re.compile("(?!)")


def instead(target: object, name: str, value: object) -> Removal:
    """Put something else in a guard's place."""
    return lambda patch: patch.setattr(target, name, value)


def both(*removals: Removal) -> Removal:
    """Take away several guards, one behind the other."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        for each in removals:
            each(patch)

    return remove


def yes(*_args: object, **_kwargs: object) -> bool:
    return True


def nothing(*_args: object, **_kwargs: object) -> None:
    """Do nothing."""


async def soon_yes(*_args: object, **_kwargs: object) -> bool:
    return True


async def soon_nothing(*_args: object, **_kwargs: object) -> None:
    """Do nothing, asynchronously."""


# Who someone is

Appointed = Appointment | None


async def _official(store: Store, chat: Chat, person: Person, fits: Callable[[Profile], bool]) -> Appointed:
    """Return the appointment of a matching official, or else the person's own."""
    if chat.dialogue_id is None or chat.city is None:
        return None
    own = await store.roles.get_or_create(chat.dialogue_id, person.id, chat.city)
    found = [each for each in await store.people.officials(chat.dialogue_id) if fits(each)]
    return await store.roles.of(chat.dialogue_id, found[0].person_id) if found else own


async def _by_name(store: Store, chat: Chat, person: Person, _dialogue_id: int | None) -> Appointed:
    return await _official(store, chat, person, lambda each: each.name == person.name)


async def _by_localpart(store: Store, chat: Chat, person: Person, _dialogue_id: int | None) -> Appointed:
    return await _official(store, chat, person, lambda each: each.account.short == person.accounts[0].short)


async def _by_any_role(store: Store, _chat: Chat, person: Person, _dialogue_id: int | None) -> Appointed:
    return next((each for each in await store.roles.of_person(person.id) if each.appointed), None)


def _settings_by_localpart(self: Rights, person: Person) -> bool:
    return bool({each.short for each in self.settings} & {each.short for each in person.accounts})


def accounts_by_username(patch: pytest.MonkeyPatch) -> None:
    """Treat whoever has a known username as its former owner."""
    see = People.get_or_create

    async def by_username(self: People, account: Account, name: str, username: str, at: datetime) -> Person:
        named = sa.select(tables.accounts.c.person_id).where(tables.accounts.c.username == username)
        row = await self._one(named) if username else None
        return await self.get(row.person_id) if row else await see(self, account, name, username, at)

    patch.setattr(People, "get_or_create", by_username)


def grants_remembered(patch: pytest.MonkeyPatch) -> None:
    """Look up a person's grant only once."""
    known: dict[tuple[int, int], Any] = {}
    look_up = Rights.admit

    async def grant(self: Rights, store: Store, chat: Chat, person: Person, dialogue_id: int | None) -> Any:
        key = chat.id, person.id
        if key not in known:
            known[key] = await look_up(self, store, chat, person, dialogue_id)
        return known[key]

    patch.setattr(Rights, "admit", grant)


rights_by_name = instead(Rights, "_appointment", staticmethod(_by_name))
rights_by_localpart = instead(Rights, "_appointment", staticmethod(_by_localpart))
rights_of_any_dialogue = instead(Rights, "_appointment", staticmethod(_by_any_role))
settings_by_localpart = instead(Rights, "by_settings", _settings_by_localpart)
commands_for_everybody = instead(Command, "may", yes)
roles_of_every_city = instead(_roles, "_check", soon_nothing)
chats_of_every_city = instead(_leaving, "own_city", nothing)
every_code_appoints = instead(_joining, "_entitles", soon_yes)
voices_of_two_cities = instead(_linking, "_check", soon_nothing)
usernames_kept = instead(People, "_free", soon_nothing)
nobody_flagged = instead(Attribution, "_warning", soon_nothing)
names_compared_as_written = instead(attribution, "skeleton", str)


def _as_its_account(message: TelegramMessage) -> Sender:
    return replace(references.user_sender(message.from_user), is_bot=False) if message.from_user else Sender(None, "")


chats_taken_for_people = both(
    instead(conversion, "sender_of", _as_its_account), instead(quotations, "sender_of", _as_its_account)
)


def people_alone_flagged(patch: pytest.MonkeyPatch) -> None:
    """Compare the names of people, but not those of chats."""
    warn = Attribution._warning

    async def warning(self: Attribution, store: Store, chat: Chat, person: Person | None, name: str) -> Any:
        return await warn(self, store, chat, person, name) if person else None

    patch.setattr(Attribution, "_warning", warning)


# Names


def _as_it_comes(name: str, fallback: str) -> str:
    return name or fallback


strings_as_they_come = instead(inbox, "harmless", lambda event: event)
names_as_they_come = both(instead(attribution, "clean_name", _as_it_comes), strings_as_they_come)
names_of_any_length = instead(
    attribution, "clean_name", lambda name, fallback: names.clean_name(name, fallback, 100_000)
)
names_of_nothing = instead(attribution, "clean_name", lambda name, _fallback: names.clean_name(name, ""))
invisible_signs_kept = instead(names, "_visible", str)
accents_without_end = instead(names, "_few_marks", iter)
pings_in_names = instead(names, "_PING", NEVER)


# Codes


async def _linked_at_once(ctx: CommandContext, code: OneTimeCode) -> None:
    owner = await ctx.store.people.by_account(code.account)
    assert owner
    await ctx.store.links.join(owner, ctx.person)


def claims_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Assign a code to whoever types it last."""

    async def unclaimed(ctx: CommandContext, purpose: Purpose, code: str) -> OneTimeCode | None:
        found = await redeem(ctx, purpose, code)
        return found and replace(found, claimed_by=None)

    async def claim(self: Codes, code: OneTimeCode, account: Account) -> bool:
        return await self._set(code, claimed_by=str(account))

    patch.setattr(_linking, "redeem", unclaimed)
    patch.setattr(Codes, "claim", claim)


def anybody_confirms(patch: pytest.MonkeyPatch) -> None:
    """Treat every press on the question as one by the person asked."""
    confirm = _linking.confirm

    async def confirmed(ctx: CommandContext) -> None:
        code = await ctx.store.codes.get(int(ctx.args.partition(":")[2]), ctx.now)
        owner = code and await ctx.store.people.by_account(code.account)
        await confirm(replace(ctx, person=owner) if owner else ctx)

    patch.setattr(_linking.router, "buttons", [replace(each, handler=confirmed) for each in _linking.router.buttons])


one_side_enough = instead(_linking, "_claim", _linked_at_once)
codes_used_again = instead(Codes, "use", soon_yes)
links_go_on = both(
    instead(stored_roles, "links_of", lambda _person_id: sa.text("SELECT 1")),
    instead(stored_links, "links_of", lambda _person_id: sa.text("SELECT 1")),
)
codes_without_end = instead(stored_codes, "_good", lambda _now: (tables.codes.c.used_at.is_(None),))
older_codes_kept = instead(Codes, "void", soon_nothing)
guesses_without_end = instead(stored_codes, "MOST_GUESSES", 10**9)
the_right_code_opens = instead(Codes, "locked_until", soon_nothing)
all_locked_out = instead(stored_codes, "_of", lambda _account, purpose: (tables.guesses.c.purpose == purpose,))


# What is a command


def _read_flat(stored: RichText, capabilities: Capabilities, username: str) -> ParsedCommand | None:
    return parse_command(rich(plain(stored)), capabilities, username)


def edits_read_as_messages(patch: pytest.MonkeyPatch) -> None:
    """Look for commands in edits, too."""
    handle = Inbox._handle

    async def handled(self: Inbox, store: Store, messenger: Messenger, event: Event, now: datetime) -> str:
        if isinstance(event, Edit) and parse_command(event.text, messenger.capabilities, messenger.username):
            changed = MessageRef(event.ref.chat, f"{event.ref.id}, changed")
            event = Message(id=event.id, ref=changed, sender=event.sender, at=event.at, text=event.text)
        return await handle(self, store, messenger, event, now)

    patch.setattr(Inbox, "_handle", handled)


def forwards_read_as_own_words(patch: pytest.MonkeyPatch) -> None:
    """Ignore the original author of a forward."""
    take = Inbox._message

    async def taken(self: Inbox, store: Store, messenger: Messenger, event: Message, now: datetime) -> None:
        await take(self, store, messenger, replace(event, forwarded=False, origin=None), now)

    patch.setattr(Inbox, "_message", taken)


quotations_read = instead(inbox, "parse_command", _read_flat)
fallbacks_read = both(
    instead(content, "_HTML_FALLBACK", NEVER),
    instead(content, "_FALLBACK", NEVER),
    instead(reading, "HIDDEN", HIDDEN - {"mx-reply"}),
)
own_words_read_on_matrix = instead(EventReader, "read", EventReader._said)
own_words_read_on_telegram = both(
    instead(conversion, "_is", lambda _user, _id: False), instead(conversion, "sender_of", _as_its_account)
)
