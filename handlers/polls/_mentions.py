"""Those who cannot be reminded in private are mentioned in their city's chat, all in one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.commands.context import Context
from bot.model import Account
from handlers.polls._turnout import are_named
from storage import Chat, Person, Poll, RosterMember

MOST = 30
"""People of a city who are mentioned by name."""


@dataclass(slots=True)
class Place:
    """Whom a chat reminds: by mention, and how many `others`, whom it does not name."""

    chat: Chat
    people: list[tuple[Person, Account]] = field(default_factory=list)
    others: int = 0

    @property
    def number(self) -> int:
        """How many are reminded."""
        return len(self.people) + self.others


@dataclass(slots=True)
class Mentions:
    """Who is reminded in which chat, and who in none."""

    places: dict[int, Place] = field(default_factory=dict)
    unreached: list[RosterMember] = field(default_factory=list)

    def at(self, chat: Chat) -> Place:
        """Return whom a chat reminds."""
        return self.places.setdefault(chat.id, Place(chat))


async def find(ctx: Context, poll: Poll, chats: Iterable[Chat], people: Iterable[RosterMember]) -> Mentions:
    """Return in which of the chats people can be reminded; each in one chat of their city."""
    found, named = Mentions(), are_named(poll)
    homes = defaultdict[int, list[Chat]](list)
    for chat in chats:
        if chat.city and chat.is_at_home:
            homes[chat.city.id].append(chat)
    for each in people:
        here = homes[each.city_id]
        if not here:
            found.unreached.append(each)
        elif not named or sum(len(found.at(chat).people) for chat in here) >= MOST:
            found.at(here[0]).others += 1
        elif place := _account_in(here, person := await ctx.store.people.get(each.person_id)):
            found.at(place[0]).people.append((person, place[1]))
        else:
            found.unreached.append(each)
    return found


def _account_in(chats: Sequence[Chat], person: Person) -> tuple[Chat, Account] | None:
    """Return the first chat where a person can be mentioned, and by which account."""
    for chat in chats:
        for account in person.accounts:
            if account.messenger is chat.ref.messenger:
                return chat, account
    return None
