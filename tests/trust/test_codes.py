"""One-time codes work once, for one account, for a limited time, and cannot be guessed (cases 11 to 14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.model import Sender
from storage import Database
from tests.trust.world import (
    ANNA,
    BONN,
    EVE,
    GRACE,
    LEEDS,
    MALLORY,
    MEHMET,
    OWEN,
    PRIYA,
    TOM,
    YORK,
    World,
    code_in,
    only,
    privately,
    world_on,
)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """A world on each database, since they count the guesses and compare the times."""
    async with world_on(database) as made:
        yield made


async def links(world: World, who: Sender, words: str = "") -> str:
    """Type /link in private, and return the reply."""
    return "\n".join(await world.commands(privately(who), who, f"link {words}".strip()))


async def are_one(world: World, one: Sender, other: Sender) -> bool:
    person = await world.person(one)
    return person is not None and person == await world.person(other)


# Linking


async def test_case_11_a_code_to_link_is_good_once(world: World) -> None:
    await world.opens_private(ANNA, TOM, MALLORY)
    code = code_in(await links(world, ANNA))
    await links(world, TOM, code)
    yes = world.card(privately(ANNA))
    await world.picks(privately(ANNA), ANNA, "✅")
    assert await are_one(world, ANNA, TOM)
    refusal = await links(world, MALLORY, code)
    assert code not in refusal
    assert "5" in refusal, "a used code counts as a wrong one"
    await world.picks(privately(ANNA), ANNA, "✅", yes)
    assert not await are_one(world, ANNA, MALLORY)


async def test_case_12_a_code_to_link_is_for_whoever_typed_it_first(world: World) -> None:
    await world.opens_private(MEHMET, GRACE, MALLORY)
    code = code_in(await links(world, MEHMET))
    await links(world, GRACE, code)
    yes = world.card(privately(MEHMET))
    assert "!link" in await links(world, MALLORY, code)
    await world.picks(privately(MEHMET), MEHMET, "✅", yes)
    await world.picks(privately(GRACE), GRACE, "✅")
    assert await are_one(world, MEHMET, GRACE)
    assert not await are_one(world, MEHMET, MALLORY)


async def test_case_12_only_who_asked_for_the_code_can_say_yes(world: World) -> None:
    await world.opens_private(ANNA, MALLORY, EVE)
    await links(world, MALLORY, code_in(await links(world, ANNA)))
    yes = world.card(privately(ANNA))
    for stranger in (EVE, MEHMET):
        refusal = only(await world.picks(privately(ANNA), stranger, "✅", yes))
        assert refusal
        assert not await are_one(world, ANNA, MALLORY)
    await world.picks(privately(ANNA), ANNA, "❌", yes)
    await world.picks(privately(ANNA), ANNA, "✅", yes)
    assert not await are_one(world, ANNA, MALLORY), "a no is final"


async def test_case_13_a_code_to_link_expires(world: World) -> None:
    await world.opens_private(ANNA, MALLORY)
    code = code_in(await links(world, ANNA))
    await world.later(timedelta(hours=1))
    assert "5" in await links(world, MALLORY, code)
    assert world.card(privately(ANNA)).text.count("@mallory:evil") == 0, "Anna is not even asked"


async def test_case_13_the_question_expires_with_the_code(world: World) -> None:
    await world.opens_private(ANNA, MALLORY)
    await links(world, MALLORY, code_in(await links(world, ANNA)))
    await world.later(timedelta(hours=1))
    assert "/verknuepfen" in (await world.picks(privately(ANNA), ANNA, "✅"))[0]
    assert not await are_one(world, ANNA, MALLORY)


async def test_case_14_who_guesses_codes_to_link_is_locked_out(world: World) -> None:
    await world.opens_private(ANNA, MALLORY, TOM)
    code = code_in(await links(world, ANNA))
    for left in ("5", "4", "3", "2", "1", "24"):
        assert left in await links(world, MALLORY, "AAAA-2222")
    asked = world.card(privately(ANNA)).id
    assert await links(world, MALLORY, code), "it is said why"
    assert world.card(privately(ANNA)).id == asked, "not even with the right one is Anna asked"
    await links(world, TOM, code)
    assert world.card(privately(ANNA)).id != asked, "others may"
    await world.later(timedelta(hours=24, seconds=1))
    await links(world, MALLORY, code_in(await links(world, ANNA)))
    assert "@mallory:evil" in world.card(privately(ANNA)).text, "and so may Mallory the day after"


async def test_case_14_locked_out_goes_for_the_link_under_start_too(world: World) -> None:
    await world.opens_private(ANNA, EVE)
    await links(world, EVE)
    for _ in range(6):
        await world.commands(privately(EVE), EVE, "start link_AAAA2222")
    code = code_in(await links(world, GRACE))
    await world.commands(privately(EVE), EVE, f"start link_{code.replace('-', '')}")
    post = world.messenger(privately(EVE)).messages_in(privately(EVE))[-1].post
    assert post
    assert post.buttons == (), "nothing can be answered"


# Pairing


async def test_case_11_a_code_to_pair_is_good_once(world: World) -> None:
    await world.two_unpaired()
    await world.brings(GRACE, YORK)
    code = await world.pairing_code()
    await world.commands(LEEDS, PRIYA, f"pair {code} Leeds")
    assert await world.joined(LEEDS)
    refusal = only(await world.commands(YORK, PRIYA, f"pair {code} York"))
    assert "5" in refusal
    assert not await world.joined(YORK)


async def test_case_12_a_code_to_pair_serves_nobody_who_may_not_pair(world: World) -> None:
    await world.two_unpaired()
    code = await world.pairing_code()
    refusal = only(await world.commands(LEEDS, MALLORY, f"pair {code} Leeds"))
    assert "!pair" in refusal
    assert not await world.joined(LEEDS)
    await world.commands(LEEDS, PRIYA, f"pair {code} Leeds")
    assert await world.joined(LEEDS), "and it is still good for those who may"


async def test_case_13_a_code_to_pair_expires(world: World) -> None:
    await world.two_unpaired()
    code = await world.pairing_code()
    await world.later(timedelta(hours=24))
    refusal = only(await world.commands(LEEDS, PRIYA, f"pair {code} Leeds"))
    assert "5" in refusal
    assert not await world.joined(LEEDS)


async def test_case_13_a_newer_code_ends_the_older_one(world: World) -> None:
    await world.two_unpaired()
    old, new = await world.pairing_code(), await world.pairing_code()
    await world.commands(LEEDS, PRIYA, f"pair {old} Leeds")
    assert not await world.joined(LEEDS)
    await world.commands(LEEDS, PRIYA, f"pair {new} Leeds")
    assert await world.joined(LEEDS)


async def test_case_14_who_guesses_codes_to_pair_is_locked_out(world: World) -> None:
    await world.two_unpaired()
    code = await world.pairing_code()
    for left in ("5", "4", "3", "2", "1", "24"):
        answer = only(await world.commands(LEEDS, PRIYA, "pair AAAA-2222 Leeds"))
        assert left in answer
    answer = only(await world.commands(LEEDS, PRIYA, f"pair {code} Leeds"))
    assert not await world.joined(LEEDS), answer
    await world.later(timedelta(hours=24, seconds=1))
    await world.commands(LEEDS, PRIYA, f"pair {await world.pairing_code()} Leeds")
    assert await world.joined(LEEDS), "the day after they may again"


async def test_case_14_others_are_not_locked_out(world: World) -> None:
    await world.two_unpaired()
    code = await world.pairing_code()
    for _ in range(6):
        await world.commands(LEEDS, PRIYA, "pair AAAA-2222 Leeds")
    await world.commands(LEEDS, OWEN, f"pair {code} Leeds")
    assert await world.joined(LEEDS)
    assert await world.role(OWEN, "Bonn – Leeds") == "coordinator of Leeds"
    assert BONN in await world.paired()
