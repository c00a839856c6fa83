"""The job that closes a poll is killed at every operation of its database: the poll is closed once, with all votes."""

from __future__ import annotations

import pytest

from bot.commands.context import Context
from bot.model import Account, ChatRef, MessengerName
from bot.voting import Result
from handlers.polls import _picture
from handlers.polls._closing import CLOSE
from storage import Database, Dialogue, NewTopic, Poll, PollState, Store
from tests.clocks import Clock
from tests.roundtables.killing import STEP, Killer, collected, is_killed

__all__ = ["collected"]


async def due(store: Store, dialogue: Dialogue, clock: Clock, *, secret: bool) -> Poll:
    """Add a poll with two ballots whose time is over, and everything read."""
    poll = await store.polls.add(dialogue.id, clock.now, question="What first?", secret=secret, closes_at=clock.now)
    await store.polls.set_topics(poll.id, [NewTopic("Bridges"), NewTopic("Heat")])
    poll = await store.polls.change(poll, state=PollState.OPEN, opened_at=clock.now)
    for number, city in enumerate(dialogue.cities, 1):
        account = Account(MessengerName.TELEGRAM, str(number))
        person = await store.people.get_or_create(account, "Anna", "", clock.now)
        voter = f"digest {number}" if secret else person.id
        await store.ballots.cast(poll, voter, city.id, f"1={number}", messenger=account.messenger, at=clock.now)
    await store.jobs.schedule(CLOSE, str(poll.id), clock.now, {"read": True})
    return poll


async def no_picture(_ctx: Context, _poll: Poll) -> None:
    """Draw no picture, which takes a process of its own."""


async def dialogue_in(store: Store) -> Dialogue:
    koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
    leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
    dialogue = await store.dialogues.add("Köln – Leeds", (koeln, leeds))
    await store.chats.pair(ChatRef(MessengerName.TELEGRAM, "-1001"), dialogue, koeln)
    await store.chats.pair(ChatRef(MessengerName.MATRIX, "!leeds:test"), dialogue, leeds)
    return dialogue


async def is_closed_once(store: Store, poll: Poll, results: set[int]) -> None:
    closed = await store.polls.get(poll.id)
    assert (closed.state, closed.in_force_at) == (PollState.CLOSED, closed.closed_at)
    assert closed.result
    assert closed.result_id
    assert Result.from_json(closed.result).turnout == {1: 1, 2: 1}
    assert len(await store.ballots.all(closed)) == 2
    told = [each for each in await store.deliveries.of_message(closed.result_id) if each.kind == "send"]
    assert len({each.chat.lane for each in told}) == 2
    results.add(closed.result_id)
    assert [each for each in await store.jobs.all() if (each.kind, each.key) == (CLOSE, str(poll.id))] == []


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_a_poll_whose_close_is_killed_at_any_moment_is_closed_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, *, secret: bool
) -> None:
    monkeypatch.setattr(_picture, "schedule", no_picture)
    url = database.engine.url.render_as_string(hide_password=False)
    killer, clock = Killer(monkeypatch), Clock()
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
    operations, results, struck = 0, set[int](), True
    while struck:
        async with database.begin() as store:
            poll = await due(store, dialogue, clock, secret=secret)
        struck = await is_killed(url, clock, killer, operations)
        async with database.begin() as store:
            await is_closed_once(store, poll, results)
        operations += STEP
    assert operations > 5 * STEP, "it was killed several times"
    assert len(results) == operations // STEP
