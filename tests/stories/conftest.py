"""Stories: the real app on a real database, with messengers in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from zlib import crc32

import pytest

from bot.app import App
from bot.clock import Clock, utc_now
from bot.features import Feature
from bot.fetching.reader import FeedReader
from bot.model import Account, ChatRef, Membership, MessengerName, Presence, Role, Sender
from handlers import FEATURES
from storage import Database
from tests.fake_web import FakeFetcher, LocalParser
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.length import FULL
from tests.places import PLACES

KOELN = ChatRef(MessengerName.TELEGRAM, "-1001")
INDY = ChatRef(MessengerName.MATRIX, "!indy:test")


def someone(messenger: MessengerName, id: str, name: str, language: str = "", username: str = "") -> Sender:
    return Sender(Account(messenger, id), name, username, language)


ANNA = someone(MessengerName.TELEGRAM, "11", "Anna Weber", "de", "anna")
MEHMET = someone(MessengerName.TELEGRAM, "12", "Mehmet Kaya", "de", "mehmet")
GRACE = someone(MessengerName.MATRIX, "@grace:test", "Grace Miller")
TOM = someone(MessengerName.MATRIX, "@tom:test", "Tom Jackson")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run every story on SQLite, and a quarter of them on PostgreSQL too; at full length all on both.

    What depends on the database is tested in tests/storage, on both.
    """
    if FULL:
        return
    left_out = [each for each in items if _is_left_out(each)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [each for each in items if not _is_left_out(each)]


def _is_left_out(item: pytest.Item) -> bool:
    """Whether this is a story on PostgreSQL beyond the quarter, which is chosen by name: the same in every run."""
    name, _bracket, parameters = item.name.partition("[")
    told = Path(__file__).parent in item.path.parents
    return told and "postgresql" in parameters and crc32(name.encode()) % 4 > 0


class Story:
    """Two cities: Köln on Telegram, coordinated by Anna, and Indianapolis on Matrix, coordinated by Grace."""

    def __init__(
        self,
        database: Database,
        coordinators: Iterable[Account] = (),
        features: Iterable[Feature] = FEATURES,
        clock: Clock = utc_now,
        *,
        web: tuple[str, int] | None = None,
    ) -> None:
        self.database = database
        self.telegram = FakeMessenger(MessengerName.TELEGRAM, TELEGRAM, clock=clock)
        self.matrix = FakeMessenger(MessengerName.MATRIX, MATRIX, clock=clock)
        self.telegram.messages_in(KOELN)
        self.matrix.messages_in(INDY)
        self.web = FakeFetcher()
        self.feeds = FeedReader(self.web, LocalParser())
        self._new_app = partial(
            App,
            database,
            [self.telegram, self.matrix],
            coordinators,
            backoff=(0.01, 0.05),
            secret=bytes(32),
            places=PLACES,
            features=features,
            clock=clock,
            feeds=self.feeds,
            web=web,
            web_address="https://calendar.test" if web else "",
        )
        self.app = self._new_app()

    def restart(self) -> None:
        """Replace the app, which must not be running, by one that knows only what is stored."""
        self.app = self._new_app()

    async def set_up(self) -> None:
        async with self.database.begin() as store:
            koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
            indy = await store.cities.add("Indianapolis", "en_US", "America/Indiana/Indianapolis")
            dialogue = await store.dialogues.add("Köln – Indianapolis", (koeln, indy))
            await store.chats.pair(KOELN, dialogue, koeln)
            await store.chats.pair(INDY, dialogue, indy)
            await store.counters.record([f"{KOELN.id}/0"])  # somebody has written there, as whoever pairs a chat does
            for sender, city in ((ANNA, koeln), (GRACE, indy)):
                assert sender.account
                person = await store.people.get_or_create(sender.account, sender.name, "", self.app.clock())
                await store.roles.set(dialogue, person, city, Role.COORDINATOR, self.app.clock())

    async def quiet(self) -> None:
        """Wait until all events are processed, what is due is done, and the outbox is empty, at most 30 seconds."""
        async with asyncio.timeout(30):
            for messenger in (self.telegram, self.matrix):
                await messenger.taken_in()
            await self.app.jobs.run_due()
            await self.app.outbox.idle()

    def messenger(self, chat: ChatRef) -> FakeMessenger:
        return self.telegram if chat.messenger == "telegram" else self.matrix

    def at(self, chat: ChatRef) -> list[str]:
        """Return what the bot has posted in a chat, as people see it."""
        return self.messenger(chat).posts(chat)

    async def says(self, chat: ChatRef, who: Sender, text: str, *, reply_to: str = "") -> str:
        """Write a message, in private if the chat is the sender's; return the bot's last post there."""
        private = chat in {private_chat(who), direct_room(who)}
        self.messenger(chat).says(chat, who, text, reply_to=reply_to, private=private)
        await self.quiet()
        return (self.at(chat) or [""])[-1]

    async def chooses(self, chat: ChatRef, who: Sender, number: int = 0) -> str:
        """Press a button of the last card in a chat, and return the bot's last post there."""
        messenger = self.messenger(chat)
        card = next(each for each in reversed(messenger.messages_in(chat)) if each.post and each.post.buttons)
        assert card.post
        button = card.post.buttons[number]
        if messenger is self.telegram:
            messenger.presses(chat, who, card.id, button.action)
        else:
            messenger.reacts(chat, who, card.id, button.emoji)
        await self.quiet()
        return self.at(chat)[-1]


def private_chat(who: Sender) -> ChatRef:
    assert who.account
    return ChatRef(who.account.messenger, who.account.id)


def direct_room(who: Sender) -> ChatRef:
    assert who.account
    return ChatRef(who.account.messenger, f"!{who.account.short}:direct")


def code_in(text: str) -> str:
    """Return the one-time code in a text."""
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", text)
    assert found, text
    return found[0]


@pytest.fixture
async def unpaired(database: Database) -> AsyncIterator[Story]:
    """A bot that knows nobody; its settings name Anna and Grace, who have added it to their chats."""
    assert ANNA.account
    assert GRACE.account
    it = Story(database, [ANNA.account, GRACE.account])
    async with running(it):
        for messenger, chat, who in ((it.telegram, KOELN, ANNA), (it.matrix, INDY, GRACE)):
            at = it.app.clock()
            messenger.happens(Membership(id=f"in {chat}", chat=chat, sender=who, at=at, presence=Presence.JOINED))
        await it.quiet()
        yield it


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Story]:
    it = Story(database)
    await it.set_up()
    async with running(it):
        yield it


@asynccontextmanager
async def running(it: Story) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(it.app.outbox.run())]
        tasks += [group.create_task(it.app.serve(each)) for each in (it.telegram, it.matrix)]
        yield
        for task in tasks:
            task.cancel()
