"""Many feeds, on servers that answer slowly, wrongly, hugely or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

import psutil

from storage import Feed, Store
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground
from tests.fetching.behaviours import HOSTS, FeedServer, feed_server, result_of
from tests.system.harness import SystemWorld

DIALOGUES = 10
_SAMPLE = 0.25  # seconds between two looks at the memory
_LONGEST = 1800.0


async def feeds(ground: Ground) -> AsyncIterator[Figure]:
    """Read 1,000 feeds of 100 items each; then each that works has a new item, and all are read again."""
    count = 100 if ground.quick else 1000
    async with feed_server(count) as server, ground.world(DIALOGUES, more={"FEED_ALLOW": HOSTS}) as world:
        urls = server.urls(count)
        await _add(world, urls)
        await world.start()
        async with _memory(world) as memory:
            yield known(f"{count} feeds read", await _read(world, server, count), "s")
            server.first = 1
            await _again(world)
            yield known("  and read again, with a new item each", await _read(world, server, count), "s")
            posted = sum(stream.heard for stream in ()) if False else await _posted(world)
        good = sum(isinstance(result_of(url), int) for url in urls)
        wrong = abs(posted - good)
        yield Figure(f"  {good} new items", f"{posted} posted", f"{good}", wrong == 0, broken=wrong > 0)
        reached = server.trap.connections
        yield Figure("  private addresses reached", str(reached), "0", reached == 0, broken=reached > 0)
        yield at_most("  resident memory of the bot", memory.bot, 200, "MB")
        yield at_most("  resident memory of the process that parses", memory.parser, 200, "MB")
