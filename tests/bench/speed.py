"""Latency and throughput, compared with a bare client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from statistics import mean, median
from time import monotonic

from tests.bench.figures import Figure, at_least, at_most, known
from tests.bench.ground import Ground, bare_relay, bot_account
from tests.system.harness import Pair, SystemWorld
from tests.system.streams import MessageStream

_QUIET = 0.05  # seconds between two messages, so that everything is idle when the next one comes
_WARM_UP = 5


async def latency(ground: Ground) -> AsyncIterator[Figure]:
    """Measure single messages, alternating between the bot and the bare relay."""
    rounds = 15 if ground.quick else 80
    async with ground.world(10) as world, ground.world(1) as floor, bare_relay(floor):
        await world.start()
        for name, once in (("Telegram → Matrix", _to_matrix), ("Matrix → Telegram", _to_telegram)):
            bot, bare = await _taking_turns(world, floor, once, rounds)
            yield known(f"latency {name}, bare relay, median", median(bare), "ms")
            yield known(f"latency {name}, median", median(bot), "ms", median(bot) / median(bare))
            yield at_most(f"latency {name}, the bot's own share", median(bot) - median(bare), 10, "ms")


_Once = Callable[[SystemWorld, Pair], Awaitable[float]]


async def _taking_turns(
    world: SystemWorld, floor: SystemWorld, once: _Once, rounds: int
) -> tuple[list[float], list[float]]:
    bot, bare = [], []
    for number in range(_WARM_UP + rounds):
        bare.append(await once(floor, floor.pairs[0]))
        bot.append(await once(world, world.pairs[number % len(world.pairs)]))
    return bot[_WARM_UP:], bare[_WARM_UP:]


async def _to_matrix(world: SystemWorld, pair: Pair) -> float:
    await asyncio.sleep(_QUIET)
    begin = monotonic()
    world.say_in_group(pair)
    return await _taken(world, pair.to_matrix, begin)


async def _to_telegram(world: SystemWorld, pair: Pair) -> float:
    await asyncio.sleep(_QUIET)
    begin = monotonic()
    await world.say_in_room(pair)
    return await _taken(world, pair.to_telegram, begin)


async def _taken(world: SystemWorld, stream: MessageStream, begin: float) -> float:
    """Return the milliseconds from `begin` until the last message was seen."""
    await world.wait(lambda: not stream.open, "a single message arrives")
    return 1000 * (stream.at[stream.said] - begin)


async def throughput(ground: Ground) -> AsyncIterator[Figure]:
    """Measure Telegram to Matrix, which has no rate limit, at full speed; 20 bare senders before and after."""
    each = 6 if ground.quick else 40
    async with ground.world(20) as world:
        before = await _bare_rate(world, each)
        await world.start()
        await _rate(world, 2)
        rates = [await _rate(world, each) for _ in range(2)]
        await world.bot.stop()
        bare = mean((before, await _bare_rate(world, each)))
        yield known("throughput of 20 parallel bare senders", bare, "/s")
        yield at_least("throughput Telegram → Matrix", mean(rates), round(0.8 * bare, 1), "/s", mean(rates) / bare)


async def _rate(world: SystemWorld, each: int) -> float:
    """Send everything at once, and return the messages per second until the last one is seen."""
    begin = monotonic()
    for _ in range(each):
        for pair in world.pairs:
            world.say_in_group(pair)
    await world.wait(lambda: not any(pair.to_matrix.open for pair in world.pairs), "all arrive", 300)
    return each * len(world.pairs) / (monotonic() - begin)


async def _bare_rate(world: SystemWorld, each: int) -> float:
    account = await bot_account(world)

    async def send(pair: Pair) -> None:
        for number in range(each):
            await account.say(pair.room, f"bare message {number}, of the length that people write in a meeting")

    begin = monotonic()
    async with asyncio.TaskGroup() as group:
        for pair in world.pairs:
            group.create_task(send(pair))
    return each * len(world.pairs) / (monotonic() - begin)
