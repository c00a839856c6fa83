"""Reactions, pins and links to messages carry nothing across that their authors could not say (cases 170 to 174)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.model import Attachment, LiveLocation, Location, MessageRef, MessengerName
from bot.text.names import is_attribution
from tests.stories.conftest import someone
from tests.trust.test_places import change_dialogue
from tests.trust.world import ANNA, GRACE, INDY, KOELN, MALLORY, MEHMET, TOM, World

PAUSE = timedelta(seconds=3)


async def guten_tag(world: World) -> str:
    """Send a message in Köln, and return the id of its copy in Indianapolis."""
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    return world.matrix.messages_in(INDY)[-1].id


async def test_case_170_a_reaction_cannot_pass_for_somebodys_words(world: World) -> None:
    copy = await guten_tag(world)
    await world.reacts(INDY, MALLORY, copy, "Anna Weber · Köln: agreed")
    await world.reacts(INDY, MALLORY, copy, "evil.example/x")
    await world.later(PAUSE)
    said = world.last(KOELN)
    assert "Mallory" in said
    assert not is_attribution(said)
    assert "evil.example" not in said


async def test_case_170_a_name_cannot_pass_for_several_people_in_other_cities(world: World) -> None:
    copy = await guten_tag(world)
    twofold = someone(MessengerName.MATRIX, "@eve:evil", "Ann Smith (Leeds, mayor), ❤️ Ruth （York） · Tom")
    await world.reacts(INDY, twofold, copy, "👍")
    await world.later(PAUSE)
    assert re.findall(r"[(（][^)）]*", world.last(KOELN)) == ["(Indianapolis"]


async def test_case_171_reactions_in_a_chat_that_has_left_stay_there(world: World) -> None:
    await guten_tag(world)
    await change_dialogue(world, KOELN)
    world.telegram.reacts(KOELN, MEHMET, world.original(KOELN, "Guten Tag"), "👍")
    await world.later(PAUSE)
    assert world.at(INDY) == ["Mehmet Kaya · Köln: Guten Tag"]


async def test_case_171_nothing_of_the_muted_is_shown(world: World) -> None:
    copy = await guten_tag(world)
    await world.speaks(INDY, MALLORY, "Hi")
    await world.commands(INDY, GRACE, "mute @mallory:evil")
    await world.reacts(INDY, MALLORY, copy, "👍")
    world.matrix.pins(INDY, MALLORY, copy)
    await world.later(PAUSE)
    assert not any("👍" in each for each in world.at(KOELN))
    assert not any(each.pinned or each.reaction for each in world.telegram.messages_in(KOELN))


async def test_case_171_a_former_partners_message_is_not_pinned(world: World) -> None:
    await guten_tag(world)
    await change_dialogue(world, KOELN, INDY)
    world.telegram.pins(KOELN, MEHMET, world.original(KOELN, "Guten Tag"))
    await world.quiet()
    assert not any(each.pinned for each in world.matrix.messages_in(INDY))


async def test_case_172_a_storm_of_reactions_leaves_few(world: World) -> None:
    copy = await guten_tag(world)
    for number in range(60):
        world.matrix.reacts(INDY, MALLORY, copy, chr(0x1F600 + number))
    await world.quiet()
    await world.later(PAUSE)
    async with world.database.begin() as store:
        chat = await store.chats.by_ref(INDY)
        assert chat
        stored = await store.messages.find(chat, copy)
        assert stored
        assert len(await store.reactions.of(stored.id)) == 10
    assert len(world.at(KOELN)) == 1


async def test_case_173_a_link_to_a_former_partners_message_is_left_alone(world: World) -> None:
    copy = await guten_tag(world)
    await change_dialogue(world, KOELN, INDY)
    link = world.matrix.link_to(MessageRef(INDY, copy))
    await world.speaks(INDY, TOM, f"See {link}")
    assert world.last(KOELN).endswith(f"See {link}")


@pytest.mark.parametrize("command", ["mute @mehmet", "unpair"])
async def test_case_174_where_somebody_goes_is_not_followed_any_more(world: World, command: str) -> None:
    at = [Attachment("location", thing=LiveLocation(Location(50.94, 6.96 + number))) for number in range(3)]
    id = world.telegram.says(KOELN, MEHMET, "", attachment=at[0])
    await world.quiet()
    for each in at[1:]:  # the second one waits until the minute is over
        world.telegram.edits(KOELN, MEHMET, id, "", attachment=each)
        await world.quiet()
    await world.commands(KOELN, ANNA, command)
    if command == "unpair":
        await world.picks(KOELN, ANNA, "✅")
    await world.later(timedelta(minutes=2))
    assert "7.96" in world.at(INDY)[0]
