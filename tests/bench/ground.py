"""The shared setup of all measurements: one homeserver, a folder per world, short or full length."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import EmulatedTelegram
from tests.bench import watched
from tests.bench.figures import Figure, nothing_wrong
from tests.bench.watched import Stall
from tests.system.harness import SystemWorld, open_world
from tests.system.streams import Tally


@dataclass
class Ground:
    """The setup of a run. `quick`: smaller numbers."""

    synapse: Synapse
    folder: Path
    quick: bool
    stalls: list[Stall] = field(default_factory=list)
    """Blocked event loops of all bots so far."""
    _numbers: count[int] = field(default_factory=count)

    @asynccontextmanager
    async def world(
        self,
        pairs: int,
        *,
        encrypted: int = 0,
        telegram: EmulatedTelegram | None = None,
        more: Mapping[str, str] | None = None,
    ) -> AsyncIterator[SystemWorld]:
        folder = self.folder / f"world-{next(self._numbers)}"
        folder.mkdir()
        async with open_world(
            *(self.synapse, folder),
            pairs=pairs,
            encrypted=encrypted,
            telegram=telegram,
            module=watched.__name__,
            more=more,
        ) as world:
            yield world
        self.stalls += watched.stalls_in(folder)


async def outcome(world: SystemWorld, what: str, limit: float) -> Figure:
    """Wait until every message has arrived; one that is late counts as lost."""
    try:
        tally = await world.settled(limit)
    except AssertionError as error:
        print(error)
        tally = Tally.of(world.streams)
    if not tally.good:
        print(world.report())
    return nothing_wrong(what, tally)


async def bot_account(world: SystemWorld) -> HumanMatrix:
    """Return the bot's Matrix account as a bare client, on a device of its own, joined to all rooms."""
    bare = await world.synapse.register(world.bot_id[1:].partition(":")[0], world.settings["MATRIX_PASSWORD"])
    for pair in world.pairs:
        await bare.join(pair.room)
    return bare


@asynccontextmanager
async def bare_relay(world: SystemWorld) -> AsyncIterator[None]:
    """Run a bare process that relays between the first two chats, in place of the bot."""
    pair, account = world.pairs[0], await bot_account(world)
    job = {
        "telegram": f"{world.telegram.url}/bot{world.account.token}",
        "group": str(pair.group.id),
        "matrix": world.synapse.url,
        "token": account.token,
        "user": account.id,
        "room": pair.room,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.bare", json.dumps(job)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError("the bare relay does not start")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
