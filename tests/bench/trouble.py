"""Kills, lost responses, encrypted rooms and server outages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

from bot.sandbox.telegram import EmulatedTelegram, Fault
from tests.bench.figures import Figure, known
from tests.bench.ground import Ground, outcome
from tests.system.chaos import kill_often
from tests.system.harness import SystemWorld
from tests.system.streams import MessageStream

LIMIT = 1200  # seconds after which a missing message counts as lost


async def kills(ground: Ground) -> AsyncIterator[Figure]:
    """Run `kill -9` at random times during a stream in each direction, with files, and where texts are merged."""
    times, each, files = (3, 5, 1) if ground.quick else (50, 100, 10)
    # At Telegram's limits, what waits is merged.
    async with ground.world(20, telegram=EmulatedTelegram(limits=True)) as world:
        await _killed(world, each, times, files)
        what = f"{times} × kill -9 in {each * 20} messages and {files * 20} files each way, Telegram's limits on"
        yield await outcome(world, what, LIMIT)
        yield known("  texts that arrived merged into others", sum(map(_merged, world.streams)), "texts")


async def _killed(world: SystemWorld, each: int, times: int, files: int = 0) -> None:
    await world.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(world.talk(each))
        group.create_task(world.post_files(files))
        group.create_task(kill_often(world, times, 2 * each * len(world.pairs)))


async def answers(ground: Ground) -> AsyncIterator[Figure]:
    """Lose the responses to five in a hundred calls to Telegram, which do take effect."""
    each, chats = (6, 20) if ground.quick else (50, 20)
    async with ground.world(chats) as world:
        await world.start()
        _lose_answers(world, stall=not ground.quick)
        await world.talk(each, window=each)
        lost = f"5 % answers lost in {each * chats} messages each way"
        yield await outcome(world, lost, LIMIT)
        yield known("  answers lost", len(world.telegram.faults.met), "calls")


def _lose_answers(world: SystemWorld, *, stall: bool) -> None:
    second = Fault.STALL if stall else Fault.GARBLE
    world.telegram.faults.always({Fault.RESET: 0.025, second: 0.025})


async def encrypted(ground: Ground) -> AsyncIterator[Figure]:
    """Combine lost responses and kills, with a quarter of the rooms encrypted."""
    chats, each, times = (8, 6, 2) if ground.quick else (20, 50, 10)
    sealed = chats // 4
    async with ground.world(chats, encrypted=sealed) as world:
        _lose_answers(world, stall=not ground.quick)
        await _killed(world, each, times)
        what = f"{each * chats} messages each way, {sealed} of {chats} rooms encrypted, {times} kills, 5 % answers lost"
        yield await outcome(world, what, LIMIT)


async def homeserver(ground: Ground) -> AsyncIterator[Figure]:
    """Take the homeserver down while people on Telegram keep talking."""
    away, each, chats = (3, 3, 10) if ground.quick else (30, 10, 20)
    async with ground.world(chats) as world:
        await world.start()
        await world.talk(2)
        await ground.synapse.stop()
        for _ in range(each):
            for pair in world.pairs:
                world.say_in_group(pair)
            await asyncio.sleep(away / each)
        await ground.synapse.start()
        begin = monotonic()
        yield await outcome(world, f"{away} s without homeserver, {each * chats} messages meanwhile", LIMIT)
        yield known("  arrived after its return", _last(world) - begin, "s")


async def telegram(ground: Ground) -> AsyncIterator[Figure]:
    """Take Telegram down while people on both sides keep talking."""
    away, each, chats = (3, 3, 10) if ground.quick else (30, 10, 20)
    async with ground.world(chats) as world:
        await world.start()
        await world.talk(2)
        await world.telegram.pause()
        for _ in range(each):
            for pair in world.pairs:
                await world.say_in_room(pair)
                world.say_in_group(pair)
            await asyncio.sleep(away / each)
        await world.telegram.resume()
        begin = monotonic()
        yield await outcome(world, f"{away} s without Telegram, {each * chats} messages each way meanwhile", LIMIT)
        yield known("  arrived after its return", _last(world) - begin, "s")


def _merged(stream: MessageStream) -> int:
    return sum(len(numbers) - 1 for numbers in stream.arrived.values())


def _last(world: SystemWorld) -> float:
    return max(moment for stream in world.streams for moment in stream.at.values())
