"""Somebody with two accounts has one ballot in each poll once they are linked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.model import Sender
from bot.signer import Signer
from storage import NewTopic, Poll, PollState, Store, Voter
from tests.stories.conftest import GRACE, Story, direct_room, private_chat
from tests.stories.people import GRACE_HERE, person
from tests.stories.test_linking import link

SIGNER = Signer(bytes(32))


async def opened(story: Story, *, secret: bool) -> Poll:
    now = story.app.clock()
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.add(
            dialogue.id, now, question="What first?", secret=secret, closes_at=now + timedelta(days=7)
        )
        await store.polls.set_topics(poll.id, [NewTopic("Bridges"), NewTopic("Heat")])
        return await store.polls.change(poll, state=PollState.OPEN, opened_at=now)


async def known(story: Story) -> None:
    """Make both accounts known."""
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/start")
    await story.says(direct_room(GRACE), GRACE, "!start")


@asynccontextmanager
async def voting(story: Story, poll: Poll, who: Sender) -> AsyncIterator[tuple[Store, Voter]]:
    id = (await person(story, who)).id
    async with story.database.begin() as store:
        yield store, SIGNER.voter(poll.id, id) if poll.secret else id


async def casts(story: Story, poll: Poll, who: Sender, ballot: str, minutes: int) -> None:
    assert who.account
    at = story.app.clock() + timedelta(minutes=minutes)
    async with voting(story, poll, who) as (store, voter):
        (dialogue,) = await store.dialogues.all()
        turn = SIGNER.veil(str(voter), at)
        city_id = dialogue.cities[0].id
        await store.ballots.cast(poll, voter, city_id, ballot, messenger=who.account.messenger, at=at, turn=turn)


async def ballot_of(story: Story, poll: Poll, who: Sender) -> str | None:
    async with voting(story, poll, who) as (store, voter):
        return await store.ballots.of(poll, voter)


async def number_of_ballots(story: Story, poll: Poll) -> int:
    async with story.database.begin() as store:
        return len(await store.ballots.all(poll))


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("here_first", [False, True])
async def test_of_the_ballots_of_linked_accounts_the_last_one_counts(
    story: Story, *, secret: bool, here_first: bool
) -> None:
    poll = await opened(story, secret=secret)
    await known(story)
    await casts(story, poll, GRACE_HERE, "1=5", minutes=1 if here_first else 2)
    await casts(story, poll, GRACE, "2=5", minutes=2 if here_first else 1)
    await link(story)
    assert await ballot_of(story, poll, GRACE) == ("2=5" if here_first else "1=5")
    assert await number_of_ballots(story, poll) == 1
    assert any(
        "both of your accounts" in text for text in story.at(private_chat(GRACE_HERE)) + story.at(direct_room(GRACE))
    )
    async with story.database.begin() as store:
        assert [note.details for note in await store.audit.all("ballot")] == (
            [] if secret else ["poll 1: of two ballots of linked accounts, the last one counts"]
        )


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("voter", [GRACE, GRACE_HERE], ids=["one", "other"])
async def test_a_ballot_is_that_of_whoever_the_account_belongs_to(story: Story, voter: Sender, *, secret: bool) -> None:
    poll = await opened(story, secret=secret)
    await known(story)
    await casts(story, poll, voter, "1=5", minutes=1)
    await link(story)
    assert await ballot_of(story, poll, GRACE) == await ballot_of(story, poll, GRACE_HERE) == "1=5"
    assert not any("both of your accounts" in text for text in story.at(direct_room(GRACE)))
    await casts(story, poll, GRACE, "1=1", minutes=3)
    await casts(story, poll, GRACE_HERE, "1=2", minutes=2)
    assert await number_of_ballots(story, poll) == 1
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/unlink")
    assert sorted([await ballot_of(story, poll, each) or "" for each in (GRACE, GRACE_HERE)]) == ["", "1=2"]


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_a_closed_poll_stays_as_it_is(story: Story, *, secret: bool) -> None:
    poll = await opened(story, secret=secret)
    await known(story)
    for who in (GRACE, GRACE_HERE):
        await casts(story, poll, who, "1=5", minutes=1)
    async with story.database.begin() as store:
        await store.polls.close(await store.polls.get(poll.id), story.app.clock(), {}, in_force=False)
    await link(story)
    assert await number_of_ballots(story, poll) == 2
