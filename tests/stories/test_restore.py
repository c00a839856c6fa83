"""A restored database does not know the bot's posts since the backup: nothing is mistaken for one of those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.app import App
from bot.messengers.telegram import TelegramMessenger
from bot.model import ChatRef, MessengerName
from bot.sandbox.telegram import EmulatedTelegram, Fault
from storage import Database
from storage.tables import metadata
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.places import PLACES
from tests.stories.conftest import INDY, TOM

Backup = dict[sa.Table, list[dict[str, Any]]]
LOOK = "editMessageReplyMarkup"


class Installation:
    """The real Telegram adapter with the emulated server, and Matrix in memory; the bot stops and starts."""

    def __init__(self, server: EmulatedTelegram, database: Database, *, supergroup: bool) -> None:
        self.server = server
        self.database = database
        self.bot = server.bot(privacy=False)
        self.anna = server.person("Anna", "Weber")
        self.group = server.group("Köln", [self.anna], supergroup=supergroup)
        self.matrix = FakeMessenger(MessengerName.MATRIX, MATRIX)
        self.matrix.messages_in(INDY)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        clock = self.server.world.clock
        telegram = TelegramMessenger(self.bot.token, api_url=self.server.url, clock=clock, read_timeout=1.0)
        telegram.capabilities = TELEGRAM  # without rate limits
        app = App(self.database, [telegram, self.matrix], backoff=(0.01, 0.05), secret=bytes(32), places=PLACES)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(app.outbox.run())]
            tasks += [group.create_task(app.serve(each)) for each in (telegram, self.matrix)]
            yield
            await self.reaches(lambda: not len(self.bot.updates), "all updates are confirmed")
            await asyncio.wait_for(app.outbox.idle(), 20)
            for task in tasks:
                task.cancel()
        await telegram.close()

    async def backup(self) -> Backup:
        async with self.database.engine.begin() as connection:
            return {
                table: [dict(row) for row in (await connection.execute(sa.select(table))).mappings()]
                for table in metadata.sorted_tables
            }

    async def restore(self, backup: Backup) -> None:
        async with self.database.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(sa.delete(table))
            for table, rows in backup.items():
                if rows:
                    await connection.execute(sa.insert(table), rows)

    async def told_by_anna(self, words: str) -> None:
        self.server.say(self.group, self.anna, words)
        await self.reaches(lambda: any(words in each for each in self.matrix.posts(INDY)), words)

    async def told_by_tom(self, words: str) -> None:
        self.matrix.says(INDY, TOM, words)
        await self.stands(words)

    async def command(self, words: str) -> None:
        """Type a command as Anna; the reply is a post of the bot that has no counterpart on Matrix."""
        before = len(self.own())
        self.server.say(self.group, self.anna, words)
        await self.reaches(lambda: len(self.own()) > before, words)

    async def stands(self, words: str) -> None:
        await self.reaches(lambda: any(each.endswith(f": {words}") for each in self.own()), words)

    def own(self) -> list[str]:
        """Return what the bot has posted in the group."""
        there = self.server.messages(self.group)
        return [each["text"] for each in there if "text" in each and each["from"]["is_bot"]]

    async def reaches(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until it holds, at most 20 seconds."""
        try:
            async with asyncio.timeout(20):
                while not holds():  # noqa: ASYNC110 - two messengers, no common event to wait for
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{what}: {self.own()} {self.matrix.posts(INDY)}") from None


async def paired(server: EmulatedTelegram, database: Database, *, supergroup: bool = True) -> Installation:
    """Return an installation whose group and room are paired."""
    made = Installation(server, database, supergroup=supergroup)
    async with database.begin() as store:
        koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
        indy = await store.cities.add("Indianapolis", "en_US", "America/Indiana/Indianapolis")
        dialogue = await store.dialogues.add("Köln – Indianapolis", (koeln, indy))
        await store.chats.pair(ChatRef(MessengerName.TELEGRAM, str(made.group.id)), dialogue, koeln)
        await store.chats.pair(INDY, dialogue, indy)
    return made


@pytest.fixture
async def here(database: Database) -> AsyncIterator[Installation]:
    async with EmulatedTelegram() as server:
        yield await paired(server, database)
        assert server.violations == []


async def _begun(here: Installation) -> None:
    await here.told_by_anna("eins")
    await here.told_by_tom("one")


async def _since_restored(here: Installation, *commands: str) -> list[str]:
    """Post more after a backup, restore the backup, and return what the bot has posted."""
    async with here.running():
        await _begun(here)
    backup = await here.backup()
    async with here.running():
        for words in commands:
            await here.command(words)
    await here.restore(backup)
    return here.own()


@pytest.mark.parametrize("commands", [("/help",), ("/help", "/roles", "/me")])
async def test_after_a_restore_the_first_message_is_not_taken_for_an_older_one(
    here: Installation, commands: tuple[str, ...]
) -> None:
    """Nothing has come from Telegram yet that would show how old the database is."""
    stood = await _since_restored(here, *commands)
    async with here.running():
        here.server.faults.once(Fault.GATEWAY, Fault.GATEWAY)
        with capture_logs() as logs:
            await here.told_by_tom("two")
            await here.told_by_tom("three")
    assert here.own()[: len(stood)] == stood, "nothing was overwritten"
    assert [each.rpartition(": ")[2] for each in here.own()[len(stood) :]] == ["two", "three"]
    assert sum("sent again" in each["event"] for each in logs) == 2


async def test_a_gap_in_the_updates_shows_that_the_database_is_older(here: Installation) -> None:
    stood = await _since_restored(here, "/help")
    async with here.running():
        with capture_logs() as logs:
            await here.told_by_anna("drei")
        assert any("was an older database restored?" in each["event"] for each in logs)
        here.server.faults.once(Fault.GATEWAY)
        await here.told_by_tom("two")
        assert here.server.stats.calls[LOOK] > 0, "what Anna has said is a bound that holds"
    assert here.own()[: len(stood)] == stood
    assert [each.rpartition(": ")[2] for each in here.own()[len(stood) :]] == ["two"]


async def test_without_a_gap_bounds_of_before_the_start_hold(here: Installation) -> None:
    async with here.running():
        await _begun(here)
    async with here.running():
        await here.told_by_anna("zwei")
        here.server.faults.once(Fault.RESET)
        await here.told_by_tom("two")
    assert [each.rpartition(": ")[2] for each in here.own()] == ["one", "two"], "it was found, and not sent again"


async def test_what_this_process_has_delivered_is_a_bound(here: Installation) -> None:
    """Also while nothing comes from Telegram."""
    async with here.running():
        await _begun(here)
    async with here.running():
        await here.told_by_tom("two")
        here.server.faults.once(Fault.RESET)
        await here.told_by_tom("three")
    assert [each.rpartition(": ")[2] for each in here.own()] == ["one", "two", "three"]


async def test_what_was_under_way_at_a_crash_is_found_without_a_word_from_telegram(here: Installation) -> None:
    async with here.running():
        await _begun(here)
    async with here.running():
        here.server.faults.once(Fault.STALL)
        here.matrix.says(INDY, TOM, "two")
        await here.stands("two")
        crashed = await here.backup()  # as a kill leaves it: sent, but the response not yet stored
    await here.restore(crashed)
    stood = here.own()
    async with here.running():
        await here.told_by_tom("three")
    assert here.own()[len(stood) :] == here.own()[-1:], "found, and not sent again"


async def test_what_was_under_way_at_the_backup_is_not_taken_for_another_once_a_gap_shows(here: Installation) -> None:
    async with here.running():
        await _begun(here)
        here.server.faults.once(Fault.STALL)
        here.matrix.says(INDY, TOM, "two")
        await here.stands("two")
        backup = await here.backup()
    await here.restore(backup)
    async with here.database.begin() as store:
        await store.counters.reset()
        (lane,) = await store.deliveries.waiting(here.server.world.clock())
        delivery = await store.deliveries.claim(lane, here.server.world.clock(), numbering=lambda chat: chat.lane)
    assert delivery
    assert (delivery.uncertain, delivery.after_id) == (True, "")
