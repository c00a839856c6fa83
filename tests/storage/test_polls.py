"""Polls and their ballots are stored."""

from __future__ import annotations

import asyncio

import pytest

from storage import LINKED, CastBallot, Database, NewTopic, NotOpenError, Poll, PollState, StorageError
from tests.databases import made_on
from tests.storage.polls import DAY, MATRIX, NOW, TELEGRAM, cast, dialogue_in, drafted, opened, person_in, voter_of


async def test_a_poll_is_drafted_proposed_for_and_opened(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        first, poll = await drafted(store, dialogue), await drafted(store, dialogue)
        tom = await person_in(store, "1")
        await store.polls.set_topics(poll.id, [NewTopic("Old")])
        await store.polls.propose(poll.id, NewTopic("Trees", (15,), tom.id))
        await store.polls.propose(poll.id, NewTopic("Cars"))
        trees, cars = await store.polls.proposals(poll.id)
        topics = await store.polls.set_topics(poll.id, [NewTopic("Bridges"), NewTopic("Heat", (11, 13))])
        await store.polls.accept(trees, 3)
        await store.polls.reject(cars)
        assert [(each.position, each.text, each.sdgs) for each in topics] == [(1, "Bridges", ()), (2, "Heat", (11, 13))]
        assert (await store.polls.topics(poll.id))[2].proposed_by == tom.id
        assert await store.polls.proposals(poll.id) == []
        assert (first.number, poll.number, poll.state, poll.is_open) == (1, 2, PollState.DRAFT, False)
        assert await store.polls.open() == []
        poll = await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW, closes_at=NOW + DAY)
        assert poll.is_open
        assert await store.polls.open() == [poll]
        assert await store.polls.of_dialogue(dialogue.id) == [poll, first]
        assert await store.polls.numbered(dialogue.id, 2) == await store.polls.of_job(poll.id) == poll
        assert await store.polls.numbered(dialogue.id, 3) is await store.polls.read(99) is None
        with pytest.raises(LookupError):
            await store.polls.get(99)


async def test_a_poll_is_found_by_each_of_its_messages(database: Database) -> None:
    async with database.begin() as store:
        poll = await opened(store, await dialogue_in(store))
        ids = [await store.messages.add(sent_at=NOW) for _number in range(5)]
        names = ("preview_id", "card_id", "native_id", "result_id")
        poll = await store.polls.change(poll, preview_id=ids[0], card_id=ids[1], native_id=ids[2], result_id=ids[3])
        assert [getattr(poll, name) for name in names] == ids[:4]
        assert [await store.polls.by_message(id) for id in ids] == [poll] * 4 + [None]


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_of_each_voter_the_last_ballot_counts(database: Database, *, secret: bool) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        poll = await opened(store, dialogue, secret=secret)
        other = await opened(store, dialogue, secret=secret)
        koeln, leeds = (city.id for city in dialogue.cities)
        anna, ben, tom, eve = [await voter_of(store, poll, id) for id in ("1", "2", "3", "4")]
        assert not await store.ballots.are_cast(poll)
        assert await cast(store, poll, anna, koeln, "1=5") is None
        assert await cast(store, poll, ben, koeln, "1=3 2=4") is None
        assert await cast(store, poll, tom, leeds, "1=3 2=4", on=MATRIX) is None
        assert await cast(store, poll, eve, leeds, "2=1") is None
        assert await cast(store, other, eve, leeds, "2=5") is None
        assert await cast(store, poll, anna, koeln, "1=3 2=4", at=NOW + DAY) == "1=5"
        assert await store.ballots.withdraw(poll, eve) == "2=1"
        assert await store.ballots.withdraw(poll, eve) is None
        assert await store.ballots.of(poll, anna) == "1=3 2=4"
        assert await store.ballots.of(poll, eve) is None
        assert await store.ballots.tallied(poll) == {koeln: {"1=3 2=4": 2}, leeds: {"1=3 2=4": 1}}
        by_messenger = {koeln: {TELEGRAM: 2}, leeds: {MATRIX: 1}}
        assert await store.ballots.turnout(poll) == ({koeln: {None: 2}, leeds: {None: 1}} if secret else by_messenger)
        assert await store.ballots.have_voted(poll, [anna, eve]) == {anna}
        assert await store.ballots.are_cast(poll)
        assert await store.ballots.tallied(other) == {leeds: {"2=5": 1}}


async def test_the_record_names_voters_of_open_ballots_only(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        koeln, leeds = (city.id for city in dialogue.cities)
        polls = [await opened(store, dialogue, secret=secret) for secret in (False, True)]
        for poll in polls:
            for id, city_id, ballot in (("1", leeds, "2=2"), ("2", koeln, "1=5"), ("3", leeds, "1=1")):
                await cast(store, poll, await voter_of(store, poll, id), city_id, ballot, at=NOW + int(id) * DAY)
        open_ones, secret_ones = [await store.ballots.all(poll) for poll in polls]
        anna = await person_in(store, "1")
    assert open_ones[0] == CastBallot(
        city_id=leeds, ballot="2=2", person_id=anna.id, name="Person 1", messenger=TELEGRAM, cast_at=NOW + DAY
    )
    assert [each.ballot for each in open_ones] == ["2=2", "1=5", "1=1"]
    assert secret_ones == [
        CastBallot(city_id=koeln, ballot="1=5"),
        CastBallot(city_id=leeds, ballot="1=1"),
        CastBallot(city_id=leeds, ballot="2=2"),
    ]


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_nothing_can_be_cast_once_it_is_closed(database: Database, *, secret: bool) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        poll = await opened(store, dialogue, secret=secret)
        anna, ben = await voter_of(store, poll, "1"), await voter_of(store, poll, "2")
        person = await person_in(store, "9")
        await cast(store, poll, anna, dialogue.cities[0].id, "1=5")
        await store.ballot_drafts.save(poll.id, person.id, "1=2", 7, NOW)
        closed = await store.polls.close(poll, NOW + DAY, {"turnout": {}}, in_force=False)
        assert (closed.state, closed.closed_at, closed.result) == (PollState.CLOSED, NOW + DAY, {"turnout": {}})
        for voter in (anna, ben):
            with pytest.raises(NotOpenError):
                await cast(store, poll, voter, dialogue.cities[0].id, "1=1")
        with pytest.raises(NotOpenError):
            await store.ballots.withdraw(poll, anna)
        assert await store.ballots.tallied(closed) == {dialogue.cities[0].id: {"1=5": 1}}
        assert await store.ballot_drafts.of(poll.id, person.id) is None
        assert await store.polls.open() == []


async def test_of_a_vote_and_the_close_at_the_same_moment_the_second_one_waits(postgres: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        try:
            async with database.begin() as store:
                dialogue = await dialogue_in(store)
                polls = [await opened(store, dialogue) for _number in range(2)]
                anna = await person_in(store, "1")
            city_id = dialogue.cities[0].id

            async def vote(poll: Poll) -> None:
                async with database.begin() as store:
                    await cast(store, poll, anna.id, city_id, "1=5")

            async def close(poll: Poll) -> Poll:
                async with database.begin() as store:
                    locked = await store.polls.get(poll.id)
                    tally = await store.ballots.tallied(locked)
                    result = {"votes": sum(sum(each.values()) for each in tally.values())}
                    return await store.polls.close(locked, NOW, result, in_force=False)

            async with database.begin() as voting:  # the vote comes first
                await cast(voting, polls[0], anna.id, city_id, "1=5")
                closing = asyncio.create_task(close(polls[0]))
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(closing), 0.2)
            assert (await closing).result == {"votes": 1}

            async with database.begin() as store:  # the close comes first
                await store.polls.close(await store.polls.get(polls[1].id), NOW, {}, in_force=False)
                voting_late = asyncio.create_task(vote(polls[1]))
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(voting_late), 0.2)
            with pytest.raises(NotOpenError):
                await voting_late
            async with database.begin() as store:
                assert await store.ballots.tallied(polls[1]) == {}
        finally:
            await database.close()


async def test_a_job_neither_waits_for_a_command_nor_does_one_that_only_shows_a_poll(postgres: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        try:
            async with database.begin() as store:
                poll = await opened(store, await dialogue_in(store))
            async with database.begin() as command:
                await command.polls.get(poll.id)
                async with asyncio.timeout(10):
                    with pytest.raises(StorageError, match="lock"):
                        await as_job(database, poll)
                    async with database.begin() as store:
                        assert await store.polls.read(poll.id) == poll
            await as_job(database, poll)
        finally:
            await database.close()


async def as_job(database: Database, poll: Poll) -> None:
    async with database.begin() as store:
        assert await store.polls.of_job(poll.id) == poll


async def test_a_private_ballot_is_filled_in(database: Database) -> None:
    async with database.begin() as store:
        poll = await opened(store, await dialogue_in(store))
        anna, tom = await person_in(store, "1"), await person_in(store, "2")
        await store.ballot_drafts.save(poll.id, anna.id, "1=2", 7, NOW)
        await store.ballot_drafts.save(poll.id, anna.id, "1=2 2=3", 8, NOW + DAY)
        await store.ballot_drafts.save(poll.id, tom.id, "", 9, NOW)
        draft = await store.ballot_drafts.of(poll.id, anna.id)
        assert draft
        assert (draft.ballot, draft.post_id) == ("1=2 2=3", 8)
        assert await store.ballot_drafts.by_post(8) == draft
        await store.ballot_drafts.drop(poll.id, anna.id)
        assert await store.ballot_drafts.by_post(8) is None
        assert await store.ballot_drafts.of(poll.id, tom.id)


async def test_the_order_in_force_is_that_of_the_last_poll_that_reached_its_quorum(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        polls = [await opened(store, dialogue) for _number in range(3)]
        assert await store.polls.in_force(dialogue.id) is None
        for number, (poll, counts) in enumerate(zip(polls, (True, True, False), strict=True)):
            await store.polls.close(poll, NOW + number * DAY, {}, in_force=counts)
        in_force = await store.polls.in_force(dialogue.id)
    assert in_force
    assert (in_force.number, in_force.in_force_at) == (2, NOW + DAY)


async def test_of_two_open_ballots_of_one_person_the_last_one_counts_and_the_polls_are_named(
    database: Database,
) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        koeln, leeds = (city.id for city in dialogue.cities)
        both, one, over = [await opened(store, dialogue) for _number in range(3)]
        anna, also_anna = await person_in(store, "1"), await person_in(store, "@anna:test", MATRIX)
        for poll in (both, over):
            await cast(store, poll, anna.id, koeln, "1=5", at=NOW + DAY)
            await cast(store, poll, also_anna.id, leeds, "1=1", at=NOW, on=MATRIX)
        await cast(store, one, also_anna.id, leeds, "2=2", at=NOW, on=MATRIX)
        await store.polls.close(over, NOW + DAY, {}, in_force=False)
        await store.links.join(also_anna, anna)
        assert await store.ballots.tallied(both) == {koeln: {"1=5": 1}}
        assert await store.ballots.of(both, also_anna.id) == "1=5"
        assert await store.ballots.of(one, also_anna.id) == "2=2"
        assert [each.person_id for each in await store.ballots.all(over)] == [also_anna.id, None], "as it was counted"
        (job,) = [each for each in await store.jobs.all() if each.kind == LINKED]
        assert job.payload == {"person": also_anna.id, "other": anna.id, "polls": [both.id]}
        assert await store.links.part(await store.people.get(also_anna.id), NOW)
        assert await store.ballots.of(both, also_anna.id) == "1=5", "it stays with the one who keeps being that person"
