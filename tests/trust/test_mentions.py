"""The target of a command is an account, never a display name that anybody may take (case 101)."""

from __future__ import annotations

import pytest

from bot.model import MessengerName, Sender
from tests.stories.conftest import someone
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MALLORY, MEHMET, World, called, only

IMPOSTORS = [
    (called(EVE, "grace_h", "eve"), "role @grace_h mayor"),
    (called(EVE, "Grace_H", "eve"), "role mayor @grace_h"),
    (called(EVE, "grace_h Miller", "eve"), "role @grace_h mayor"),
    (called(EVE, "Henriette Reker", "eve"), "role @Henriette Reker mayor"),
]


@pytest.mark.parametrize(("who", "words"), IMPOSTORS)
async def test_case_101_a_display_name_is_no_user_name(world: World, who: Sender, words: str) -> None:
    await world.speaks(KOELN, who, "Guten Tag")
    answer = only(await world.commands(KOELN, ANNA, words))
    assert await world.role(who) == "guest of Köln"
    assert "@eve, Telegram 66" in answer, "the account is shown"
    await world.commands(KOELN, ANNA, "role @eve mayor")
    assert await world.role(who) == "mayor of Köln", "its user name names it"


async def test_case_101_a_user_name_goes_before_every_display_name(world: World) -> None:
    await world.speaks(KOELN, called(EVE, "mehmet", "eve"), "Guten Tag")
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    await world.commands(KOELN, ANNA, "role @mehmet staff")
    assert await world.role(MEHMET) == "staff of Köln"
    assert await world.role(EVE) == "guest of Köln"


ON_MATRIX = ["role @Henriette Reker mayor", "role @mallory mayor", "role @grace_h mayor"]


@pytest.mark.parametrize("words", ON_MATRIX)
async def test_case_101_on_matrix_a_name_is_asked_back_with_the_account(world: World, words: str) -> None:
    name = words.removeprefix("role @").removesuffix(" mayor")
    await world.speaks(INDY, called(MALLORY, name), "Hello")
    answer = only(await world.commands(INDY, GRACE, words))
    assert "@mallory:evil" in answer
    assert await world.role(MALLORY) == "guest of Indianapolis"
    await world.commands(INDY, GRACE, "role @mallory:evil staff")
    assert await world.role(MALLORY) == "staff of Indianapolis"


async def test_case_101_a_number_is_a_number(world: World) -> None:
    other = someone(MessengerName.TELEGRAM, "4242", "66", "de")
    await world.speaks(KOELN, other, "Guten Tag")
    await world.speaks(KOELN, EVE, "Guten Tag")
    await world.commands(KOELN, ANNA, "role @66 staff")
    assert await world.role(EVE) == "staff of Köln"
    assert await world.role(other) == "guest of Köln"


async def test_case_101_who_links_accounts_of_their_own_is_not_appointed_by_a_name(world: World) -> None:
    await world.speaks(INDY, MALLORY, "Hello")
    await world.speaks(KOELN, EVE, "Hallo")
    one, other = await world.person(MALLORY), await world.person(EVE)
    assert one
    assert other
    async with world.database.begin() as store:
        await store.links.join(one, other)
    await world.speaks(INDY, called(MALLORY, "grace_h"), "Hello")
    assert "@mallory:evil" in only(await world.commands(INDY, GRACE, "role @grace_h mayor"))
    assert await world.role(MALLORY) == "guest of Indianapolis"
    await world.commands(INDY, GRACE, "role @mallory:evil staff")
    await world.commands(INDY, GRACE, "role @grace_h guest")
    assert await world.role(MALLORY) == "guest of Indianapolis", "whom the coordinators know may be named so"
