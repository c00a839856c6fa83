"""A burst into one Telegram group with Telegram's limits on, and commands that are typed there meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from tests.system.harness import Pair, SystemWorld

MESSAGES, SPAN = 60, 10
"""The burst: messages, and the seconds in which they are written."""
COMMANDS = (3, 7, 12)
"""Seconds after the beginning at which somebody types a command."""


@dataclass
class Burst:
    """What became of a burst, in seconds."""

    last: float
    """When the last message was readable, after the first was written."""
    answers: list[float] = field(default_factory=list)
    """How long each command waited for its answer."""
    too_many: int = 0
    """Calls answered 429."""


async def burst(world: SystemWorld, pair: Pair) -> Burst:
    """Write the messages in the room, and the commands in the group."""
    begin = monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(_talk(world, pair, begin))
        asked = [group.create_task(_ask(world, pair, begin + second)) for second in COMMANDS]
    await world.wait(lambda: not pair.to_telegram.open, "the burst is readable", 120)
    return Burst(
        last=max(pair.to_telegram.at.values()) - begin,
        answers=[each.result() for each in asked],
        too_many=sum(world.telegram.stats.too_many.values()),
    )


async def _talk(world: SystemWorld, pair: Pair, begin: float) -> None:
    for number in range(MESSAGES):
        await asyncio.sleep(max(0.0, begin + number * SPAN / MESSAGES - monotonic()))
        await world.say_in_room(pair)


async def _ask(world: SystemWorld, pair: Pair, at: float) -> float:
    """Type a command at a time, and return how long its answer took."""
    await asyncio.sleep(max(0.0, at - monotonic()))
    async with world.telegram.watch() as queue, asyncio.timeout(60):
        begin = monotonic()
        command = world.telegram.say(pair.group, world.person, "/me")["message_id"]
        while True:
            message = (await queue.get()).get("message", {})
            if message.get("reply_to_message", {}).get("message_id") == command:
                return monotonic() - begin
