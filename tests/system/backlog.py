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
    became: int
    """The number of messages on Telegram."""
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
        became=sum(map(bool, pair.to_telegram.arrived.values())),
        answers=[each.result() for each in asked],
        too_many=sum(world.telegram.stats.too_many.values()),
    )


async def after_edits(world: SystemWorld, pair: Pair, edits: int) -> float:
    """Edit one message that often within the span, and return how long the next message took."""
    human, text = world.resident.human, pair.to_telegram.next()
    id = await human.say(pair.room, text)
    begin = monotonic()
    for number in range(edits):
        await asyncio.sleep(max(0.0, begin + number * SPAN / edits - monotonic()))
        await human.edit(pair.room, id, f"{text} Version {number + 1}")
    begin = monotonic()
    await world.say_in_room(pair)
    await world.wait(lambda: not pair.to_telegram.open, "the next message is readable", 120)
    return pair.to_telegram.at[pair.to_telegram.said] - begin


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
