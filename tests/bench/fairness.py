"""Whether somebody who writes without end delays what is said in other chats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from statistics import median
from time import monotonic

from bot.sandbox.telegram import PersonActor
from tests.bench.figures import Figure, at_most, known, nothing_wrong
from tests.bench.ground import Ground
from tests.system.harness import Pair, SystemWorld
from tests.system.streams import MessageStream, Tally

A_MINUTE = 1000
"""Messages that one person writes."""
MOST = 1.5
"""How many times as long others may wait."""
_PAUSE = 0.2  # seconds between two messages of the others
_BEFORE = 3  # seconds that it lasts before the others are looked at


async def fairness(ground: Ground) -> AsyncIterator[Figure]:
    """Write 1,000 messages a minute as one person in a group, then in a room; compare the latency of other chats."""
    rounds, others = (20, 10) if ground.quick else (100, 40)
    async with ground.world(2 + others) as world:
        crowded, beside, *elsewhere = world.pairs
        await _join_dialogues(world, crowded, beside)
        busy = world.telegram.person("Max", "Schmidt", "max")  # not who is timed: authors take turns
        world.telegram.join(crowded.group, busy)
        await world.start()
        measured: list[tuple[str, Sequence[Pair], _Say]] = [
            ("of the same dialogue, Telegram → Matrix", [beside], _in_group),
            ("of another dialogue, Telegram → Matrix", elsewhere, _in_group),
            ("of another dialogue, Matrix → Telegram", elsewhere, _in_room),
        ]
        await world.talk(1, pairs=elsewhere)
        quiet = [await _median(world, pairs, say, rounds) for _what, pairs, say in measured]
        for (what, _pairs, _say), before in zip(measured, quiet, strict=True):
            yield known(f"latency in a chat {what}, median", before, "ms")
        for where, write in (("group", partial(_write_in_group, busy)), ("room", _write_in_room)):
            async with _flood(world, crowded, write) as flood:
                loud = [await _median(world, pairs, say, rounds) for _what, pairs, say in measured]
            yield known(f"one person writes in a {where}", flood.a_minute, "/min")
            for (what, _pairs, _say), before, after in zip(measured, quiet, loud, strict=True):
                yield at_most(f"  latency in a chat {what}, × as before", after / before, MOST, "×")
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


_Write = Callable[[SystemWorld, Pair, str], Awaitable[None]]


async def _write_in_group(person: PersonActor, world: SystemWorld, pair: Pair, text: str) -> None:
    world.telegram.say(pair.group, person, text)


async def _write_in_room(world: SystemWorld, pair: Pair, text: str) -> None:
    await world.resident.human.say(pair.room, text)


class Flood:
    """What one person writes, one message after the other."""

    def __init__(self) -> None:
        self._begin = monotonic()
        self._number = 0

    @property
    def a_minute(self) -> float:
        """How many messages a minute they were: a slow homeserver takes fewer."""
        return 60 * self._number / (monotonic() - self._begin)

    async def write(self, world: SystemWorld, pair: Pair, write: _Write) -> None:
        """Write indefinitely, unnumbered: the copies are not waited for."""
        while True:
            self._number += 1
            await write(world, pair, f"and another thing, number {self._number} by now")
            await asyncio.sleep(max(0.0, self._begin + self._number * 60 / A_MINUTE - monotonic()))


@asynccontextmanager
async def _flood(world: SystemWorld, pair: Pair, write: _Write) -> AsyncIterator[Flood]:
    """Write without end as somebody while the block runs."""
    flood = Flood()
    writing = asyncio.create_task(flood.write(world, pair, write))
    try:
        await asyncio.sleep(_BEFORE)
        yield flood
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
