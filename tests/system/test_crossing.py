"""The process: set up through the shell, crossing both ways, ending when asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.model import ChatRef
from bot.sandbox.process import BotError
from bot.sandbox.synapse import Synapse
from tests.system.harness import INDIANAPOLIS, KOELN, World, open_world

STOPPING = 10  # seconds that a stop may take


async def set_up(world: World) -> None:
    """Type what an operator types."""
    pair = world.pairs[0]
    await world.bot.shell("city", "add", KOELN, "--locale", "de_DE", "--zone", "Europe/Berlin")
    await world.bot.shell("city", "add", INDIANAPOLIS, "--locale", "en_US", "--zone", "America/Indiana/Indianapolis")
    await world.bot.shell("dialogue", "add", pair.name, KOELN, INDIANAPOLIS)
    await world.bot.shell("chat", "add", pair.name, KOELN, f"telegram:{pair.group.id}")
    await world.bot.shell("chat", "add", pair.name, INDIANAPOLIS, f"matrix:{pair.room}")


async def test_text_crosses_both_ways_and_the_process_stops_when_asked(synapse: Synapse, tmp_path: Path) -> None:
    async with open_world(synapse, tmp_path, prepare=False) as world:
        await set_up(world)
        await world.start()
        await world.talk(10)
        assert (await world.settled()).good
        assert await world.bot.stop(limit=STOPPING) == 0, world.report()
        assert world.telegram.violations == []


async def test_a_stop_in_the_middle_loses_nothing(world: World) -> None:
    await world.start()
    for pair in world.pairs:
        for _ in range(15):
            world.say_in_group(pair)
            await world.say_in_room(pair)
    assert await world.bot.stop(limit=STOPPING) == 0, world.report()
    await world.bot.start()
    assert (await world.settled()).good, world.report()


async def test_a_second_bot_on_the_same_data_is_refused(world: World) -> None:
    await world.start()
    with pytest.raises(BotError, match=r"^intercity run: exit 2\nintercity: another Intercity runs on .*\n$"):
        await world.bot.shell("run")
    await world.talk(1)
    assert (await world.settled()).good, world.report()


async def test_commands_beside_the_running_bot_take_effect_at_once(world: World) -> None:
    await world.start()
    pair, *others = world.pairs
    room = f"matrix:{pair.room}"
    await world.talk(1)
    await world.settled()

    await world.bot.shell("chat", "remove", room)
    world.telegram.say(pair.group, world.person, "«99» nobody hears this")
    await world.say_in_room(pair)
    pair.to_telegram.said -= 1  # and nobody hears that
    await world.talk(1, pairs=others)
    assert (await world.settled()).good, world.report()

    await world.bot.shell("chat", "add", pair.name, INDIANAPOLIS, room)
    await world.talk(1)
    assert (await world.settled()).good, world.report()

    await world.bot.shell("role", "set", pair.name, f"telegram:{world.person.id}", "mayor", "--city", KOELN)
    world.telegram.say(pair.group, world.person, "/me")
    answer = await world.telegram.wait_for(lambda event: "/me" not in event["message"].get("text", "/me"))
    assert re.search(r"\bOB|Oberbürgermeister|mayor", answer["message"]["text"], re.IGNORECASE)


async def test_failed_deliveries_are_tried_again_or_discarded_from_the_shell(world: World) -> None:
    await world.start()
    pair, owner = world.pairs[0], world.person
    group = ChatRef.parse(f"telegram:{pair.group.id}")
    world.telegram.kick_bot(pair.group, owner)
    for _ in range(2):
        await world.say_in_room(pair)
    first, second = await failed(world, 2)
    await world.bot.shell("outbox", "discard", first)
    world.telegram.add_bot(pair.group, owner, admin=True)
    await world.bot.shell("outbox", "retry", second)
    await world.wait(lambda: list(pair.to_telegram.at) == [2], f"the second message arrives in {group}")
    assert not await world.bot.shell("outbox", "list")


async def failed(world: World, count: int) -> list[str]:
    """Wait until so many deliveries have failed; give their numbers as `outbox list` shows them."""
    await world.outbox_empty()
    listed = (await world.bot.shell("outbox", "list")).splitlines()
    assert len(listed) == count, "\n".join(listed) + world.report()
    return [line.split()[0] for line in listed]
