"""Many feeds, on servers that answer slowly, wrongly, hugely or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

import psutil

from storage import Database, ItemState, Store
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground
from tests.fetching.behaviours import HOSTS, feed_server, result_of
from tests.system.harness import SystemWorld

DIALOGUES = 10
_LOOK = 0.5  # seconds between two looks at the memory and at the database
_LONGEST = 2400.0


async def feeds(ground: Ground) -> AsyncIterator[Figure]:
    """Read 1,000 feeds of 100 items each, then again after each that works has published one more."""
    hosts, each = (50, 1) if ground.quick else (250, 4)
    count = hosts * each
    async with feed_server(hosts) as server, ground.world(DIALOGUES, more={"FEED_ALLOW": HOSTS}) as world:
        urls = server.urls(hosts, each)
        await _add(world, urls)
        await world.start()
        async with _measured(world) as memory:
            yield known(f"{count} feeds, read for the first time", await _read(world), "s")
            server.first = 1
            await _again(world)
            yield known("  and once more", await _read(world), "s")
            await world.outbox_empty(600)
        good = sum(isinstance(result_of(url), int) for url in urls)
        posted = await _posted(world)
        yield Figure(f"  posted, of {good} new items", str(posted), str(good), posted == good, broken=posted != good)
        reached = server.trap.connections
        yield Figure("  connections to private addresses", str(reached), "0", not reached, broken=reached > 0)
        yield at_most("  resident memory of the bot", memory.bot / 1e6, 200, "MB")
        yield at_most("  resident memory of the process that parses", memory.parser / 1e6, 200, "MB")


async def _add(world: SystemWorld, urls: list[str]) -> None:
    """Add the feeds as if they had just been accepted: whatever they list at first is old."""
    database, now = Database(world.database_url), datetime.now(UTC)
    async with database.begin() as store:
        dialogues = await _dialogues(store)
        for number, url in enumerate(urls):
            feed = await store.feeds.add(dialogues[number % DIALOGUES], url, now)
            await store.feeds.start(feed, title=url, allowance=0)
            await store.jobs.schedule("feed", str(feed.id), now)
    await database.close()


async def _again(world: SystemWorld) -> None:
    """Make all feeds due."""
    async with world.store() as store:
        for job in await store.jobs.all():
            if job.kind == "feed":
                await store.jobs.hasten(job.kind, job.key)


async def _read(world: SystemWorld) -> float:
    """Wait until no feed is due any more and nothing is to be posted; return the seconds that it took."""
    begin = monotonic()
    async with asyncio.timeout(_LONGEST):
        while await _due(world):  # noqa: ASYNC110 - another process's database offers no event
            await asyncio.sleep(_LOOK)
    return monotonic() - begin


async def _due(world: SystemWorld) -> bool:
    async with world.store() as store:
        jobs = await store.jobs.all()
    soon = datetime.now(UTC) + timedelta(seconds=5)
    return any(job.kind == "feed_posts" or (job.kind == "feed" and job.due_at < soon) for job in jobs)


async def _posted(world: SystemWorld) -> int:
    async with world.store() as store:
        found = [each for dialogue in await _dialogues(store) for each in await store.feeds.of_dialogue(dialogue)]
        return sum([len(await store.feed_items.in_state(each, ItemState.POSTED)) for each in found])


async def _dialogues(store: Store) -> list[int]:
    return sorted({chat.dialogue_id for chat in await store.chats.paired() if chat.dialogue_id})


@dataclass
class LargestMemory:
    """The largest resident memory seen, in bytes: of the bot, and of the process that it has started."""

    bot: int = 0
    parser: int = 0

    def look(self, pid: int | None) -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            self.bot = max(self.bot, process.memory_info().rss)
            for child in process.children():
                self.parser = max(self.parser, child.memory_info().rss)


@asynccontextmanager
async def _measured(world: SystemWorld) -> AsyncIterator[LargestMemory]:
    memory = LargestMemory()

    async def look() -> None:
        while True:
            memory.look(world.bot.pid)
            await asyncio.sleep(_LOOK)

    async with asyncio.TaskGroup() as group:
        looking = group.create_task(look())
        yield memory
        looking.cancel()
