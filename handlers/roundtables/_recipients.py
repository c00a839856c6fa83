"""Whom the reminders of a roundtable go to, when, and in which chat each of them can be reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.commands.context import Context
from bot.dates import nights
from bot.model import Account
from handlers.roundtables import _moments
from storage import Answer, Chat, Invitation, Participation, Person, PlannedReminder, Roundtable


async def wanted(ctx: Context, roundtable: Roundtable) -> list[PlannedReminder]:
    """Return the reminders that there should be: to every chat of the dialogue, and to everybody invited.

    All who are invited get some: who opens a private chat with the bot later on is reminded there.
    """
    start = roundtable.starts_at
    found = []
    for chat in await ctx.store.chats.of_dialogue(roundtable.dialogue_id):
        zone = chat.zone or roundtable.zone
        times = {_moments.due_at(start, before, zone): before for before in _last_first(roundtable.remind)}
        found += [PlannedReminder(None, chat.id, before, due) for due, before in times.items()]
    for person in await ctx.store.reminders.invited(roundtable.id):
        wishes = roundtable.remind if person.remind is None else person.remind
        times = {
            nights.by_day(_moments.due_at(start, before, person.zone), start, person.zone): before
            for before in _last_first(wishes)
        }
        found += [PlannedReminder(person.person_id, None, before, due) for due, before in times.items()]
    return found


def _last_first(times: Iterable[timedelta]) -> list[timedelta]:
    """Return times before the start, longest first: of those at the same moment the last one wins."""
    return sorted(times, reverse=True)


def is_reminded(invitation: Invitation) -> bool:
    """Whether somebody invited is reminded: not who has declined, or is represented."""
    return invitation.answer is not Answer.NO and invitation.deputy_id is None


def is_expected(invitation: Invitation) -> bool:
    """Whether somebody is reminded in their city's chat if they cannot be in private: not who may only listen."""
    chosen = invitation.part is Participation.SPEAKER or invitation.explicit
    return chosen and is_reminded(invitation)


async def out_of_reach(ctx: Context, roundtable: Roundtable, city_id: int | None = None) -> list[Person]:
    """Return who should be reminded in private and cannot be, as they have no private chat with the bot.

    `city_id`: only those of one city.
    """
    invitations = await ctx.store.invitations.of(roundtable.id)
    ids = [each.person_id for each in invitations if is_expected(each) and city_id in {None, each.city_id}]
    people = [await ctx.store.people.get(id) for id in ids if await ctx.private_chat(id) is None]
    return [each for each in people if each.remind != ()]


def has_left(chat: Chat, roundtable: Roundtable) -> bool:
    """Whether a chat is no longer part of the dialogue of a roundtable."""
    return chat.dialogue_id != roundtable.dialogue_id


async def mentioned_in(ctx: Context, roundtable: Roundtable, chat: Chat) -> list[tuple[Person, Account]]:
    """Return who is reminded by a mention in a chat of their city, with the account to be mentioned."""
    if chat.city is None:
        return []
    people = await out_of_reach(ctx, roundtable, chat.city.id)
    places = [(each, await place_of_mention(ctx, roundtable, each, chat.city.id)) for each in people]
    return [(each, place[1]) for each, place in places if place and place[0].id == chat.id]


async def place_of_mention(
    ctx: Context, roundtable: Roundtable, person: Person, city_id: int
) -> tuple[Chat, Account] | None:
    """Return the one chat of a city where a person can be mentioned, and by which account."""
    for chat in await ctx.store.chats.of_dialogue(roundtable.dialogue_id):
        for account in person.accounts:
            if chat.is_at_home and chat.city and chat.city.id == city_id and chat.ref.messenger is account.messenger:
                return chat, account
    return None
