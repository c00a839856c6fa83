"""The town under test: two dialogues, chats of every kind, people of every role, the real app in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.app import App
from bot.clock import utc_now
from bot.model import Account, Batch, ChatRef, Event, MessengerName, Role, Send, Sender, Sent, plain
from storage import Chat, City, Database, Delivery, Dialogue, State, Store, StoredMessage, upgrade
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.places import PLACES

T, M = MessengerName.TELEGRAM, MessengerName.MATRIX

KOELN, INDY = ChatRef(T, "-1001"), ChatRef(M, "!indy:test")
KOELNS_ROOM, INDYS_GROUP = ChatRef(M, "!koeln:test"), ChatRef(T, "-1005")
BONN, LEEDS = ChatRef(T, "-1002"), ChatRef(M, "!leeds:test")
FRESH, EMPTY, SEALED = ChatRef(T, "-1003"), ChatRef(M, "!empty:test"), ChatRef(M, "!sealed:test")
"""Unpaired chats that the bot was added to; the last one is encrypted."""
FOREIGN = ChatRef(T, "-1009")
"""A chat that the bot has never heard of."""
GROUPS = (KOELN, INDY, KOELNS_ROOM, INDYS_GROUP, BONN, LEEDS, FRESH, EMPTY, SEALED, FOREIGN)
CITIES = {
    "Köln": ("de_DE", "Europe/Berlin"),
    "Indianapolis": ("en_US", "America/Indiana/Indianapolis"),
    "Bonn": ("de_DE", "Europe/Berlin"),
    "Leeds": ("en_GB", "Europe/London"),
}
PAIRED = {
    KOELN: "Köln",
    INDY: "Indianapolis",
    KOELNS_ROOM: "Köln",
    INDYS_GROUP: "Indianapolis",
    BONN: "Bonn",
    LEEDS: "Leeds",
}
BREATH = timedelta(seconds=6)
"""Time between two events, so that a command each time stays within the reply budget."""
DIALOGUES = {"Köln – Indianapolis": ("Köln", "Indianapolis"), "Bonn – Leeds": ("Bonn", "Leeds")}


@dataclass(frozen=True)
class Inhabitant:
    """A person: `city` and `role` if appointed; `admin`: has admin rights in every group of their messenger."""

    account: Account | None
    name: str
    username: str = ""
    city: str = ""
    role: Role = Role.GUEST
    admin: bool = False
    settings: bool = False
    is_bot: bool = False
    only_private: bool = False

    def sender(self, name: str, *, admin: bool | None) -> Sender:
        """Return them as a messenger reports them, under `name` for this event."""
        return Sender(self.account, name, self.username, language="de", is_bot=self.is_bot, admin=admin)


def _person(messenger: MessengerName, id: str, name: str, city: str = "", role: Role = Role.GUEST) -> Inhabitant:
    username = name.partition(" ")[0].lower() if messenger is T else ""
    return Inhabitant(Account(messenger, id), name, username, city, role)


PEOPLE = (
    _person(T, "11", "Anna Weber", "Köln", Role.COORDINATOR),
    _person(T, "12", "Henriette Reker", "Köln", Role.MAYOR),
    _person(T, "13", "Mehmet Kaya", "Köln", Role.STAFF),
    _person(T, "14", "Gerd Gast"),
    _person(T, "15", "Bonny Bonner", "Bonn", Role.COORDINATOR),
    _person(M, "@grace:test", "Grace Miller", "Indianapolis", Role.COORDINATOR),
    _person(M, "@joe:test", "Joe Hogsett", "Indianapolis", Role.MAYOR),
    _person(M, "@tom:test", "Tom Jackson", "Indianapolis", Role.STAFF),
    _person(M, "@guest:test", "Gwen Guest"),
    _person(M, "@lee:test", "Lee Leeds", "Leeds", Role.COORDINATOR),
    Inhabitant(Account(T, "21"), "Adam Admin", "adam", admin=True),
    Inhabitant(Account(M, "@ada:test"), "Ada Admin", admin=True),
    Inhabitant(Account(T, "31"), "Sara Settings", "sara", settings=True),
    Inhabitant(Account(M, "@sid:test"), "Sid Settings", settings=True),
    Inhabitant(None, "Rathaus", admin=True),
    Inhabitant(Account(T, "777"), "Other Bot", "otherbot", is_bot=True),
    Inhabitant(Account(M, "@hook:test"), "Hook", is_bot=True),
    Inhabitant(Account(T, "41"), "Stranger", "stranger", only_private=True),
    Inhabitant(Account(M, "@stranger:evil"), "Stranger", only_private=True),
)
POWERFUL = tuple(each for each in PEOPLE if each.role is Role.COORDINATOR or each.settings or each.admin)
SETTINGS = frozenset(each.account for each in PEOPLE if each.settings and each.account)


def private_chat(human: Inhabitant) -> ChatRef:
    assert human.account
    if human.account.messenger is T:
        return ChatRef(T, human.account.id)
    return ChatRef(M, f"!{human.account.short}:direct")


@dataclass(frozen=True)
class Queued:
    """What the bot wants to do in a chat because of one event."""

    chat: ChatRef
    kind: str
    text: str
    author: str
    reply_to: str
    buttons: tuple[tuple[str, str], ...]
    """Emoji and what it carries."""
    id: str
    """The message's id once posted."""
    feature: str
    """That has made the post, or an empty string."""


@dataclass
class Ticking:
    """A clock that moves on with every event, so that nobody exhausts the reply budget."""

    moment: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        return self.moment

    def tick(self) -> None:
        self.moment += BREATH


@dataclass
class Town:
    """The app and its chats."""

    database: Database
    app: App
    messengers: Mapping[MessengerName, FakeMessenger]
    clock: Ticking
    numbers: count[int] = field(default_factory=lambda: count(100))

    async def happens(self, event: Event, messenger: MessengerName) -> Mapping[str, str]:
        """Process an event, and what it makes due."""
        self.clock.tick()
        told = await self.app.inbox.take(self.messengers[messenger], Batch((event,), None))
        await self.app.jobs.run_due()
        return told

    async def carry_out(self, store: Store) -> list[Queued]:
        """Deliver everything that is queued, and return it."""
        done = []
        for lane in sorted(await store.deliveries.waiting(self.app.clock())):
            while delivery := await store.deliveries.claim(lane, self.app.clock()):
                id = str(next(self.numbers))
                about = await store.messages.get(delivery.message_id) if delivery.message_id else None
                done.append(_queued(delivery, id, about.feature if about else ""))
                await store.deliveries.delivered(delivery, Sent((id,)), self.app.clock())
        return done

    async def said(self, store: Store, chat: ChatRef, id: str) -> StoredMessage | None:
        found = await store.chats.by_ref(chat)
        return await store.messages.find(found, id) if found else None


def _queued(delivery: Delivery, id: str, feature: str) -> Queued:
    assert delivery.state is State.SENDING
    post = delivery.post
    return Queued(
        chat=delivery.chat,
        kind=delivery.kind,
        text=plain(post.text) if post else "",
        author=str(post.author) if post and post.author else "",
        reply_to=delivery.operation.reply_to if isinstance(delivery.operation, Send) else "",
        buttons=tuple((each.emoji, each.action) for each in post.buttons) if post else (),
        id=id,
        feature=feature,
    )


@asynccontextmanager
async def open_town() -> AsyncIterator[Town]:
    """Create a fresh town."""
    database = Database("sqlite+aiosqlite://")
    messengers = {T: FakeMessenger(T, TELEGRAM), M: FakeMessenger(M, MATRIX)}
    clock = Ticking()
    app = App(database, messengers.values(), SETTINGS, clock, secret=bytes(32), places=PLACES)
    app._serving |= messengers
    for each in messengers.values():
        app.jobs.register(app._kinds_on(each))
    town = Town(database, app, messengers, clock)
    await upgrade(database)
    try:
        async with database.begin() as store:
            await _found(town, store)
        yield town
    finally:
        await database.close()


async def _found(town: Town, store: Store) -> None:
    cities = {name: await store.cities.add(name, *where) for name, where in CITIES.items()}
    home: dict[str, Dialogue] = {}
    for name, partners in DIALOGUES.items():
        dialogue = await store.dialogues.add(name, tuple(cities[each] for each in partners))
        home |= dict.fromkeys(partners, dialogue)
    for ref, city in PAIRED.items():
        await store.chats.pair(ref, home[city], cities[city])
    for ref in (FRESH, EMPTY, SEALED):
        await store.chats.get_or_create(ref, title="New")
    await store.chats.encrypt(await _chat(store, SEALED))
    await _appoint(town, store, cities, home)


async def _appoint(town: Town, store: Store, cities: Mapping[str, City], home: Mapping[str, Dialogue]) -> None:
    now = town.app.clock()
    for human in PEOPLE:
        if human.account and human.city:
            person = await store.people.get_or_create(human.account, human.name, human.username, now)
            await store.roles.set(home[human.city], person, cities[human.city], human.role, now)


async def _chat(store: Store, ref: ChatRef) -> Chat:
    found = await store.chats.by_ref(ref)
    assert found
    return found
