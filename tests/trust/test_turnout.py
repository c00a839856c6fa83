"""Who has not voted is told to coordinators in private, and never where it would show who voted how (case 122)."""

from __future__ import annotations

import pytest

from bot.model import Role
from tests.trust.world import ANNA, KOELN, MEHMET, World, only, privately

ANNAS = privately(ANNA)


async def opened(world: World, rules: str) -> None:
    """Publish a poll in which neither Anna nor Mehmet has voted."""
    await world.opens_private(ANNA)
    await world.appoint(MEHMET, Role.STAFF)
    await world.commands(KOELN, ANNA, f"umfrage Was zuerst? | - Radwege | - Bäume | - Parks | {rules}")
    await world.commands(KOELN, ANNA, "umfrage 1 veröffentlichen")


async def test_case_122_beside_the_live_count_of_a_secret_poll_nobody_is_named(world: World) -> None:
    await opened(world, "wahl: geheim | ergebnis: laufend")
    told = await world.commands(ANNAS, ANNA, "umfrage 1 beteiligung")
    told += await world.commands(KOELN, ANNA, "umfrage 1 erinnern")
    assert len(told) == 3, "the turnout, the reminder of the chat, and the answer"
    assert not any("Mehmet" in each for each in told)
    assert all(each.post is None or not each.post.mentions for each in world.telegram.messages_in(KOELN)[-2:])


@pytest.mark.parametrize("rules", ["", "wahl: geheim | ergebnis: danach"])
async def test_case_122_names_are_given_in_private_alone(world: World, rules: str) -> None:
    await opened(world, rules)
    assert "Mehmet Kaya" in only(await world.commands(ANNAS, ANNA, "umfrage 1 beteiligung"))
    assert "Mehmet" not in only(await world.commands(KOELN, ANNA, "umfrage 1 beteiligung"))


async def test_case_122_only_coordinators_ask_who_has_not_voted(world: World) -> None:
    await opened(world, "")
    private = privately(MEHMET)
    await world.opens_private(MEHMET)
    for chat in (KOELN, private):
        for words in ("umfrage 1 beteiligung", "umfrage 1 erinnern"):
            assert "Koordination" in only(await world.commands(chat, MEHMET, words))
