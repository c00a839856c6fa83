"""Faults of processes: killed at random times, and restarted."""

from __future__ import annotations

import asyncio
import contextlib
import random
from functools import partial

from bot.sandbox.process import BotError
from tests.system.harness import SystemWorld


async def kill_often(world: SystemWorld, kills: int, to_come: int, seed: int = 1) -> None:
    """Kill the bot `kills` times, spread at random over the `to_come` arriving messages, and restart it each time.

    Every fifth time it is killed once more during its start.
    """
    dice = random.Random(seed)  # noqa: S311 - a test, no secret
    for number, moment in enumerate(sorted(dice.sample(range(to_come), kills))):
        await world.wait(partial(_has_come, world, moment), f"message {moment} arrives", 120)
        await asyncio.sleep(dice.uniform(0, 0.05))  # at any time, not only right after an arrival
        await world.bot.kill()
        if number % 5 == 4:
            with contextlib.suppress(BotError):
                await world.bot.start(limit=dice.uniform(0.2, 2))
        await world.bot.start()


def _has_come(world: SystemWorld, count: int) -> bool:
    return world.arrived >= count
