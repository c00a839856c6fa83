"""Votes in native polls: one person, one ballot; nobody's votes, and those of people elsewhere, do not count."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Message, MessageRef, NativePoll, PollEnd, Sender, SendPoll, Vote, rich
from storage import Electorate
from tests.messengers.telegram_scene import scene
from tests.stories.native_polls import natives, opens, replaced, tally, votes
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MEHMET, TOM, World

TREES = NativePoll(question=rich("Which trees?"), options=("Oaks", "Limes"))


async def test_case_61_a_person_votes_once_on_both_messengers(world: World) -> None:
    await opens(world)
    await votes(world, KOELN, MEHMET, 0)
    await votes(world, INDY, TOM, 1)
    async with world.database.begin() as store:
        people = [await store.people.by_account(each.account) for each in (MEHMET, TOM) if each.account]
        assert people[0]
        assert people[1]
        await store.links.join(people[0], people[1])
    await world.quiet()
    for chat, who, option in ((KOELN, MEHMET, 2), (INDY, TOM, 0)):
        await votes(world, chat, who, option)
        assert [each for city in (await tally(world)).values() for each in city.items()] == [(str(option + 1), 1)]


async def test_case_62_a_vote_in_a_poll_that_was_replaced_counts_for_nothing(world: World) -> None:
    await opens(world)
    (old,) = natives(world, KOELN)
    await replaced(world, "Bäume", "Radwege")
    old.poll_closed = False  # a vote that was on its way
    world.telegram.votes(KOELN, MEHMET, old.id, 0)
    await world.quiet()
    assert await tally(world) == {}


async def test_case_62_an_earlier_vote_that_is_read_late_is_no_later_one(world: World) -> None:
    await opens(world)
    earlier = await votes(world, INDY, TOM, 0, late=True)
    await votes(world, INDY, TOM, 1)
    world.matrix.reads(earlier)
    await world.quiet()
    assert await tally(world) == {"Indianapolis": {"2": 1}}


async def test_case_62_a_vote_that_is_removed_is_taken_back(world: World) -> None:
    await opens(world)
    first, second = await votes(world, INDY, TOM, 0), await votes(world, INDY, TOM, 1)
    world.matrix.deletes(INDY, TOM, second)
    await world.quiet()
    assert await tally(world) == {"Indianapolis": {"1": 1}}
    world.matrix.deletes(INDY, TOM, first)
    await world.quiet()
    assert await tally(world) == {}


async def test_case_64_a_vote_that_comes_again_counts_once(world: World) -> None:
    await opens(world)
    (shown,) = natives(world, KOELN)
    poll, at = f"poll-{shown.id}", world.now()
    vote = Vote(id="v1", poll=poll, ref=None, sender=ANNA, at=at, options=(0,), dated=False)
    world.telegram.happens(vote)
    await votes(world, KOELN, ANNA, 1)
    world.telegram.happens(vote)
    await world.quiet()
    assert await tally(world) == {"Köln": {"2": 1}}


async def test_case_65_a_bot_does_not_vote(world: World) -> None:
    await opens(world)
    await votes(world, INDY, replace(TOM, is_bot=True), 0)
    assert await tally(world) == {}


async def test_case_66_who_votes_as_a_group_is_nobody() -> None:
    async with scene() as here:
        await here.asked()
        await here.messenger.deliver(SendPoll(chat=here.chat, poll=TREES, token="t1"))
        number = here.server.messages(here.group)[-1]["message_id"]
        here.server.vote(here.group, here.anna, number, 0, anonymous=True)
        (vote,) = [event for event in await here.events(2) if not isinstance(event, Message)]
        assert isinstance(vote, Vote)
        assert vote.sender.account is None


async def test_case_66_a_vote_as_a_group_is_refused_and_explained_once(world: World) -> None:
    await opens(world)
    for option in (0, 1):
        await votes(world, KOELN, Sender(None, "Stadtrat", chat=KOELN), option)
    assert len([each for each in world.at(KOELN) if "im Namen einer Gruppe" in each]) == 1
    assert await tally(world) == {}


async def test_case_121_whoever_sees_a_poll_elsewhere_does_not_vote_in_it(world: World) -> None:
    await opens(world)
    assert EVE.account
    world.telegram.outsiders.add(EVE.account)
    await votes(world, KOELN, EVE, 0)
    assert await tally(world) == {}
    async with world.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        assert "Eve" not in {each.name for each in await store.people.profiles(dialogue.id)}


async def test_case_121_who_may_not_vote_is_refused_in_native_polls_too(world: World) -> None:
    await opens(world, voters=Electorate.STAFF)
    await votes(world, KOELN, MEHMET, 0)
    await votes(world, KOELN, ANNA, 1)
    assert await tally(world) == {"Köln": {"2": 1}}


async def test_case_121_nobody_ends_a_poll_by_ending_the_native_one(world: World) -> None:
    await opens(world)
    await votes(world, INDY, TOM, 1)
    (shown,) = natives(world, INDY)
    end = PollEnd(id="e1", poll=shown.id, ref=MessageRef(INDY, shown.id), sender=GRACE, at=world.now())
    await world.happens(end)
    assert any("poll 1 goes on" in each for each in world.at(INDY))
    await world.commands(INDY, TOM, "vote 1 3")
    assert await tally(world) == {"Indianapolis": {"3": 1}}
