"""Whoever has the database, but not the key, cannot tell who has voted what in secret (case 120)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from bot.jobs.purge import Retention
from bot.messengers.base import PermanentError
from bot.model import Account, MessengerName
from bot.signer import Signer
from storage import Database, Person, Poll, PollState, Store
from storage import tables as t
from storage.retention import SECRET
from tests.stories import ballots as voting
from tests.trust.world import KOELN, MEHMET, World, privately

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SIGNER = Signer(b"the key of this installation")
VOTERS = 20
"""So many that the order of casting does not come about by accident."""


async def opened(store: Store) -> Poll:
    (dialogue,) = await store.dialogues.all()
    poll = await store.polls.add(
        dialogue.id, NOW, question="What first?", secret=True, live=False, closes_at=NOW + timedelta(days=7)
    )
    return await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW)


def ballot(number: int) -> str:
    """Return the ballot of a voter, which nobody else casts."""
    return f"1={number // 6} 2={number % 6}"


async def everybody_votes(database: Database) -> tuple[Poll, list[Person]]:
    """Make everybody vote, each in a transaction and a minute of their own, and some once more."""
    async with database.begin() as store:
        poll = await opened(store)
        city = (await store.cities.all())[0]
        accounts = [Account(MessengerName.TELEGRAM, f"9{number:03}") for number in range(VOTERS)]
        people = [await store.people.get_or_create(each, "Somebody", "", NOW) for each in accounts]
    turns = [(number, person, word) for number, person in enumerate(people) for word in ("1=5", ballot(number))]
    for minute, (number, person, word) in enumerate(turns):
        if number % 2 and word == "1=5":
            continue  # only every other person changes their mind
        voter, at = SIGNER.voter(poll.id, person.id), NOW + timedelta(minutes=minute)
        async with database.begin() as store:
            turn = SIGNER.veil(voter, at)
            await store.ballots.cast(poll, voter, city.id, word, messenger=MessengerName.TELEGRAM, at=at, turn=turn)
    return poll, people


async def rows(store: Store, table: sa.Table) -> Sequence[sa.Row[Any]]:
    """Return the rows as a copy of the database has them: in the order in which they are stored."""
    return (await store._connection.execute(sa.select(table))).all()


def numbers(found: Iterable[sa.Row[Any]]) -> list[int]:
    """Return in which order, by the rows, everybody has voted."""
    known = {ballot(number): number for number in range(VOTERS)}
    return [known[row.ballot] for row in found]


def resembles(order: Sequence[int]) -> bool:
    """Whether an order follows that in which everybody has voted, or its opposite."""
    rising = sum(one < other for one, other in pairwise(order))
    return not len(order) // 5 < rising < len(order) - len(order) // 5


async def test_case_120_nothing_stored_leads_from_a_secret_ballot_to_its_voter(world: World) -> None:
    poll, people = await everybody_votes(world.database)
    async with world.database.begin() as store:
        stored = await rows(store, t.secret_ballots)
        if world.database.has_one_writer:
            assert not resembles(numbers(stored)), "the order of casting is not even that of the rows"
        assert not resembles(numbers(sorted(stored, key=lambda row: row.turn)))
        assert not resembles(numbers(sorted(stored, key=lambda row: row.voter)))
        guesses = {Signer(key).voter(poll.id, each.id) for key in (b"another", bytes(32)) for each in people}
        assert not guesses & {row.voter for row in stored}
        assert not {*MessengerName} & {value for row in stored for value in row}, "somebody may be alone on one"
        names = {str(each.id) for each in people} | {str(each.accounts[0]) for each in people}
        assert not names & {str(value) for row in stored for value in row if value not in {poll.id, row.city_id}}
        assert {type(value) for row in stored for value in row} <= {int, str, type(None)}, "no time"
        for table in t.metadata.sorted_tables:
            assert table is t.secret_ballots or ballot(7) not in str(await rows(store, table))


async def holds(database: Database, *traces: str) -> set[str]:
    """Return the tables that hold any of these texts."""
    async with database.begin() as store:
        found = {table.name: str(await rows(store, table)) for table in t.metadata.sorted_tables}
    return {name for name, text in found.items() if any(trace in text for trace in traces)}


async def test_case_120_neither_what_is_filled_in_nor_what_was_typed_leaves_a_trace(world: World) -> None:
    await voting.opened(world, secret=True)
    await voting.join(world, KOELN, MEHMET)
    traces = ("1=5", "5 Punkte", "3=4", "4 Punkte")
    await world.says(privately(MEHMET), MEHMET, "/start vote_1_1")
    await voting.presses(world, privately(MEHMET), MEHMET, "5️⃣")
    assert await holds(world.database, *traces) == set(), "while it is filled in"
    for key in ("▶️", "4️⃣", "🗳️"):
        await voting.presses(world, privately(MEHMET), MEHMET, key)
    assert await holds(world.database, *traces) == {"secret_ballots"}
    await world.says(privately(MEHMET), MEHMET, "/vote 1 1=5 3=4")
    await world.says(KOELN, MEHMET, "/vote 1 1=5 3=4")
    assert await holds(world.database, *traces) == {"secret_ballots"}


async def test_case_120_a_receipt_that_never_arrives_is_not_kept(world: World) -> None:
    await voting.opened(world, secret=True)
    await voting.join(world, KOELN, MEHMET)
    await world.says(privately(MEHMET), MEHMET, "/start")
    world.telegram.faults = [PermanentError("blocked by the user", shut_out=True)]
    await world.says(privately(MEHMET), MEHMET, "/vote 1 1=5 3=4")
    assert await holds(world.database, "1=5 3=4") == {"secret_ballots"}
    assert await holds(world.database, "blocked by the user") == {"deliveries"} | {"chats"}
    assert await holds(world.database, "Energie") == {"poll_topics"}


async def test_case_120_after_the_close_the_rows_lie_in_another_order(world: World) -> None:
    poll, _people = await everybody_votes(world.database)
    async with world.database.begin() as store:
        before = await store.ballots.tallied(poll)
        closed = await store.polls.close(poll, NOW + timedelta(days=7), {}, in_force=True)
        assert await store.ballots.tallied(closed) == before
        assert not resembles(numbers(await rows(store, t.secret_ballots)))
        assert not resembles(_exported(await store.ballots.all(closed)))


def _exported(found: Sequence[Any]) -> list[int]:
    """Return the order of an export, of ballots that are not in the order of their numbers."""
    dice = random.Random(1)  # noqa: S311 - a test, no secret
    cast = [ballot(number) for number in range(VOTERS)]
    dice.shuffle(cast)
    assert {each.ballot for each in found} == set(cast)
    assert all(each.person_id is each.cast_at is each.messenger is None for each in found)
    return [cast.index(each.ballot) for each in found]


async def test_case_120_two_weeks_after_the_close_nothing_is_left(world: World) -> None:
    poll, _people = await everybody_votes(world.database)
    closing = NOW + timedelta(days=7)
    async with world.database.begin() as store:
        await store.polls.close(poll, closing, {"turnout": VOTERS}, in_force=True)
    await Retention().delete_expired(world.database, closing + SECRET)
    async with world.database.begin() as store:
        assert len(await rows(store, t.secret_ballots)) == VOTERS
    await Retention().delete_expired(world.database, closing + SECRET + timedelta(minutes=1))
    async with world.database.begin() as store:
        assert await rows(store, t.secret_ballots) == []
        kept = await store.polls.in_force(poll.dialogue_id)
    assert kept
    assert kept.result == {"turnout": VOTERS}


async def test_case_120_a_persons_ballots_in_two_polls_have_nothing_in_common() -> None:
    assert SIGNER.voter(1, 12) != SIGNER.voter(2, 12)
    assert SIGNER.voter(1, 12) != SIGNER.voter(11, 2), "no two polls and people are written alike"
    sealed = SIGNER.seal("1=5")
    assert sealed != SIGNER.seal("1=5")
    assert "1=5" not in sealed
    assert SIGNER.unseal(sealed) == "1=5"
