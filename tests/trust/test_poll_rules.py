"""Polls are made by the coordinators of their dialogue alone (case 15), and their rules stay (case 67)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.model import Account, ChatRef, MessengerName, Role
from bot.text.catalogue import UserError
from bot.voting import Method
from handlers.polls import _changes
from storage import Database, NewTopic, Poll, PollState, Store
from tests.trust.test_races import in_a_row, opened
from tests.trust.world import ANNA, BEN, BONN, EVE, INDY, KOELN, MEHMET, TOM, World, only, privately

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROOM = ChatRef(MessengerName.MATRIX, "!room:test")
TYPED = "umfrage Was zuerst? | - Radwege | - Bäume"


async def the_poll(world: World) -> Poll | None:
    async with world.database.begin() as store:
        return await store.polls.numbered(1, 1)


async def test_case_15_only_coordinators_make_and_change_a_poll(world: World) -> None:
    await world.appoint(MEHMET, Role.MAYOR)
    await world.appoint(TOM, Role.STAFF, "Indianapolis")
    for who in (EVE, MEHMET):
        assert "Anna Weber" in only(await world.commands(KOELN, who, TYPED)), "who is refused hears whom to ask"
    assert await the_poll(world) is None
    await world.commands(KOELN, ANNA, TYPED)
    made, preview = await the_poll(world), world.card(KOELN)
    for words in ("umfrage 1 veröffentlichen", "umfrage 1 verfahren: rang", "umfrage 1 annehmen 1"):
        assert "Anna Weber" in only(await world.commands(KOELN, MEHMET, words))
    for emoji in ("✅", "🔢", "🗑️"):
        assert "Koordination" in only(await world.picks(KOELN, MEHMET, emoji, preview))
    assert "coordinators" in only(await world.commands(INDY, TOM, "poll 1 publish"))
    await world.commands(KOELN, MEHMET, "umfrage 1 vorschlag Parks")
    assert "Koordination" in only(await world.picks(KOELN, MEHMET, "✅"))
    assert await the_poll(world) == made
    async with world.database.begin() as store:
        assert [each.text for each in await store.polls.proposals(1)] == ["Parks"]


async def test_case_15_a_poll_of_another_dialogue_is_out_of_reach(world: World) -> None:
    await world.second_dialogue()
    await world.commands(KOELN, ANNA, TYPED)
    made = await the_poll(world)
    for chat in (BONN, privately(BEN)):
        for words in ("umfrage 1", "umfrage 1 veröffentlichen", "umfrage 1 vorschlag Parks"):
            assert "noch keine Umfrage" in only(await world.commands(chat, BEN, words))
    assert "Anna Weber" in only(await world.commands(KOELN, BEN, "umfrage 1 verwerfen"))
    assert await the_poll(world) == made


async def test_case_67_the_rules_stay_from_the_first_ballot_on(world: World) -> None:
    await world.commands(KOELN, ANNA, TYPED)
    await world.commands(KOELN, ANNA, "umfrage 1 veröffentlichen")
    poll, person = await the_poll(world), await world.person(ANNA)
    assert poll
    assert person
    async with world.database.begin() as store:
        await store.ballots.cast(poll, person.id, 1, "1=5", messenger=KOELN.messenger, at=NOW)
    for words in ("themen | - Parks | - Schulen", "frage Wozu?", "verfahren: rang", "quorum: 1 wahl: geheim"):
        assert "nicht mehr ändern" in only(await world.commands(KOELN, ANNA, f"umfrage 1 {words}"))
    assert await the_poll(world) == poll
    async with world.database.begin() as store:
        assert [each.text for each in await store.polls.topics(poll.id)] == ["Radwege", "Bäume"]


async def published(database: Database) -> None:
    """Publish a poll of two cities."""
    async with database.begin() as store:
        leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
        york = await store.cities.add("York", "en_GB", "Europe/London")
        dialogue = await store.dialogues.add("Leeds – York", (leeds, york))
        await store.people.get_or_create(Account(MessengerName.MATRIX, "@owen:test"), "Owen Reed", "", NOW)
        poll = await store.polls.add(dialogue.id, NOW, question="What first?")
        await store.polls.set_topics(poll.id, [NewTopic("Parks"), NewTopic("Schools")])
        await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW)


async def vote(store: Store) -> Method:
    poll = await store.polls.numbered(1, 1)
    assert poll
    await store.ballots.cast(poll, 1, 1, "1=5", messenger=MessengerName.MATRIX, at=NOW)
    return poll.method


async def change(store: Store) -> None:
    poll = await store.polls.numbered(1, 1)
    assert poll
    await _changes.check_changeable(store, poll)
    await store.polls.change(poll, method=Method.RANK)


@pytest.mark.parametrize(
    ("first", "second", "outcome"), [(vote, change, "refused"), (change, vote, Method.RANK)], ids=["vote", "change"]
)
async def test_case_67_the_first_ballot_and_a_change_at_the_same_moment(
    on_postgres: str,
    first: Callable[[Store], Awaitable[object]],
    second: Callable[[Store], Awaitable[object]],
    outcome: object,
) -> None:
    async def tried(store: Store) -> object:
        try:
            return await second(store)
        except UserError:
            return "refused"

    async with opened(on_postgres) as database:
        await published(database)
        assert await in_a_row(database, first, tried) == outcome
