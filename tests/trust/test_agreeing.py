"""Whoever speaks for a city no longer cannot agree for it in private either (case 135)."""

from __future__ import annotations

from bot.agreement import Step
from bot.model import Role
from tests.fake_chats import FakeMessage
from tests.trust.world import ANNA, KOELN, MEHMET, World, privately


async def propose(world: World) -> FakeMessage:
    """Propose an action point as one of the staff, and return its card in Köln."""
    await world.appoint(MEHMET, Role.STAFF)
    await world.commands(KOELN, MEHMET, "aufgabe Bäume pflanzen bis 1.3.2030")
    return world.card(KOELN)


async def steps(world: World) -> list[tuple[Step, str]]:
    """Return the history of action point 1: each step, and for which city."""
    async with world.database.begin() as store:
        return [(each.step, each.city) for each in await store.agreements.history(1)]


async def test_case_135_whoever_has_lost_the_role_agrees_no_more_in_private(world: World) -> None:
    await propose(world)
    await world.opens_private(ANNA)
    chat = privately(ANNA)
    await world.commands(chat, ANNA, "aufgabe 1")
    card = world.card(chat)
    await world.appoint(ANNA, Role.GUEST)
    await world.picks(chat, ANNA, "✅", card)
    await world.picks(chat, ANNA, "✋", card)
    await world.commands(chat, ANNA, "aufgabe 1 einwand Nein")
    assert await steps(world) == [(Step.PROPOSED, "Köln")]
