"""The world of the trust cases: two cities, a clock that the test advances, and what honest and other people do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from bot.app import App
from bot.clock import utc_now
from bot.jobs.purge import Retention
from bot.model import (
    Author,
    ChatChange,
    ChatRef,
    Encryption,
    Event,
    Membership,
    MessengerName,
    Migration,
    Presence,
    RichText,
    Role,
    Sender,
)
from bot.rights import Rights
from storage import Chat, Database, Dialogue, Person
from tests.fake_chats import FakeMessage
from tests.places import PLACES
from tests.stories.conftest import (
    ANNA,
    GRACE,
    INDY,
    KOELN,
    MEHMET,
    TOM,
    Story,
    code_in,
    direct_room,
    private_chat,
    running,
    someone,
)

__all__ = ["ANNA", "GRACE", "INDY", "KOELN", "MEHMET", "TOM", "code_in"]

EVE = someone(MessengerName.TELEGRAM, "66", "Eve", "de", "eve")
"""An attacker, in Köln's group; and again on Matrix."""
MALLORY = someone(MessengerName.MATRIX, "@mallory:evil", "Mallory")
BEN = someone(MessengerName.TELEGRAM, "21", "Ben Schulz", "de")
"""The admin of Bonn's group, which is yet to be paired."""
PRIYA = someone(MessengerName.MATRIX, "@priya:test", "Priya Shah")
OWEN = someone(MessengerName.MATRIX, "@owen:test", "Owen Reed")
"""Both admins of Leeds's room, which is yet to be paired."""
BONN = ChatRef(MessengerName.TELEGRAM, "-1003")
LEEDS = ChatRef(MessengerName.MATRIX, "!leeds:test")
YORK = ChatRef(MessengerName.MATRIX, "!york:test")

T = TypeVar("T")
_numbers = count(1)


class World(Story):
    """A story whose clock can be advanced."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ahead = timedelta()
        messengers = [self.telegram, self.matrix]
        self.app = App(
            database,
            messengers,
            clock=self.now,
            backoff=(0.01, 0.05),
            secret=bytes(32),
            places=PLACES,
            feeds=self.feeds,
            web_address="https://calendar.test",
        )

    def now(self) -> datetime:
        return utc_now() + self.ahead

    @property
    def rights(self) -> Rights:
        return self.app.services.rights

    async def later(self, span: timedelta) -> None:
        """Advance the clock, and run what is due by then."""
        self.ahead += span
        await self.quiet()

    async def forget(self) -> None:
        """Delete what has expired."""
        await Retention(self.rights.settings).delete_expired(self.database, self.now())

    # --- actions; each waits until the bot has reacted, and returns its new posts there ---

    async def speaks(
        self, chat: ChatRef, who: Sender, text: str | RichText, *, reply_to: str = "", forwarded: bool = False
    ) -> list[str]:
        before = len(self.at(chat))
        private = chat == privately(who)
        self.messenger(chat).says(chat, who, text, reply_to=reply_to, private=private, forwarded=forwarded)
        await self.quiet()
        return self.at(chat)[before:]

    async def commands(self, chat: ChatRef, who: Sender, words: str, *, reply_to: str = "") -> list[str]:
        """Type a command, given without its prefix."""
        prefix = self.messenger(chat).capabilities.command_prefix
        return await self.speaks(chat, who, prefix + words, reply_to=reply_to)

    async def picks(self, chat: ChatRef, who: Sender, emoji: str, card: FakeMessage | None = None) -> list[str]:
        """Press the button with an emoji, of the newest card by default."""
        card = card or self.card(chat)
        assert card.post
        if chat.messenger is MessengerName.MATRIX:
            return await self.reacts(chat, who, card.id, emoji)
        (action,) = [each.action for each in card.post.buttons if each.emoji == emoji]
        return await self.presses(chat, who, card.id, action)

    async def presses(self, chat: ChatRef, who: Sender, id: str, action: str) -> list[str]:
        """Press a button; the result includes notices shown only to that person."""
        before, told = len(self.at(chat)), len(self.telegram.told)
        self.messenger(chat).presses(chat, who, id, action)
        await self.quiet()
        return self.at(chat)[before:] + [text for text in self.telegram.told[told:] if text]

    async def reacts(self, chat: ChatRef, who: Sender, id: str, key: str) -> list[str]:
        before = len(self.at(chat))
        self.matrix.reacts(chat, who, id, key)
        await self.quiet()
        return self.at(chat)[before:]

    async def happens(self, *events: Event) -> None:
        for event in events:
            if isinstance(event, Membership | ChatChange | Migration | Encryption):
                chat: ChatRef | None = event.chat
            else:
                chat = event.ref.chat if event.ref else None
            assert chat, "a vote without a place"
            self.messenger(chat).happens(event)
        await self.quiet()

    async def brings(self, who: Sender, chat: ChatRef, presence: Presence = Presence.JOINED) -> None:
        """Add the bot to a chat."""
        self.messenger(chat).messages_in(chat)
        await self.happens(stands(who, chat, presence))

    async def opens_private(self, *people: Sender) -> None:
        for who in people:
            await self.commands(privately(who), who, "start")

    # --- the resulting state ---

    def card(self, chat: ChatRef) -> FakeMessage:
        """Return the newest post with buttons."""
        cards = [each for each in self.messenger(chat).messages_in(chat) if each.post and each.post.buttons]
        assert cards, f"nothing is asked in {chat}"
        return cards[-1]

    def last(self, chat: ChatRef) -> str:
        """Return the bot's last post."""
        assert self.at(chat), f"nothing was said in {chat}"
        return self.at(chat)[-1]

    def author(self, chat: ChatRef) -> Author:
        """Return the author of the newest post, which is a copy."""
        said = self.messenger(chat).messages_in(chat)
        assert said, f"nothing has reached {chat}"
        post = said[-1].post
        assert post
        assert post.author
        return post.author

    def original(self, chat: ChatRef, text: str) -> str:
        """Return the id of what someone wrote."""
        return [each.id for each in self.messenger(chat).messages_in(chat) if each.text == text][-1]

    async def appoint(self, who: Sender, role: Role, city: str = "Köln") -> None:
        """Assign a role without asking anybody."""
        assert who.account
        async with self.database.begin() as store:
            (dialogue, *_rest) = await store.dialogues.all()
            (found,) = [each for each in dialogue.cities if each.name == city]
            person = await store.people.get_or_create(who.account, who.name, who.username, self.now())
            await store.roles.set(dialogue, person, found, role, self.now())

    async def role(self, who: Sender, dialogue: str = "Köln – Indianapolis") -> str:
        """Return someone's role in a dialogue, such as `mayor of Köln`, or an empty string."""
        person = await self.person(who)
        async with self.database.begin() as store:
            for held in await store.roles.of_person(person.id) if person else []:
                if (await store.dialogues.get(held.dialogue_id)).name == dialogue:
                    return f"{held.role} of {held.city.name}"
        return ""

    async def person(self, who: Sender) -> Person | None:
        assert who.account
        async with self.database.begin() as store:
            return await store.people.by_account(who.account)

    async def chat(self, ref: ChatRef) -> Chat | None:
        async with self.database.begin() as store:
            return await store.chats.by_ref(ref)

    async def paired(self) -> set[ChatRef]:
        """Return the chats of a dialogue."""
        async with self.database.begin() as store:
            return {each.ref for each in await store.chats.paired()}

    async def dialogues(self) -> list[Dialogue]:
        async with self.database.begin() as store:
            return await store.dialogues.all()

    # --- setups shared by several cases ---

    async def second_dialogue(self) -> None:
        """Create Leeds and Bonn, with chats of their own, coordinated by Priya and Ben."""
        async with self.database.begin() as store:
            leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
            bonn = await store.cities.add("Bonn", "de_DE", "Europe/Berlin")
            dialogue = await store.dialogues.add("Leeds – Bonn", (leeds, bonn))
            for sender, city, chat in ((PRIYA, leeds, LEEDS), (BEN, bonn, BONN)):
                assert sender.account
                self.messenger(chat).messages_in(chat)
                await store.chats.pair(chat, dialogue, city)
                person = await store.people.get_or_create(sender.account, sender.name, "", self.now())
                await store.roles.set(dialogue, person, city, Role.COORDINATOR, self.now())

    async def two_unpaired(self) -> None:
        """Put the bot into Bonn's group and Leeds's room, added by coordinators, where others are admins."""
        await self.brings(ANNA, BONN)
        await self.brings(GRACE, LEEDS)
        self.telegram.admins |= {each.account for each in (BEN,) if each.account}
        self.matrix.admins |= {each.account for each in (PRIYA, OWEN) if each.account}

    async def pairing_code(self) -> str:
        """Ask for a code, as Bonn's admin."""
        return code_in("\n".join(await self.commands(BONN, BEN, "pair Bonn")))

    async def joined(self, chat: ChatRef) -> bool:
        return chat in await self.paired()


def only(things: Iterable[T]) -> T:
    """Return the only item."""
    found = list(things)
    assert len(found) == 1, f"one was expected: {found}"
    return found[0]


def privately(who: Sender) -> ChatRef:
    """Return someone's private chat with the bot."""
    chat = private_chat(who)
    return chat if chat.messenger is MessengerName.TELEGRAM else direct_room(who)


def stands(who: Sender, chat: ChatRef, presence: Presence, *, private: bool = False) -> Membership:
    """Return an event about a change of the bot's membership in a chat."""
    id = f"membership-{next(_numbers)}"
    return Membership(id=id, chat=chat, sender=who, at=datetime.now(UTC), presence=presence, private=private)


def called(who: Sender, name: str, username: str = "") -> Sender:
    """Return the same account under another name."""
    return replace(who, name=name, username=username)


@asynccontextmanager
async def world_on(database: Database) -> AsyncIterator[World]:
    world = World(database)
    await world.set_up()
    async with running(world):
        yield world
