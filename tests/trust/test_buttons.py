"""A button does what the bot has put there, for whoever may, and once (cases 63 and 64)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.model import Role
from bot.signer import Signer
from storage import tables
from tests.fake_chats import FakeMessage
from tests.trust.world import ANNA, BEN, BONN, INDY, KOELN, LEEDS, MEHMET, PRIYA, TOM, World, code_in, only, privately


async def card(world: World) -> FakeMessage:
    """Ask Anna whether Köln's group leaves the dialogue."""
    await world.commands(KOELN, ANNA, "unpair")
    return world.card(KOELN)


def action_of(it: FakeMessage, emoji: str = "✅") -> str:
    assert it.post
    return next(each.action for each in it.post.buttons if each.emoji == emoji)


async def does_nothing(world: World, id: str, action: str) -> None:
    told = only(await world.presses(KOELN, ANNA, id, action))
    assert told, "who pressed hears that it does nothing"
    assert KOELN in await world.paired()


async def tampered(world: World, card: FakeMessage, buttons: dict[str, str]) -> None:
    """Write other buttons into the database, as an attacker."""
    async with world.database.begin() as store:
        chat = await store.chats.by_ref(KOELN)
        said = chat and await store.messages.find(chat, card.id)
        assert said
        rows = sa.update(tables.messages).where(tables.messages.c.id == said.id).values(buttons=buttons)
        await store._connection.execute(rows)


async def test_case_63_forged_data_does_nothing(world: World) -> None:
    it = await card(world)
    for forged in ("unpair:yes", "unpair:yes~", f"unpair:yes~{'A' * 11}", action_of(it)[:-1], "", "~", "x" * 64):
        await does_nothing(world, it.id, forged)


async def test_case_63_a_button_that_the_message_has_no_more_does_nothing(world: World) -> None:
    it = await card(world)
    await tampered(world, it, {"❌": action_of(it, "❌")})
    await does_nothing(world, it.id, action_of(it))


async def test_case_63_the_button_of_another_message_does_nothing(world: World) -> None:
    it = await card(world)
    await world.speaks(KOELN, ANNA, "/sprache")
    other = world.card(KOELN)
    await does_nothing(world, other.id, action_of(it))
    await tampered(world, other, {"✅": action_of(it)})
    await does_nothing(world, other.id, action_of(it))


@pytest.mark.parametrize("key", [b"another installation's key", None])
async def test_case_63_what_was_written_into_the_database_does_nothing(world: World, key: bytes | None) -> None:
    it = await card(world)
    plain = action_of(it).partition("~")[0]
    forged = Signer(key).sign(1, plain) if key else plain
    await tampered(world, it, {"✅": forged})
    await does_nothing(world, it.id, forged)


async def test_case_64_a_button_that_is_pressed_again_does_nothing_more(world: World) -> None:
    await world.opens_private(MEHMET, TOM)
    code = code_in("\n".join(await world.commands(privately(MEHMET), MEHMET, "link")))
    await world.commands(privately(TOM), TOM, f"link {code}")
    yes = world.card(privately(MEHMET))
    await world.picks(privately(MEHMET), MEHMET, "✅", yes)
    assert await world.person(TOM) == await world.person(MEHMET)
    before = len(world.at(privately(TOM)))
    told = only(await world.picks(privately(MEHMET), MEHMET, "✅", yes))
    assert "/verknuepfen" in told
    assert len(world.at(privately(TOM))) == before
    async with world.database.begin() as store:
        assert len(await store.audit.all("link")) == 1


async def test_case_64_a_press_that_the_messenger_tells_twice_counts_once(world: World) -> None:
    await card(world)
    await world.picks(KOELN, ANNA, "✅")
    press = world.telegram._log[-1]
    assert not await world.joined(KOELN)
    said = len(world.at(INDY))
    async with world.database.begin() as store:
        dialogue = only(await store.dialogues.all())
        await store.chats.pair(KOELN, dialogue, dialogue.cities[0])
    await world.happens(press)
    assert await world.joined(KOELN), "the same event again is no new one"
    assert len(world.at(INDY)) == said


async def test_case_64_a_question_is_answered_once(world: World) -> None:
    await world.two_unpaired()
    world.matrix.encrypted.add(LEEDS)
    await world.commands(LEEDS, PRIYA, "pair Leeds")
    question = world.card(LEEDS)
    code = code_in(only(await world.picks(LEEDS, PRIYA, "✅", question)))
    assert "!pair" in only(await world.picks(LEEDS, PRIYA, "✅", question))
    await world.commands(BONN, BEN, f"pair {code} Bonn")
    assert await world.joined(LEEDS), "the first code is still good"


async def test_case_64_a_question_about_an_earlier_dialogue_is_too_old(world: World) -> None:
    it = await card(world)
    async with world.database.begin() as store:
        dialogue = only(await store.dialogues.all())
        other = await store.dialogues.add("Köln – Leeds", dialogue.cities)
        await store.chats.pair(KOELN, other, dialogue.cities[0])
        person = await store.people.by_account(ANNA.account) if ANNA.account else None
        assert person
        await store.roles.set(other, person, dialogue.cities[0], Role.COORDINATOR, world.now())
    assert "zu alt" in only(await world.picks(KOELN, ANNA, "✅", it))
    assert await world.joined(KOELN)
