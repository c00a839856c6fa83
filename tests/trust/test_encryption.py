"""Nothing leaves an encrypted chat unless someone entitled has agreed (cases 83 and 84)."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Sender
from tests.trust import raw
from tests.trust.world import (
    ANNA,
    BEN,
    BONN,
    GRACE,
    INDY,
    KOELN,
    LEEDS,
    MALLORY,
    OWEN,
    PRIYA,
    World,
    code_in,
    only,
    privately,
)


async def asked(world: World) -> None:
    """Ask, as Priya, to pair Leeds's encrypted room with Bonn's group."""
    await world.two_unpaired()
    world.matrix.encrypted.add(LEEDS)
    await world.commands(LEEDS, PRIYA, f"pair {await world.pairing_code()} Leeds")


async def nothing_crosses(world: World) -> None:
    assert not {LEEDS, BONN} & await world.paired()
    assert len(await world.dialogues()) == 1
    there = len(world.at(BONN))
    await world.speaks(LEEDS, PRIYA, "Just between us")
    assert len(world.at(BONN)) == there


async def crosses(world: World) -> None:
    assert {LEEDS, BONN} <= await world.paired()
    await world.speaks(LEEDS, PRIYA, "Hello")
    assert world.last(BONN).endswith(": Hello")


async def refused(world: World, who: Sender) -> None:
    """Assert that someone's yes is rejected, by button and by command, and that they are told."""
    assert await world.picks(LEEDS, who, "✅")
    assert await world.commands(LEEDS, who, "pair yes")
    await nothing_crosses(world)


async def test_case_83_an_encrypted_chat_is_asked_before_anything_crosses(world: World) -> None:
    await asked(world)
    assert "🔒" in world.card(LEEDS).text
    await nothing_crosses(world)
    await world.picks(LEEDS, PRIYA, "✅")
    await crosses(world)


async def test_case_83_an_encrypted_chat_is_asked_before_it_gives_a_code(world: World) -> None:
    await world.two_unpaired()
    world.matrix.encrypted.add(LEEDS)
    question = only(await world.commands(LEEDS, PRIYA, "pair Leeds"))
    assert "🔒" in question
    code = code_in(only(await world.picks(LEEDS, PRIYA, "✅")))
    await world.commands(BONN, BEN, f"pair {code} Bonn")
    await crosses(world)


async def test_case_83_only_who_asked_can_say_yes(world: World) -> None:
    await asked(world)
    for who in (MALLORY, OWEN, GRACE):
        await refused(world, who)
    await world.commands(LEEDS, PRIYA, "pair yes")
    await crosses(world)


async def test_case_83_nobody_says_yes_who_may_not_any_more(world: World) -> None:
    await asked(world)
    world.matrix.admins.clear()
    await refused(world, PRIYA)


async def test_case_83_a_yes_comes_within_the_hour(world: World) -> None:
    await asked(world)
    await world.later(timedelta(hours=1))
    await refused(world, PRIYA)


async def test_case_83_after_a_no_there_is_no_yes(world: World) -> None:
    await asked(world)
    question = world.card(LEEDS)
    await world.picks(LEEDS, PRIYA, "❌")
    await world.picks(LEEDS, PRIYA, "✅", question)
    await nothing_crosses(world)


async def test_case_83_a_code_of_before_the_encryption_is_good_no_more(world: World) -> None:
    """Whoever created it was never asked whether content may leave the encryption."""
    await world.two_unpaired()
    code = code_in("\n".join(await world.commands(LEEDS, PRIYA, "pair Leeds")))
    await switched_on(world, LEEDS.id)
    await world.commands(BONN, BEN, f"pair {code} Bonn")
    await nothing_crosses(world)


async def switched_on(world: World, room: str = INDY.id) -> None:
    """Switch encryption on, as Matrix reports it."""
    place = raw.room()
    place.id = room
    await raw.on_matrix(world, raw.raw({"algorithm": "m.megolm.v1.aes-sha2"}, "m.room.encryption", state_key=""), place)


async def test_case_84_encryption_that_is_switched_on_later_is_noticed(world: World) -> None:
    await world.opens_private(ANNA, GRACE)
    await switched_on(world)
    for chat in (INDY, privately(ANNA), privately(GRACE)):
        assert "🔓" in world.last(chat)
    assert "!unpair" in world.last(INDY)
    assert world.at(KOELN) == []
    room = await world.chat(INDY)
    assert room
    assert room.encrypted
    await switched_on(world)
    assert len(world.at(INDY)) == 1, "once"
