"""Roundtables are scheduled and changed by the coordinators of their dialogue alone (case 15)."""

from __future__ import annotations

from bot.model import Role
from tests.trust.world import ANNA, BEN, BONN, EVE, INDY, KOELN, MEHMET, TOM, World, only, privately

TYPED = "runde Städte vereint | wann: in 3 Tagen 11 Uhr | - Begrüßung"


async def scheduled(world: World) -> str:
    """Schedule a roundtable in Köln, and return its card in Indianapolis."""
    await world.commands(KOELN, ANNA, TYPED)
    return world.card(INDY).text


async def test_case_15_only_coordinators_schedule_and_change_a_roundtable(world: World) -> None:
    await world.appoint(MEHMET, Role.MAYOR)
    await world.appoint(TOM, Role.STAFF, "Indianapolis")
    card = await scheduled(world)
    before = len(world.at(INDY))
    for who in (EVE, MEHMET):
        for words in (TYPED, "runde 1 tagesordnung keine"):
            refusal = only(await world.commands(KOELN, who, words))
            assert "Anna Weber" in refusal, "who is refused hears whom to ask"
    assert len(world.at(INDY)) == before
    assert "coordinators" in only(await world.commands(INDY, TOM, "roundtable 1 agenda none"))
    assert world.card(INDY).text == card


async def test_case_15_a_roundtable_of_another_dialogue_is_out_of_reach(world: World) -> None:
    await world.second_dialogue()
    card = await scheduled(world)
    for chat in (BONN, privately(BEN)):
        for words in ("runde 1", "runde 1 tagesordnung keine"):
            assert "noch keine Runde" in only(await world.commands(chat, BEN, words))
    refusal = only(await world.commands(KOELN, BEN, "runde 1 tagesordnung keine"))
    assert "Anna Weber" in refusal
    assert world.card(INDY).text == card


async def test_case_15_the_date_is_corrected_by_no_one_elses_answer(world: World) -> None:
    await world.appoint(MEHMET, Role.MAYOR)
    card = await scheduled(world)
    receipt = world.card(KOELN)
    assert "Koordination" in only(await world.picks(KOELN, MEHMET, "📅", receipt))
    for who in (MEHMET, EVE, BEN):
        await world.speaks(KOELN, who, "in 4 Tagen 11 Uhr", reply_to=receipt.id)
    assert world.card(INDY).text == card
    await world.speaks(KOELN, ANNA, "in 4 Tagen 11 Uhr", reply_to=receipt.id)
    assert world.card(INDY).text != card


async def test_case_15_only_coordinators_run_a_roundtable(world: World) -> None:
    await world.appoint(MEHMET, Role.MAYOR)
    await world.appoint(TOM, Role.STAFF, "Indianapolis")
    await scheduled(world)
    for words in ("runde 1 beginnen", "runde 1 weiter", "runde 1 beenden"):
        assert "Anna Weber" in only(await world.commands(KOELN, MEHMET, words))
    await world.commands(KOELN, ANNA, "runde 1 beginnen")
    card = world.card(KOELN)
    (end,) = [each.action for each in card.post.buttons if each.emoji == "🏁"] if card.post else []
    for who in (MEHMET, EVE):
        assert "Koordination" in only(await world.presses(KOELN, who, card.id, end))
    await world.reacts(INDY, TOM, world.card(INDY).id, "🏁")
    assert world.card(KOELN).text == card.text


async def test_case_15_the_buttons_of_a_meeting_are_for_the_chair_and_for_once(world: World) -> None:
    """Nobody goes on over the chair's head by a tap, and an older card's button does nothing."""
    await world.appoint(MEHMET, Role.COORDINATOR)
    await world.commands(KOELN, ANNA, TYPED + " | - Aussprache | - Ausblick")
    await world.commands(KOELN, ANNA, "runde 1 beginnen")
    card = world.card(KOELN)
    (go_on,) = [each.action for each in card.post.buttons if each.emoji == "⏭️"] if card.post else []
    assert "Anna Weber leitet die Runde" in only(await world.presses(KOELN, MEHMET, card.id, go_on))
    assert await items_begun(world) == 1
    await world.presses(KOELN, ANNA, card.id, go_on)
    assert "keine Wirkung" in only(await world.presses(KOELN, ANNA, card.id, go_on))
    assert await items_begun(world) == 2


async def items_begun(world: World) -> int:
    async with world.database.begin() as store:
        return sum(each.started_at is not None for each in await store.agenda.of(1))
