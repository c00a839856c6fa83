"""The world in which everything crosses at once: each kind in a dialogue of its own, with one bot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bot.sandbox.synapse import Synapse
from tests.bridging.acts import ACTS, Act
from tests.bridging.crossing import ActOneWay, KindOneWay, OneWay
from tests.bridging.ends import End, MatrixEnd, TelegramEnd
from tests.bridging.kinds import KINDS, SentKind
from tests.system.harness import SystemWorld, open_world
from tests.system.people import Plain

WAYS = ("Telegram → Matrix", "Matrix → Telegram")
_ALL: tuple[SentKind | Act, ...] = (*KINDS, *ACTS)
Outcomes: TypeAlias = Mapping[tuple[str, str], OneWay]
"""By title and way."""


async def all_crossings(synapse: Synapse, folder: Path) -> Outcomes:
    """Return how each kind crosses each way."""
    async with open_world(synapse, folder, pairs=len(_ALL)) as world:
        ends = [(TelegramEnd(world, pair), MatrixEnd(world, pair)) for pair in world.pairs]
        tasks = [asyncio.create_task(_listen(world, [room for _group, room in ends]))]
        try:
            await world.start()
            await _allow_everything(world)
            return await _run(ends)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _allow_everything(world: SystemWorld) -> None:
    """Let the bot hear of reactions, and pin."""
    for pair in world.pairs:
        world.telegram.promote(pair.group, world.account)
        await world.resident.human.set_power(pair.room, world.bot_id, 50)


async def _listen(world: SystemWorld, rooms: Sequence[MatrixEnd]) -> None:
    """Collect the events of all rooms, from now on."""
    by_room = {each.room: each.events for each in rooms}
    person = Plain(world.resident.human)
    await person.begin()
    await person.listen(lambda event: by_room[event["room_id"]].append(event))


async def _run(ends: Sequence[tuple[TelegramEnd, MatrixEnd]]) -> Outcomes:
    made: dict[tuple[str, str], OneWay] = {}
    async with asyncio.TaskGroup() as group:
        for (telegram, matrix), what in zip(ends, _ALL, strict=True):
            ways = [_one_way(what, *each) for each in ((telegram, matrix), (matrix, telegram))]
            made |= {(what.title, way): each for way, each in zip(WAYS, ways, strict=True)}
            group.create_task(_one_after_the_other(ways))
    return made


def _one_way(what: SentKind | Act, here: End, there: End) -> OneWay:
    return KindOneWay(here, there, what) if isinstance(what, SentKind) else ActOneWay(here, there, what)


async def _one_after_the_other(ways: Sequence[OneWay]) -> None:
    for each in ways:
        await each.run()
