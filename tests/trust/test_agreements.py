"""Who can bring about that something counts as agreed (cases 123 to 128)."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
import sqlalchemy as sa

from bot.agreement import AgreementState, Step
from bot.model import ChatRef, Role, Sender
from storage import StorageError, Store
from tests.fake_chats import FakeMessage
from tests.length import FULL
from tests.storage.agreements import confirm, paired_in, proposed
from tests.storage.polls import person_in
from tests.stories import agreement_model
from tests.trust.test_races import in_a_row, opened
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MEHMET, TOM, World, privately


async def steps(world: World, number: int = 1) -> list[Step]:
    """Return what has happened to an action point."""
    async with world.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        point = await store.actions.numbered(dialogue.id, number)
        assert point
        return [each.step for each in await store.agreements.history(point.id)]


async def card_of(world: World, chat: ChatRef = KOELN) -> FakeMessage:
    """Propose something as Anna, and return its card in a chat."""
    await world.commands(KOELN, ANNA, "aufgabe Bäume pflanzen")
    return world.card(chat)


@pytest.mark.parametrize("as_what", ["staff", "guest", "muted"])
async def test_case_123_only_who_speaks_for_a_city_confirms_or_objects(world: World, as_what: str) -> None:
    card = await card_of(world)
    await world.speaks(KOELN, MEHMET, "hallo")
    await world.opens_private(MEHMET)
    if as_what == "muted":
        await world.commands(KOELN, ANNA, "stumm @mehmet")
    if as_what != "guest":
        await world.appoint(MEHMET, Role.STAFF if as_what == "staff" else Role.MAYOR)
    for chat in (KOELN, privately(MEHMET)):
        for command in ("aufgabe 1 zustimmen", "aufgabe 1 einwand Nein"):
            await world.commands(chat, MEHMET, command)
    for emoji in "✅✋":
        await world.picks(KOELN, MEHMET, emoji, card)
    assert await steps(world) == [Step.PROPOSED]


async def test_case_124_an_earlier_text_is_not_confirmed_any_more(world: World) -> None:
    """Neither by its card, nor in answer to a question about it, nor typed before the new card is there."""
    card = await card_of(world)
    await world.picks(KOELN, ANNA, "✋", card)
    question = world.card(KOELN)
    assert card.post
    old = card.post.buttons
    await world.commands(INDY, GRACE, "action 1 edit Buy trees")
    await world.presses(KOELN, ANNA, card.id, old[0].action)
    await world.speaks(KOELN, ANNA, "Zu teuer", reply_to=question.id)
    assert await steps(world) == [Step.PROPOSED, Step.EDITED]
    world.matrix.hold()
    world.telegram.says(KOELN, ANNA, "/aufgabe 1 aendern Bäume kaufen")
    await world.telegram.taken_in()
    world.matrix.says(INDY, GRACE, "!action 1 agree")
    await world.matrix.taken_in()
    world.matrix.release()
    await world.quiet()
    assert await steps(world) == [Step.PROPOSED, Step.EDITED, Step.EDITED]
    await world.commands(INDY, GRACE, "action 1 agree")
    assert (await steps(world))[-1] is Step.CONFIRMED, "now she has read it"


@pytest.mark.parametrize("linked", [False, True], ids=["another role", "another account"])
async def test_case_125_one_person_confirms_for_one_city_only(world: World, linked: bool) -> None:
    await card_of(world)
    await world.commands(KOELN, ANNA, "aufgabe 1 zustimmen")
    second: Sender = TOM if linked else ANNA
    if linked:
        await world.speaks(INDY, TOM, "hello")
        one, two = await world.person(ANNA), await world.person(TOM)
        assert one
        assert two
        async with world.database.begin() as store:
            await store.links.join(one, two)
    await world.appoint(second, Role.COORDINATOR, "Indianapolis")
    await world.commands(INDY if linked else KOELN, second, "action 1 agree")
    assert await steps(world) == [Step.PROPOSED, Step.CONFIRMED]


@pytest.mark.parametrize("examples", [400 if FULL else 3])
async def test_case_126_no_sequence_makes_anything_agreed_that_was_not_confirmed_by_all(examples: int) -> None:
    """People of every role type commands and press present and earlier buttons, on both messengers."""
    await asyncio.to_thread(agreement_model.play, examples)


async def test_case_127_a_history_that_somebody_has_changed_says_so(world: World) -> None:
    """Whether it is forged, cut off or emptied."""
    changes = (
        "UPDATE agreement_entries SET city = 'Indianapolis' WHERE position = 2",
        "DELETE FROM agreement_entries WHERE position = 2",
        "UPDATE agreement_entries SET content = '{}' WHERE position = 1",
    )
    for number, change in enumerate(changes, 1):
        await card_of(world)
        await world.commands(KOELN, ANNA, f"aufgabe {number} zustimmen")
        assert "vollständig und unverändert" in "".join(await world.commands(KOELN, ANNA, f"aufgabe {number}"))
        async with world.database.engine.begin() as connection:
            await connection.execute(sa.text(f"{change} AND agreement_id = {number}"))
        shown = "".join(await world.commands(KOELN, EVE, f"aufgabe {number}"))
        assert "verändert oder ist beschädigt" in shown, change
        assert "vollständig und unverändert" not in shown


async def test_case_128_two_cities_confirm_at_the_same_moment(on_postgres: str) -> None:
    """It is agreed, once; without the lock, neither would see the other."""

    async def by(store: Store, number: int, city: str) -> None:
        point = await store.actions.numbered(1, 1)
        assert point
        await confirm(store, point.agreement, await person_in(store, str(number)), city)

    async with opened(on_postgres) as database:
        async with database.begin() as store:
            people = [await person_in(store, each) for each in "12"]
            point = await proposed(store, await paired_in(store), people[0])
        with suppress(StorageError):
            await in_a_row(database, lambda store: by(store, 1, "Köln"), lambda store: by(store, 2, "Leeds"))
        async with database.begin() as store:
            assert (await store.agreements.get(point.id)).state is AgreementState.AGREED
            history = await store.agreements.history(point.id)
    assert [each.step for each in history].count(Step.AGREED) == 1
