"""The world in which everything crosses at once: each kind in a dialogue of its own, with one bot."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import aiohttp

from bot.model import ChatRef, MessengerName
from bot.sandbox.matrix_client import HumanMatrix, MatrixError, RawEvent
from bot.sandbox.matrix_keys import ENCRYPTED, MatrixKeys
from bot.sandbox.synapse import Synapse
from tests.bridging.acts import ACTS, Act
from tests.bridging.crossing import ActOneWay, KindOneWay, OneWay
from tests.bridging.ends import End, MatrixEnd, TelegramEnd
from tests.bridging.kinds import IN_ENCRYPTED_ROOMS, KINDS, SentKind
from tests.system.harness import Pair, SystemWorld, open_world

WAYS = ("Telegram → Matrix", "Matrix → Telegram")
OPEN: tuple[SentKind | Act, ...] = (*KINDS, *ACTS)
"""What is done in rooms that are not encrypted."""
_PAUSE = 0.1  # seconds
Outcomes: TypeAlias = Mapping[tuple[str, str], OneWay]
"""By title and way."""


async def all_crossings(synapse: Synapse, folder: Path) -> Outcomes:
    """Return how each kind crosses each way."""
    everything = (*OPEN, *IN_ENCRYPTED_ROOMS)
    async with open_world(synapse, folder, pairs=len(everything)) as world:
        grace, ruth = world.resident.human, await synapse.register(_name(), "bridging", "Ruth Bennett")
        keys = ruth.keys = MatrixKeys(ruth)
        await keys.publish()
        rooms = [MatrixEnd(world, pair.room, grace) for pair in world.pairs[: len(OPEN)]]
        rooms += [MatrixEnd(world, await _encrypted_room(world, pair, ruth), ruth) for pair in world.pairs[len(OPEN) :]]
        tasks = [asyncio.create_task(_listen(person, rooms)) for person in (grace, ruth)]
        try:
            await world.start()
            await _allow_everything(world, rooms)
            groups = [TelegramEnd(world, pair) for pair in world.pairs]
            return await _run(list(zip(everything, groups, rooms, strict=True)))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _name() -> str:
    return f"ruth-{secrets.token_hex(4)}"


async def _encrypted_room(world: SystemWorld, pair: Pair, person: HumanMatrix) -> str:
    """Create an encrypted room that takes part in a dialogue, next to its other chats."""
    room = await person.create_room(f"{pair.name}, encrypted", [world.bot_id], encrypted=True)
    person.encrypted.add(room)
    async with world.store() as store:
        other = await store.chats.by_ref(ChatRef(MessengerName.MATRIX, pair.room))
        assert other, pair.room
        assert other.city, other
        dialogue = await store.dialogues.get(other.dialogue_id or 0)
        await store.chats.pair(ChatRef(MessengerName.MATRIX, room), dialogue, other.city)
    return room


async def _allow_everything(world: SystemWorld, rooms: Sequence[MatrixEnd]) -> None:
    """Grant the bot the rights to hear of reactions and to pin, once it has joined."""
    for pair in world.pairs:
        world.telegram.promote(pair.group, world.account)
    for each in rooms:
        await each.joined()
        await each.person.set_power(each.room, world.bot_id, 50)


async def _listen(person: HumanMatrix, ends: Sequence[MatrixEnd]) -> None:
    """Collect the events of a person's rooms, decrypted, until cancelled."""
    rooms = {each.room: each.events for each in ends if each.person is person}
    since, sealed = "", list[RawEvent]()
    while True:
        try:
            answer = await person.sync(since)
        except (aiohttp.ClientError, MatrixError):
            await asyncio.sleep(_PAUSE)
            continue
        since = answer["next_batch"]
        if person.keys:
            await person.keys.hear(answer)
        waiting, sealed = [*sealed, *_events(answer, rooms)], []
        for event in waiting:
            opened = person.keys.decrypt(event) if person.keys and event["type"] == ENCRYPTED else event
            if opened is None:
                sealed.append(event)
            else:
                rooms[event["room_id"]].append(opened)


def _events(answer: RawEvent, rooms: Collection[str]) -> Iterator[RawEvent]:
    for room, joined in answer.get("rooms", {}).get("join", {}).items():
        if room in rooms:
            yield from ({**event, "room_id": room} for event in joined["timeline"]["events"])


async def _run(world: Sequence[tuple[SentKind | Act, TelegramEnd, MatrixEnd]]) -> Outcomes:
    made: dict[tuple[str, str], OneWay] = {}
    async with asyncio.TaskGroup() as group:
        for what, telegram, matrix in world:
            ways = [_one_way(what, *each) for each in ((telegram, matrix), (matrix, telegram))]
            made |= {(what.title, way): each for way, each in zip(WAYS, ways, strict=True)}
            group.create_task(_one_after_the_other(ways))
    return made


def _one_way(what: SentKind | Act, here: End, there: End) -> OneWay:
    return KindOneWay(here, there, what) if isinstance(what, SentKind) else ActOneWay(here, there, what)


async def _one_after_the_other(ways: Sequence[OneWay]) -> None:
    for each in ways:
        await each.run()
