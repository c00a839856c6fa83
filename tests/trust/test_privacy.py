"""Whether a room is private depends on its members now (case 104)."""

from __future__ import annotations

from bot.model import ChatRef, Presence, Sender
from tests.trust.world import (
    ANNA,
    GRACE,
    INDY,
    KOELN,
    MALLORY,
    TOM,
    World,
    code_in,
    only,
    privately,
    stands,
)


async def types(world: World, room: ChatRef, who: Sender, words: str) -> list[str]:
    """Type a command in a room that others have joined by now."""
    before = len(world.at(room))
    world.matrix.says(room, who, f"!{words}", private=False)
    await world.quiet()
    return world.at(room)[before:]


async def fills(world: World, room: ChatRef) -> list[str]:
    """Add Mallory to a room, and return the bot's new posts there."""
    before = len(world.at(room))
    await world.happens(stands(MALLORY, room, Presence.ACCOMPANIED))
    return world.at(room)[before:]


async def test_case_104_a_room_that_has_filled_is_shown_no_code(world: World) -> None:
    room = privately(GRACE)
    await world.opens_private(GRACE)
    told = "\n".join(await types(world, room, GRACE, "link"))
    assert "Your code is" not in told
    assert "works only in a private chat with me" in told


async def test_case_104_what_is_for_one_person_goes_to_no_room_that_has_filled(world: World) -> None:
    room = privately(GRACE)
    await world.opens_private(GRACE)
    await fills(world, room)
    there = len(world.at(room))
    await world.brings(MALLORY, ChatRef(room.messenger, "!elsewhere:evil"))  # the coordinators are told in private
    assert len(world.at(room)) == there


async def test_case_104_a_code_of_a_room_that_has_filled_is_good_no_more(world: World) -> None:
    room = privately(GRACE)
    await world.opens_private(GRACE, TOM)
    code = code_in("\n".join(await world.commands(room, GRACE, "link")))
    await fills(world, room)
    assert "5" in "\n".join(await world.commands(privately(MALLORY), MALLORY, f"link {code}"))


async def test_case_104_a_question_in_a_room_that_has_filled_is_answered_by_nobody_else(world: World) -> None:
    await world.opens_private(ANNA, TOM)
    code = code_in("\n".join(await world.commands(privately(ANNA), ANNA, "link"))).replace("-", "")
    await world.commands(privately(TOM), TOM, f"start link_{code}")
    question = world.card(privately(TOM))
    await fills(world, privately(TOM))
    await world.picks(privately(TOM), MALLORY, "✅", question)
    assert "@mallory:evil" not in "\n".join(world.at(privately(ANNA)))


async def test_case_104_a_room_of_two_that_fills_can_be_paired(world: World) -> None:
    room = privately(GRACE)
    await world.opens_private(GRACE)
    code = code_in("\n".join(await world.commands(KOELN, ANNA, "pair Köln")))
    await types(world, room, GRACE, f"pair {code} Indianapolis")
    assert await world.joined(room)
    await world.speaks(INDY, TOM, "Hello")
    assert world.last(room) == "Tom Jackson · Indianapolis: Hello"


async def test_case_104_a_private_room_brings_the_bot_into_no_group_of_strangers(world: World) -> None:
    room = privately(MALLORY)
    await world.opens_private(MALLORY)
    told = only(await fills(world, room))
    assert "Goodbye" in told
    chat = await world.chat(room)
    assert chat
    assert chat.leaving


async def test_case_104_a_room_that_changes_its_partner_is_the_new_ones(world: World) -> None:
    room = privately(GRACE)
    await world.opens_private(GRACE)
    world.matrix.says(room, MALLORY, "!me", private=True)
    await world.quiet()
    there = len(world.at(room))
    await world.brings(MALLORY, ChatRef(room.messenger, "!elsewhere:evil"))
    assert len(world.at(room)) == there
