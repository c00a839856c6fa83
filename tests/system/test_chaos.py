"""Nothing is lost, duplicated or out of order, whatever happens to the process and to the servers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import Fault
from tests.system.chaos import kill_often
from tests.system.harness import Pair, SystemWorld, open_world
from tests.system.sending import share_in_group, share_in_room

SHARING = (share_in_group, share_in_room)
LOST_ANSWERS = {Fault.RESET: 0.03, Fault.GARBLE: 0.02}


@pytest.fixture
def kills(full: bool) -> int:
    return 50 if full else 3


async def stormy_talk(world: SystemWorld, each: int, kills: int) -> None:
    """Talk and send photos both ways, and post files, while the bot is killed again and again."""
    await world.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(world.talk(each, ways=SHARING))
        group.create_task(world.post_files(each // 5))
        group.create_task(kill_often(world, kills, 2 * each * len(world.pairs)))
    assert (await world.settled(300)).good, world.report()
    assert world.telegram.violations == []


async def test_killed_again_and_again(world: SystemWorld, kills: int) -> None:
    await stormy_talk(world, 8 * kills, kills)


async def test_killed_again_and_again_on_postgresql(
    synapse: Synapse, tmp_path: Path, kills: int, postgres: str
) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE stormy")
    url = urlsplit(postgres)._replace(scheme="postgresql+psycopg", path="/stormy").geturl()
    async with open_world(synapse, tmp_path, pairs=2, database_url=url) as world:
        await stormy_talk(world, 8 * kills, kills)


async def test_answers_lost_although_performed(world: SystemWorld, full: bool) -> None:
    await world.start()
    world.telegram.faults.once(Fault.RESET)
    world.telegram.faults.once(Fault.GARBLE, method="sendPhoto")
    world.telegram.faults.once(Fault.RESET, method="sendMediaGroup")
    world.telegram.faults.always(LOST_ANSWERS if full else {})
    # A search uses up some of the calls that Telegram allows per minute.
    await world.talk(60 if full else 6, ways=SHARING)
    tally = await world.settled(600)
    assert len({method for method, _fault in world.telegram.faults.met}) > 2
    assert tally.good, world.report()


async def test_both_servers_go_and_come_back(tmp_path: Path) -> None:
    async with Synapse() as own, open_world(own, tmp_path, pairs=2) as world:
        await world.start()
        await world.talk(2)
        await world.telegram.pause()
        for pair in world.pairs:
            await talk_in_room(world, pair, 5)
            for _ in range(5):
                world.say_in_group(pair)
        await own.stop()
        await world.telegram.resume()
        for pair in world.pairs:
            world.say_in_group(pair)
        await own.start()
        await world.talk(2, window=20)
        assert (await world.settled()).good, world.report()


async def test_what_happened_while_it_was_down(world: SystemWorld, full: bool) -> None:
    """More events than one response of the homeserver holds; most of them are not relayed."""
    await world.start()
    await world.talk(1)
    await world.settled()
    await world.bot.stop()
    rooms, events = (3, 1600) if full else (2, 150)
    for pair in world.pairs:
        world.say_in_group(pair)
    async with asyncio.TaskGroup() as group:
        for pair in world.pairs[:rooms]:
            group.create_task(mixed_talk(world, pair, events))
    before = world.arrived
    await world.bot.start()
    await world.wait(lambda: world.arrived > before, "the first of them arrives")
    await world.bot.kill()  # in the middle of catching up, unless it was very quick
    await world.bot.start()
    # Searching for operations in progress uses some of the 20 calls a minute: the last may have to wait for the next.
    assert (await world.settled(150)).good, world.report()


async def talk_in_room(world: SystemWorld, pair: Pair, count: int) -> None:
    for _ in range(count):
        await world.say_in_room(pair)


async def mixed_talk(world: SystemWorld, pair: Pair, events: int) -> None:
    """Create `events` events in a room, fifteen of them messages, including the first and the last."""
    for number in range(events):
        if number % (events // 14) == 0 or number == events - 1:
            await world.say_in_room(pair)
        else:
            await world.resident.human.say(pair.room, f"notice {number}", msgtype="m.notice")
