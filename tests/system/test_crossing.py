"""The process: set up through the shell, relaying both ways, stopping when asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.model import ChatRef
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import Fault
from tests.system.harness import INDIANAPOLIS, KOELN, SystemWorld, open_world
from tests.system.shell import intercity

STOPPING = 10  # seconds that a stop may take
LIMIT = 30  # seconds: a loaded machine is no failure


async def set_up(world: SystemWorld) -> None:
    """Run the commands of an operator."""
    pair = world.pairs[0]
    await world.shell("city", "add", KOELN, "--locale", "de_DE", "--zone", "Europe/Berlin")
    await world.shell("city", "add", INDIANAPOLIS, "--locale", "en_US", "--zone", "America/Indiana/Indianapolis")
    await world.shell("dialogue", "add", pair.name, KOELN, INDIANAPOLIS)
    await world.shell("chat", "add", pair.name, KOELN, f"telegram:{pair.group.id}")
    await world.shell("chat", "add", pair.name, INDIANAPOLIS, f"matrix:{pair.room}")


async def test_text_crosses_both_ways_and_the_process_stops_when_asked(synapse: Synapse, tmp_path: Path) -> None:
    async with open_world(synapse, tmp_path, prepare=False) as world:
        await set_up(world)
        await world.start()
        await world.talk(10)
        assert (await world.settled()).good
        assert await world.bot.stop(limit=STOPPING) == 0, world.report()
        assert world.telegram.violations == []


async def test_a_stop_in_the_middle_loses_nothing(world: SystemWorld) -> None:
    await world.start()
    for pair in world.pairs:
        for _ in range(15):
            world.say_in_group(pair)
            await world.say_in_room(pair)
    assert await world.bot.stop(limit=STOPPING) == 0, world.report()
    await world.bot.start()
    assert (await world.settled()).good, world.report()


async def test_a_stop_while_telegram_hangs(world: SystemWorld) -> None:
    await world.start()
    world.telegram.faults.once(Fault.HANG)
    await world.say_in_room(world.pairs[0])
    async with asyncio.timeout(LIMIT):
        while not world.telegram.faults.met:  # noqa: ASYNC110 - a hanging call offers no event
            await asyncio.sleep(0.01)
    assert await world.bot.stop(limit=STOPPING) == 0, world.report()
    await world.bot.start()
    assert (await world.settled()).good, world.report()


async def test_a_second_bot_on_the_same_data_is_refused(world: SystemWorld) -> None:
    await world.start()
    outcome = await intercity(world.folder, world.settings, "run")
    assert outcome == (2, "", "intercity: another Intercity is running on this data directory: stop it first\n")
    await world.talk(1)
    assert (await world.settled()).good, world.report()


async def test_commands_beside_the_running_bot_take_effect_at_once(world: SystemWorld) -> None:
    await world.start()
    pair, *others = world.pairs
    room = f"matrix:{pair.room}"
    await world.talk(1)
    await world.settled()

    await world.shell("chat", "remove", room)
    world.telegram.say(pair.group, world.person, "«99» nobody hears this")
    await world.say_in_room(pair)
    pair.to_telegram.said -= 1  # and nobody hears that
    await world.talk(1, pairs=others)
    assert (await world.settled()).good, world.report()

    await world.shell("chat", "add", pair.name, INDIANAPOLIS, room)
    await world.talk(1)
    assert (await world.settled()).good, world.report()

    await world.shell("role", "set", pair.name, f"telegram:{world.person.id}", "mayor", "--city", KOELN)
    begin = len(world.telegram.history)
    world.telegram.say(pair.group, world.person, "/me")
    answer = await world.telegram.wait_for(
        lambda event: event["message"]["from"]["id"] == world.account.id, LIMIT, since=begin
    )
    assert "bürgermeister" in answer["message"]["text"].lower()


async def test_waiting_deliveries_are_tried_again_or_discarded_from_the_shell(world: SystemWorld) -> None:
    await world.start()
    pair, owner = world.pairs[0], world.person
    group = ChatRef.parse(f"telegram:{pair.group.id}")
    world.telegram.kick_bot(pair.group, owner)
    for _ in range(2):
        await world.say_in_room(pair)
    first, second = await paused(world, 2)
    await world.shell("outbox", "discard", first)
    await world.shell("outbox", "retry", second)
    world.telegram.add_bot(pair.group, owner, admin=True)
    await world.wait(lambda: list(pair.to_telegram.at) == [2], f"the second message arrives in {group}")
    assert not await world.shell("outbox", "list")


async def paused(world: SystemWorld, count: int) -> list[str]:
    """Wait until `count` deliveries wait for their chat; return their numbers as `outbox list` shows them."""
    await world.outbox_empty()
    listed = (await world.shell("outbox", "list")).splitlines()
    assert len(listed) == count, "\n".join(listed) + world.report()
    return [line.split()[0] for line in listed]
