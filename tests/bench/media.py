"""The memory that a large file takes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from time import monotonic

from bot.sandbox.matrix_sharing import MatrixUpload
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground, outcome
from tests.bench.size import memory
from tests.system.harness import Pair, SystemWorld
from tests.system.people import Encrypting

LARGE = 45_000_000
_LOOK = 0.02  # seconds between two looks at the memory


async def large(ground: Ground) -> AsyncIterator[Figure]:
    """Pass on a large file from an ordinary and from an encrypted room."""
    async with ground.world(2, encrypted=1) as world:
        await world.start()
        await world.talk(1)
        yield await outcome(world, "a text each way before", 60)
        for pair, kind in zip(reversed(world.pairs), ("an ordinary", "an encrypted"), strict=True):
            begin = monotonic()
            async with PeakMemory(world) as peak:
                await _send(world, pair)
                yield await outcome(world, f"a file of {LARGE // 1_000_000} MB from {kind} room", 120)
            yield at_most("  added to the resident memory", peak.most - peak.before, 30, "MB")
            yield known("  with the upload by its sender", monotonic() - begin, "s")


async def _send(world: SystemWorld, pair: Pair) -> None:
    sealed = isinstance(pair.resident, Encrypting)
    data, caption = secrets.token_bytes(LARGE), pair.files_to_telegram.next()
    upload = MatrixUpload("file", data, "plan.bin", "application/octet-stream", caption, encrypted=sealed)
    content = await world.resident.human.attached(upload)
    if isinstance(pair.resident, Encrypting):
        await pair.resident.send(pair.room, "m.room.message", content)
    else:
        await world.resident.human.send_raw(pair.room, "m.room.message", content)


class PeakMemory:
    """The most memory of the bot, in MB, while the block runs."""

    def __init__(self, world: SystemWorld) -> None:
        self._world = world
        self.most = 0.0

    async def __aenter__(self) -> PeakMemory:
        self.before = self.most = memory(self._world)
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while True:
            self.most = max(self.most, memory(self._world))
            await asyncio.sleep(_LOOK)
