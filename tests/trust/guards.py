"""The guards, each taken away: what stands here is what one would have written without a thought of the case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from telegram import ChatMemberUpdated, User
from telegram import Message as TelegramMessage

import handlers.pairing
from bot import dispatch, inbox, membership, relay
from bot.codes import redeem
from bot.inbox import Inbox
from bot.membership import Memberships
from bot.messengers.base import Finding, Messenger
from bot.messengers.capabilities import Capabilities
from bot.messengers.matrix import content
from bot.messengers.matrix.reading import Reader
from bot.messengers.matrix.rooms import Room
from bot.messengers.telegram import conversion, examination
from bot.messengers.telegram.presence import is_inside
from bot.model import (
    Account,
    ChatRef,
    Edit,
    Event,
    Membership,
    Message,
    MessageRef,
    Presence,
    Press,
    Reaction,
    RichText,
    Sender,
    plain,
    rich,
)
from bot.relay import Relay
from bot.rights import Rights
from bot.router import Command, Context, Typed, read
from bot.seal import Seal
from bot.text import names
from bot.text.catalogue import UserError, _
from bot.text.html import reading
from handlers import people
from handlers.pairing import _leaving
from handlers.people import _linking, _roles
from storage import Appointment, Chat, City, Code, Person, Profile, Purpose, Store, tables
from storage import codes as stored_codes
from storage.chats import Chats
from storage.codes import Codes, Pairings
from storage.inbox import Inbox as Seen
from storage.people import People

Removal = Callable[[pytest.MonkeyPatch], None]
"""Takes a guard away."""

NEVER = re.compile("(?!)")


def instead(target: object, name: str, value: object) -> Removal:
    """Put something else in a guard's place."""
    return lambda patch: patch.setattr(target, name, value)


def both(*removals: Removal) -> Removal:
    """Take away guards that stand behind each other."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        for each in removals:
            each(patch)

    return remove


def yes(*_args: object, **_kwargs: object) -> bool:
    return True


def nothing(*_args: object, **_kwargs: object) -> None:
    """Look at nothing, do nothing."""


async def soon_yes(*_args: object, **_kwargs: object) -> bool:
    return True


async def soon_nothing(*_args: object, **_kwargs: object) -> None:
    """As `nothing`."""


# Who someone is

Held = Appointment | None


async def _official(store: Store, chat: Chat, person: Person, fits: Callable[[Profile], bool]) -> Held:
    """Give the role of an official who fits, else the person's own."""
    if chat.dialogue_id is None or chat.city is None:
        return None
    own = await store.roles.meet(chat.dialogue_id, person.id, chat.city)
    found = [each for each in await store.people.officials(chat.dialogue_id) if fits(each)]
    return await store.roles.of(chat.dialogue_id, found[0].person_id) if found else own


async def _by_name(store: Store, chat: Chat, person: Person, _dialogue_id: int | None) -> Held:
    return await _official(store, chat, person, lambda each: each.name == person.name)


async def _by_localpart(store: Store, chat: Chat, person: Person, _dialogue_id: int | None) -> Held:
    return await _official(store, chat, person, lambda each: each.account.short == person.accounts[0].short)


async def _by_any_role(store: Store, _chat: Chat, person: Person, _dialogue_id: int | None) -> Held:
    return next((each for each in await store.roles.of_person(person.id) if each.appointed), None)


def _settings_by_localpart(self: Rights, person: Person) -> bool:
    return bool({each.short for each in self.settings} & {each.short for each in person.accounts})


def accounts_by_username(patch: pytest.MonkeyPatch) -> None:
    """Take whoever has a known username for the one who had it."""
    see = People.see

    async def by_username(self: People, account: Account, name: str, username: str, at: datetime) -> Person:
        named = sa.select(tables.accounts.c.person_id).where(tables.accounts.c.username == username)
        row = await self._one(named) if username else None
        return await self.get(row.person_id) if row else await see(self, account, name, username, at)

    patch.setattr(People, "see", by_username)


def standing_remembered(patch: pytest.MonkeyPatch) -> None:
    """Look up only once what someone may."""
    known: dict[tuple[int, int], Any] = {}
    look_up = Rights.standing

    async def standing(self: Rights, store: Store, chat: Chat, person: Person, dialogue_id: int | None) -> Any:
        key = chat.id, person.id
        if key not in known:
            known[key] = await look_up(self, store, chat, person, dialogue_id)
        return known[key]

    patch.setattr(Rights, "standing", standing)


rights_by_name = instead(Rights, "_held", staticmethod(_by_name))
rights_by_localpart = instead(Rights, "_held", staticmethod(_by_localpart))
rights_of_any_dialogue = instead(Rights, "_held", staticmethod(_by_any_role))
settings_by_localpart = instead(Rights, "by_settings", _settings_by_localpart)
commands_for_everybody = instead(Command, "may", yes)
roles_of_every_city = instead(_roles, "_check", soon_nothing)
chats_of_every_city = instead(_leaving, "_own_city", nothing)
voices_of_two_cities = instead(_linking, "_check", soon_nothing)
usernames_kept = instead(People, "_free", soon_nothing)
nobody_flagged = instead(Relay, "_warning", soon_nothing)
names_compared_as_written = instead(relay, "skeleton", str)


def _as_its_account(message: TelegramMessage) -> Sender:
    return conversion._user(message.from_user, is_bot=False) if message.from_user else Sender(None, "")


chats_taken_for_people = instead(conversion, "_sender", _as_its_account)


def people_alone_flagged(patch: pytest.MonkeyPatch) -> None:
    """Compare the names of people, and not those of chats."""
    warn = Relay._warning

    async def warning(self: Relay, store: Store, chat: Chat, person: Person | None, name: str) -> Any:
        return await warn(self, store, chat, person, name) if person else None

    patch.setattr(Relay, "_warning", warning)


# Names


def _as_it_comes(name: str, fallback: str) -> str:
    return name or fallback


names_as_they_come = instead(relay, "clean_name", _as_it_comes)
names_of_any_length = instead(relay, "clean_name", lambda name, fallback: names.clean_name(name, fallback, 100_000))
names_of_nothing = instead(relay, "clean_name", lambda name, _fallback: names.clean_name(name, ""))
invisible_signs_kept = instead(names, "_visible", str)
accents_without_end = instead(names, "_few_marks", iter)
pings_in_names = instead(names, "_PING", NEVER)


# Codes


async def _linked_at_once(ctx: Context, code: Code) -> None:
    owner = await ctx.store.people.by_account(code.account)
    assert owner
    await ctx.store.people.link(owner, ctx.person)


def claims_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Let whoever types a code last be meant."""

    async def unclaimed(ctx: Context, purpose: Purpose, code: str) -> Code | None:
        found = await redeem(ctx, purpose, code)
        return found and replace(found, claimed_by=None)

    patch.setattr(_linking, "redeem", unclaimed)


def anybody_confirms(patch: pytest.MonkeyPatch) -> None:
    """Take every press on the question for the one of who was asked."""
    confirm = _linking.confirm

    async def confirmed(ctx: Context) -> None:
        code = await ctx.store.codes.get(int(ctx.args.partition(":")[2]), ctx.now)
        owner = code and await ctx.store.people.by_account(code.account)
        await confirm(replace(ctx, person=owner) if owner else ctx)

    patch.setitem(people.router.buttons, "link", confirmed)


one_side_enough = instead(_linking, "_claim", _linked_at_once)
codes_used_again = instead(Codes, "use", soon_nothing)
codes_without_end = instead(stored_codes, "_good", lambda _now: (tables.codes.c.used_at.is_(None),))
older_codes_kept = instead(Codes, "void", soon_nothing)
guesses_without_end = instead(stored_codes, "MOST_GUESSES", 10**9)
the_right_code_opens = instead(Codes, "locked_until", soon_nothing)
all_locked_out = instead(stored_codes, "_of", lambda _account, purpose: (tables.guesses.c.purpose == purpose,))


# What is a command


def _read_flat(said: RichText, capabilities: Capabilities, username: str) -> Typed | None:
    return read(rich(plain(said)), capabilities, username)


def edits_read_as_messages(patch: pytest.MonkeyPatch) -> None:
    """Look for commands in what was changed, too."""
    handle = Inbox._handle

    async def handled(self: Inbox, store: Store, messenger: Messenger, event: Event, now: datetime) -> str:
        if isinstance(event, Edit) and read(event.text, messenger.capabilities, messenger.username):
            changed = MessageRef(event.ref.chat, f"{event.ref.id}, changed")
            event = Message(id=event.id, ref=changed, sender=event.sender, at=event.at, text=event.text)
        return await handle(self, store, messenger, event, now)

    patch.setattr(Inbox, "_handle", handled)


def forwards_read_as_own_words(patch: pytest.MonkeyPatch) -> None:
    """Take no notice of who has written it first."""
    take = Inbox._message

    async def taken(self: Inbox, store: Store, messenger: Messenger, event: Message, now: datetime) -> None:
        await take(self, store, messenger, replace(event, forwarded=False), now)

    patch.setattr(Inbox, "_message", taken)


quotations_read = instead(inbox, "read", _read_flat)
fallbacks_read = both(
    instead(content, "_HTML_FALLBACK", NEVER),
    instead(content, "_FALLBACK", NEVER),
    instead(reading, "_HIDDEN", reading._HIDDEN - {"mx-reply"}),
)
own_words_read_on_matrix = instead(Reader, "read", Reader._said)
own_words_read_on_telegram = both(
    instead(conversion, "_is", lambda _user, _id: False), instead(conversion, "_sender", _as_its_account)
)


# Where the bot is


def left_chats_at_home(patch: pytest.MonkeyPatch) -> None:
    """Forget that a chat was left."""
    to_leave = Chats.to_leave

    async def left(self: Chats, now: datetime) -> list[Chat]:
        chats = await to_leave(self, now)
        for chat in chats:
            await self.close(chat, "")
        return chats

    patch.setattr(Chats, "to_leave", left)


def same_title_same_chat(patch: pytest.MonkeyPatch) -> None:
    """Take a supergroup with the name of a group for what has become of it."""
    change = Memberships.changed

    async def changed(  # noqa: PLR0917 - as the guarded one
        self: Memberships, store: Store, messenger: Messenger, event: Membership, person: Person | None, now: datetime
    ) -> None:
        chats = await store.chats.paired(messenger.name)
        twin = next((each for each in chats if each.city and each.city.name == event.title), None)
        if twin and event.presence is Presence.JOINED:
            await store.chats.move(twin.ref, event.chat)
        await change(self, store, messenger, event, person, now)

    patch.setattr(Memberships, "changed", changed)


async def _over_everything(self: Chats, old: ChatRef, new: ChatRef) -> bool:
    chat, there = await self.by_ref(old), await self.by_ref(new)
    if chat and there:
        await self._set(there, dialogue_id=chat.dialogue_id, city_id=chat.city and chat.city.id)
        await self._set(chat, dialogue_id=None, city_id=None)
    elif chat:
        await self._set(chat, native_id=new.id)
    return chat is not None


def _in_or_out(update: ChatMemberUpdated, _me: User) -> Presence | None:
    before, now = is_inside(update.old_chat_member), is_inside(update.new_chat_member)
    if before == now:
        return None
    return Presence.JOINED if now else Presence.GONE


everybody_welcome = instead(Rights, "coordinates", soon_yes)
coordinators_not_told = instead(Memberships, "_tell", soon_nothing)
everything_told = instead(membership, "MOST_TOLD", 10**9)
left_after_an_hour = instead(membership, "GRACE", timedelta(hours=1))
nobody_turned_away = instead(Memberships, "turn_away", soon_nothing)
moves_not_followed = instead(Chats, "move", soon_nothing)
moves_over_everything = instead(Chats, "move", _over_everything)
tombstones_of_everybody = instead(Room, "may", yes)
guest_mode_not_looked_at = instead(examination, "_guests", lambda _me: Finding(True, _("logged in")))
others_not_told = instead(Memberships, "_tell_others", soon_nothing)
chats_never_paused = instead(Chats, "close", soon_nothing)
only_in_or_out = instead(conversion, "presence", _in_or_out)
power_not_looked_at = instead(Reader, "_power", nothing)


# Encryption


async def _anybody_answers(ctx: Context) -> tuple[City, str]:
    waiting = await ctx.store.pairings.of(ctx.chat, ctx.now - handlers.pairing.PATIENCE)
    if waiting is None:
        raise UserError(_("Nothing waits for a yes here. `/pair CITY` begins."))
    return await ctx.store.cities.named(waiting.city.name) or waiting.city, waiting.digest


encryption_not_noted = instead(Memberships, "note_encryption", staticmethod(soon_nothing))
encryption_not_noticed = instead(Memberships, "encrypted", soon_nothing)
everybodys_yes = instead(handlers.pairing, "_asked", _anybody_answers)
patience_without_end = instead(handlers.pairing, "PATIENCE", timedelta(days=10_000))
questions_kept = instead(Pairings, "drop", soon_nothing)


# Buttons


def _whatever_comes(_said: object, event: Press | Reaction) -> str | None:
    return event.action if isinstance(event, Press) else event.key


def _unsealed(_self: Seal, _message_id: int, sealed: str) -> str:
    return sealed.partition("~")[0]


def seals_of_any_message(patch: pytest.MonkeyPatch) -> None:
    """Seal what a button does, and not of which message it is one."""
    tag = Seal._tag
    patch.setattr(Seal, "_tag", lambda self, _message_id, action: tag(self, 0, action))


buttons_not_looked_up = instead(dispatch, "_sealed", _whatever_comes)
seals_not_checked = instead(Seal, "open", _unsealed)
events_taken_again = instead(Seen, "is_new", soon_yes)
