"""Polls and their ballots are kept for their time, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.jobs.purge import Retention
from bot.model import ChatRef, Role
from storage import Database, NewTopic, PollState, Store
from storage import tables as t
from storage.retention import ACCOUNTED, KEPT, SECRET
from tests.storage.polls import DAY, NOW, TELEGRAM, cast, dialogue_in, drafted, opened, person_in, voter_of


async def test_who_is_forgotten_has_not_voted_in_open_polls_and_is_nobody_in_closed_ones(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        still_open, closed = await opened(store, dialogue), await opened(store, dialogue)
        anna = await person_in(store, "1")
        for poll in (still_open, closed):
            await cast(store, poll, anna.id, dialogue.cities[0].id, "1=5")
        await store.polls.close(closed, NOW + DAY, {}, in_force=True)
        assert await store.people.forget(anna)
        assert await store.ballots.all(still_open) == []
        (kept,) = await store.ballots.all(closed)
        assert (kept.person_id, kept.name, kept.ballot) == (None, "", "1=5")


async def test_polls_are_kept_for_a_year_and_secret_ballots_for_two_weeks(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        card = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        public, secret = [await opened(store, dialogue, secret=secret) for secret in (False, True)]
        for poll in (public, secret):
            await cast(store, poll, await voter_of(store, poll, "1"), dialogue.cities[0].id, "1=5")
            await store.polls.close(poll, NOW, {"kept": 1}, in_force=poll == secret)
        await store.polls.change(public, card_id=card)

    async def left(after: timedelta) -> list[tuple[int, int]]:
        await Retention().delete_expired(database, NOW + after)
        async with database.begin() as store:
            polls = await store.polls.of_dialogue(dialogue.id)
            return [(each.number, len(await store.ballots.all(each))) for each in polls]

    assert await left(SECRET) == [(2, 1), (1, 1)]
    assert await left(SECRET + DAY) == [(2, 0), (1, 1)]
    assert await left(ACCOUNTED) == [(2, 0), (1, 1)]
    async with database.begin() as store:
        assert (await store.messages.get(card)).id == card
    assert await left(ACCOUNTED + DAY) == [(2, 0)], "its order is still in force"
    async with database.begin() as store:
        in_force = await store.polls.in_force(dialogue.id)
        assert in_force
        assert in_force.result == {"kept": 1}
        successor = await opened(store, dialogue)
        assert successor.number == 3
        await store.polls.close(successor, NOW + ACCOUNTED, {}, in_force=True)
    assert await left(ACCOUNTED + DAY) == [(3, 0)]


async def test_open_ballots_of_the_poll_in_force_are_deleted_after_a_year(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        poll = await opened(store, dialogue)
        await cast(store, poll, await voter_of(store, poll, "1"), dialogue.cities[0].id, "1=5", at=NOW - DAY)
        await store.polls.close(poll, NOW, {}, in_force=True)
    await Retention().delete_expired(database, NOW + ACCOUNTED)
    async with database.begin() as store:
        assert len(await store.ballots.all(poll)) == 1
    await Retention().delete_expired(database, NOW + ACCOUNTED + DAY)
    async with database.begin() as store:
        assert await store.ballots.all(poll) == []
        assert await store.polls.read(poll.id)


async def test_drafts_go_when_discarded_or_given_up_and_open_polls_stay(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        discarded, _draft, _open = (
            await drafted(store, dialogue),
            await drafted(store, dialogue),
            await opened(store, dialogue),
        )
        await store.polls.set_topics(discarded.id, [NewTopic("Cars")])
        assert (await store.polls.discard(discarded, NOW)).state is PollState.DISCARDED

    async def left(after: timedelta) -> list[int]:
        await Retention().delete_expired(database, NOW + after)
        async with database.begin() as store:
            return [each.number for each in await store.polls.of_dialogue(dialogue.id)]

    assert await left(KEPT) == [3, 2, 1]
    assert await left(KEPT + DAY) == [3, 2]
    assert await left(ACCOUNTED + DAY) == [3]


async def test_the_buttons_of_a_private_ballot_work_as_long_as_the_poll_is_open(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        before = await store.messages.add(sent_at=NOW - DAY, dialogue_id=dialogue.id)
        poll = await opened(store, dialogue)
        ballot = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        for id in (before, ballot):
            await store.messages.set_buttons(id, {"✅": "cast"})
    await Retention().delete_expired(database, NOW + 50 * DAY)
    async with database.begin() as store:
        assert await messages(store) == [ballot]
        await store.polls.close(poll, NOW + 50 * DAY, {}, in_force=False)
    await Retention().delete_expired(database, NOW + 51 * DAY)
    async with database.begin() as store:
        assert await messages(store) == []


async def messages(store: Store) -> list[int]:
    return [row.id for row in await store._connection.execute(sa.select(t.messages.c.id))]


async def test_closed_secret_ballots_lie_in_the_order_of_their_digests(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        poll = await opened(store, dialogue, secret=True)
    digests = [f"digest {number * 7 % 10}" for number in range(10)]
    for voter in digests:
        async with database.begin() as store:
            await cast(store, poll, voter, dialogue.cities[0].id, "1=5")
    async with database.begin() as store:
        await store.polls.close(await store.polls.get(poll.id), NOW, {}, in_force=False)
    async with database.begin() as store:
        stored = await store._connection.execute(sa.select(t.secret_ballots.c.voter, t.secret_ballots.c.turn))
        assert [row.voter for row in stored] == sorted(digests)


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_a_dialogue_takes_its_polls_along_when_it_is_removed(database: Database, *, secret: bool) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        group = await store.chats.pair(ChatRef(TELEGRAM, "-1001"), dialogue, dialogue.cities[0])
        anna = await person_in(store, "1")
        await store.roles.set(dialogue, anna, dialogue.cities[0], Role.STAFF, NOW)
        poll = await opened(store, dialogue, secret=secret)
        card = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        poll = await store.polls.change(poll, card_id=card)
        await cast(store, poll, await voter_of(store, poll, "1"), dialogue.cities[0].id, "1=5")
        await store.ballot_drafts.save(poll.id, anna.id, "1=2", 7, NOW)
        assert await store.cities.in_use(dialogue.cities[0])
        await store.dialogues.remove(dialogue)
        for table in (t.polls, t.poll_topics, t.ballots, t.secret_ballots, t.ballot_drafts):
            assert list(await store._connection.execute(sa.select(table))) == [], table.name
        assert (await store.chats.get(group.id)).dialogue_id is None
        for city in dialogue.cities:
            assert not await store.cities.in_use(city) or city == dialogue.cities[0]
