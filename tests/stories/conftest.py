"""Stories: the real app on a real database, with messengers in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.app import App
from bot.model import Account, ChatRef, MessengerName, Role, Sender
from storage import Database
from tests.databases import database, postgres
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger

__all__ = ["database", "postgres"]

KOELN = ChatRef(MessengerName.TELEGRAM, "-1001")
INDY = ChatRef(MessengerName.MATRIX, "!indy:test")


def someone(messenger: MessengerName, id: str, name: str, language: str = "") -> Sender:
    return Sender(Account(messenger, id), name, language=language)


ANNA = someone(MessengerName.TELEGRAM, "11", "Anna Weber", "de")
MEHMET = someone(MessengerName.TELEGRAM, "12", "Mehmet Kaya", "de")
GRACE = someone(MessengerName.MATRIX, "@grace:test", "Grace Miller")
TOM = someone(MessengerName.MATRIX, "@tom:test", "Tom Jackson")


class Story:
    """Two cities: Köln on Telegram, where Anna coordinates, and Indianapolis on Matrix, where Grace does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.telegram = FakeMessenger(MessengerName.TELEGRAM, TELEGRAM)
        self.matrix = FakeMessenger(MessengerName.MATRIX, MATRIX)
        self.telegram.standing(KOELN)
        self.matrix.standing(INDY)
        self.app = App(database, [self.telegram, self.matrix], backoff=(0.01, 0.05), secret=bytes(32))

    async def set_up(self) -> None:
        async with self.database.begin() as store:
            koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
            indy = await store.cities.add("Indianapolis", "en_US", "America/Indiana/Indianapolis")
            dialogue = await store.dialogues.add("Köln – Indianapolis", (koeln, indy))
            await store.chats.pair(KOELN, dialogue, koeln)
            await store.chats.pair(INDY, dialogue, indy)
            for sender, city in ((ANNA, koeln), (GRACE, indy)):
                assert sender.account
                person = await store.people.see(sender.account, sender.name, "", self.app.clock())
                await store.roles.set(dialogue, person, city, Role.COORDINATOR, self.app.clock())

    async def quiet(self) -> None:
        """Wait until all that happened has taken effect and all that was queued is out, 10 seconds at most."""
        async with asyncio.timeout(10):
            for messenger in (self.telegram, self.matrix):
                await messenger.taken_in()
            await self.app.outbox.idle()

    def at(self, chat: ChatRef) -> list[str]:
        """Give what the bot has posted in a chat, as people see it."""
        return (self.telegram if chat.messenger == "telegram" else self.matrix).posts(chat)


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
