"""Answers to invitations count only from those who are invited, as what they are now (cases 16, 64, 106, 118, 119)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.model import Role
from storage import Answer, Database, Invitation, Participation, Store
from tests.trust.test_races import opened
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MEHMET, TOM, World, only, privately

TYPED = "runde Städte vereint | wann: in 9 Tagen 11 Uhr"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def invited(world: World) -> None:
    """Schedule a roundtable to which Mehmet is invited as mayor of Köln, and Tom as staff of Indianapolis."""
    await world.opens_private(MEHMET)
    await world.appoint(MEHMET, Role.MAYOR)
    await world.appoint(TOM, Role.STAFF, "Indianapolis")
    await world.commands(KOELN, ANNA, TYPED)


async def answers(world: World) -> dict[str, str]:
    """Return what each invited person has answered, by name: `speaker yes`."""
    async with world.database.begin() as store:
        return {
            (await store.people.get(each.person_id)).name: f"{each.part} {each.answer}"
            for each in await store.invitations.of(1)
        }


async def test_case_118_only_the_invited_answer(world: World) -> None:
    await invited(world)
    before = await answers(world)
    (card,) = [each for each in world.telegram.messages_in(KOELN) if each.text.startswith("🗓️")]
    refused = [
        *await world.commands(KOELN, EVE, "teilnahme 1 ja"),
        *await world.picks(KOELN, EVE, "👍", card),
        *await world.commands(privately(EVE), EVE, "teilnahme 1 ja"),
    ]
    world.telegram.reacts(KOELN, EVE, card.id, "👌")
    await world.quiet()
    assert ["eingeladen ist" in each for each in (*refused, world.last(KOELN))] == [True] * 4
    assert await answers(world) == before


async def test_case_118_a_question_to_one_person_is_answered_by_nobody_else(world: World) -> None:
    await invited(world)
    await world.appoint(GRACE, Role.MAYOR, "Indianapolis")
    await world.quiet()
    mention = world.card(INDY)
    assert mention.post
    assert mention.post.mentions == (GRACE.account,)
    assert only(await world.picks(INDY, TOM, "👍", mention)) == "This question is for somebody else."
    assert (await answers(world))["Tom Jackson"] == "listener open"


async def test_case_118_who_listens_does_not_speak(world: World) -> None:
    await invited(world)
    assert "listener" in only(await world.commands(INDY, TOM, "attend 1 speak"))
    assert (await answers(world))["Tom Jackson"] == "listener open"


async def test_case_119_a_deputy_comes_from_the_same_city(world: World) -> None:
    await invited(world)
    refused = only(await world.commands(KOELN, MEHMET, "teilnahme 1 vertretung @tom:test"))
    assert "Indianapolis" in refused
    assert (await answers(world))["Tom Jackson"] == "listener open"
    assert (await answers(world))["Mehmet Kaya"] == "speaker open"


async def test_case_119_who_leaves_the_city_stands_in_for_its_mayor_no_more(world: World) -> None:
    await invited(world)
    await world.speaks(KOELN, EVE, "Guten Tag")
    await world.commands(KOELN, MEHMET, "teilnahme 1 vertretung @eve")
    assert (await answers(world))["Eve"] == "speaker open"
    await world.appoint(EVE, Role.STAFF, "Indianapolis")
    await world.quiet()
    assert (await answers(world))["Eve"] == "listener open"


async def test_case_119_only_a_mayor_names_a_deputy(world: World) -> None:
    await invited(world)
    await world.speaks(INDY, GRACE, "Hello")
    assert "Only mayors" in only(await world.commands(INDY, TOM, "attend 1 deputy @grace:test"))
    assert (await answers(world))["Grace Miller"] == "listener open"


async def test_case_16_a_mayor_who_was_demoted_speaks_no_more(world: World) -> None:
    await invited(world)
    own = world.card(privately(MEHMET))
    await world.appoint(MEHMET, Role.STAFF)  # what follows the roles has not run yet
    (refused,) = await world.picks(privately(MEHMET), MEHMET, "✋", own)
    assert "zum Zuhören" in refused
    assert (await answers(world))["Mehmet Kaya"] == "listener open"
    await world.appoint(MEHMET, Role.GUEST)
    (refused,) = await world.picks(privately(MEHMET), MEHMET, "👍", own)
    assert "eingeladen ist" in refused
    assert "Mehmet Kaya" not in await answers(world)


async def test_case_64_a_button_of_an_earlier_date_answers_nothing(world: World) -> None:
    await invited(world)
    own = world.card(privately(MEHMET))
    await world.commands(KOELN, ANNA, "runde 1 verlegen in 10 Tagen 11 Uhr")
    (refused,) = await world.picks(privately(MEHMET), MEHMET, "👍", own)
    assert "verlegt" in refused
    assert (await answers(world))["Mehmet Kaya"] == "speaker open"


# Two answers at the same moment


async def roundtable_of(database: Database) -> list[int]:
    """Store a roundtable with two people invited; return their ids."""
    async with database.begin() as store:
        city = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
        dialogue = await store.dialogues.add("Köln", (city,))
        people = [
            (await store.people.get_or_create(each.account, each.name, "", NOW)).id
            for each in (ANNA, EVE)
            if each.account
        ]
        roundtable = await store.roundtables.add(
            dialogue.id,
            NOW,
            title="Städte vereint",
            description="",
            place="",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            zone="UTC",
            remind=(),
            created_by=None,
            chair_id=None,
        )
        for id in people:
            part = Participation.LISTENER
            await store.invitations.save(
                Invitation(roundtable_id=roundtable.id, person_id=id, city_id=city.id, part=part)
            )
    return people


async def says_yes(store: Store, person_id: int) -> int:
    """Record a yes; return how many the card would show."""
    roundtable = await store.roundtables.get(1)
    mine = await store.invitations.get(roundtable.id, person_id)
    assert mine
    await store.invitations.save(replace(mine, answer=Answer.YES))
    return sum(each.answer is Answer.YES for each in await store.invitations.of(roundtable.id))


async def waits_or_is_done(database: Database, task: asyncio.Future[int]) -> None:
    """Wait until a transaction waits for another one, or the task is done, at most 10 seconds."""
    waits = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(10):
        while not task.done():
            async with database.engine.begin() as connection:
                if (await connection.execute(waits)).scalar_one():
                    return
            await asyncio.sleep(0.01)


async def test_case_106_of_two_answers_at_the_same_moment_both_are_shown(on_postgres: str) -> None:
    async with opened(on_postgres) as database:
        first, second = await roundtable_of(database)
        async with database.begin() as later:
            async with database.begin() as earlier:
                assert await says_yes(earlier, first) == 1
                waiting = asyncio.ensure_future(says_yes(later, second))
                await waits_or_is_done(database, waiting)
            assert await waiting == 2
