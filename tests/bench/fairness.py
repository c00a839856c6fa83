"""Whether somebody who writes without end delays what is said in other chats.

The homeserver has one process, and here it shares the machine with the bot: whoever writes much in a room delays
everybody even without a bot. So bare clients also write where the bot passes nothing on: as many events as the bot
would send, and those of the one person alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from statistics import median
from time import monotonic

import psutil

from bot.sandbox.telegram import PersonActor
from tests.bench.figures import Figure, at_most, known, nothing_wrong
from tests.bench.ground import Ground, bot_account
from tests.system.harness import Pair, SystemWorld
from tests.system.streams import MessageStream, Tally

A_MINUTE = 1000
"""Messages that one person writes."""
MOST = 1.5
"""How many times as long others may wait."""
_PAUSE = 0.2  # seconds between two messages of the others
_AT_ONCE = 4  # messages that have not been answered
_BEFORE = 3  # seconds that it lasts before the others are looked at


async def fairness(ground: Ground) -> AsyncIterator[Figure]:
    """Write 1,000 messages a minute as one person in a group, then in a room; compare the latency of other chats.

    Bare clients also write in the rooms, as many events as the bot would if it passed on each at once.
    """
    rounds, others = (20, 10) if ground.quick else (100, 40)
    async with ground.world(2 + others) as world:
        crowded, beside, *elsewhere = world.pairs
        await _join_dialogues(world, crowded, beside)
        await world.start()
        in_group, in_room, alone, copies = await _writers(world, crowded, beside)
        measured: list[tuple[str, Sequence[Pair], _Say]] = [
            ("of the same dialogue, Telegram → Matrix", [beside], _in_group),
            ("of another dialogue, Telegram → Matrix", elsewhere, _in_group),
            ("of another dialogue, Matrix → Telegram", elsewhere, _in_room),
        ]
        await world.talk(1, pairs=elsewhere)
        quiet = [await _median(world, pairs, say, rounds) for _what, pairs, say in measured]
        for (what, _pairs, _say), before in zip(measured, quiet, strict=True):
            yield known(f"latency in a chat {what}, median", before, "ms")
        for what, is_bare, writers in (
            ("bare clients write in two rooms", True, copies),
            ("one person writes in a group", False, [in_group]),
            ("one person writes in a room without the bot", True, [alone]),
            ("one person writes in a room", False, [in_room]),
        ):
            bot, homeserver = CpuLoad(world.bot.pid), CpuLoad(world.synapse.pid)
            async with _flood(writers) as flood:
                loud = [await _median(world, pairs, say, rounds) for _what, pairs, say in measured]
            yield known(f"{what}, each", flood.a_minute / len(writers), "/min")
            yield known("  of a processor, the bot takes", bot.percent, "%")
            yield known("  of a processor, the homeserver takes", homeserver.percent, "%")
            for (where, _pairs, _say), before, after in zip(measured, quiet, loud, strict=True):
                line = f"  latency in a chat {where}, × as before"
                yield known(line, after / before, "×") if is_bare else at_most(line, after / before, MOST, "×")
            await world.outbox_empty(600)
        streams = [beside.to_matrix, *(stream for pair in elsewhere for stream in (pair.to_matrix, pair.to_telegram))]
        yield nothing_wrong("what the others have written meanwhile", Tally.of(streams))


_Say = Callable[[SystemWorld, Pair], Awaitable[MessageStream]]


async def _in_group(world: SystemWorld, pair: Pair) -> MessageStream:
    world.say_in_group(pair)
    return pair.to_matrix


async def _in_room(world: SystemWorld, pair: Pair) -> MessageStream:
    await world.say_in_room(pair)
    return pair.to_telegram


async def _join_dialogues(world: SystemWorld, one: Pair, other: Pair) -> None:
    """Move the chats of a pair to the dialogue of another one."""
    async with world.store() as store:
        refs = [ref for ref, _stream in (*one.chats, *other.chats)]
        chats = [chat for ref in refs if (chat := await store.chats.by_ref(ref))]
        dialogue = await store.dialogues.get(chats[0].dialogue_id or 0)
        for chat in chats:
            if chat.city:
                await store.chats.pair(chat.ref, dialogue, chat.city)


async def _median(world: SystemWorld, pairs: Sequence[Pair], say: _Say, rounds: int) -> float:
    """Send one message at a time, and return the median latency in milliseconds."""
    spent = []
    for number in range(rounds):
        await asyncio.sleep(_PAUSE)
        begin = monotonic()
        stream = await say(world, pairs[number % len(pairs)])
        await world.wait(lambda: not stream.open, "a single message arrives", 60)  # noqa: B023 - awaited
        spent.append(1000 * (stream.at[stream.said] - begin))
    return median(spent)


_Write = Callable[[str], Awaitable[object]]


async def _writers(world: SystemWorld, crowded: Pair, beside: Pair) -> tuple[_Write, _Write, _Write, list[_Write]]:
    """Return how people write who are not timed: one in a group, one in a room, and in another one without the bot.

    And how bare clients write in both rooms.
    """
    busy = world.telegram.person("Max", "Schmidt", "max")
    world.telegram.join(crowded.group, busy)
    also = await world.synapse.register("ruth", "world-only", "Ruth Baker")
    await world.resident.human.invite(crowded.room, also.id)
    await also.join(crowded.room)
    private = await world.resident.human.create_room("Without the bot", [also.id])
    await also.join(private)
    account = await bot_account(world)
    copies: list[_Write] = [partial(account.say, pair.room) for pair in (crowded, beside)]
    in_group = partial(_write_in_group, world, crowded, busy)
    return in_group, partial(also.say, crowded.room), partial(also.say, private), copies


async def _write_in_group(world: SystemWorld, pair: Pair, person: PersonActor, text: str) -> None:
    world.telegram.say(pair.group, person, text)


class CpuLoad:
    """How much of a processor a process takes from now on."""

    def __init__(self, pid: int | None) -> None:
        self._process = psutil.Process(pid)
        self._begin, self._before = monotonic(), self._spent

    @property
    def percent(self) -> float:
        return 100 * (self._spent - self._before) / (monotonic() - self._begin)

    @property
    def _spent(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


class Flood:
    """What is written at a steady pace."""

    def __init__(self) -> None:
        self._begin = monotonic()
        self._written = 0
        self._under_way = asyncio.Semaphore(_AT_ONCE)

    @property
    def a_minute(self) -> float:
        """How many messages a minute the servers have taken, of all writers."""
        return 60 * self._written / (monotonic() - self._begin)

    async def write(self, write: _Write) -> None:
        """Write indefinitely, unnumbered: the copies are not waited for."""
        async with asyncio.TaskGroup() as group:
            for number in count(1):
                async with self._under_way:
                    pass
                group.create_task(self._write(write, f"and another thing, number {number} by now"))
                await asyncio.sleep(max(0.0, self._begin + number * 60 / A_MINUTE - monotonic()))

    async def _write(self, write: _Write, text: str) -> None:
        async with self._under_way:
            await write(text)
        self._written += 1


@asynccontextmanager
async def _flood(writers: Sequence[_Write]) -> AsyncIterator[Flood]:
    """Write without end, as everybody, while the block runs."""
    flood = Flood()
    writing = [asyncio.create_task(flood.write(write)) for write in writers]
    try:
        await asyncio.sleep(_BEFORE)
        yield flood
    finally:
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
