"""Votes in native polls, as the feature that has posted the poll hears of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from bot.commands.context import CommandContext, Context
from bot.features import Feature
from bot.model import ChatRef, MessageRef, PollEnd, Sender, Vote
from bot.text.catalogue import _
from handlers import FEATURES
from storage import Chat, Database, StoredMessage
from tests.clocks import Clock
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, running


@dataclass
class Voters:
    """A feature that notes what it hears of its polls."""

    heard: list[str] = field(default_factory=list)

    async def on_vote(self, ctx: CommandContext, event: Vote) -> None:
        self.heard.append(f"{ctx.person.name} {event.options if event.readable else 'unreadable'}")

    async def on_refused_vote(self, ctx: Context, chat: Chat, poll: StoredMessage, vote: Vote) -> None:
        assert poll.feature == ctx.feature == "ballots"
        self.heard.append(f"refused in {chat.ref}: {vote.sender.name}")

    async def on_poll_end(self, ctx: Context, chat: Chat, poll: StoredMessage) -> None:
        assert poll.feature == ctx.feature == "ballots"
        self.heard.append(f"ended in {chat.ref}")

    @property
    def feature(self) -> Feature:
        return Feature(
            name="ballots",
            on_vote=self.on_vote,
            on_refused_vote=self.on_refused_vote,
            on_poll_end=self.on_poll_end,
        )


@pytest.fixture
def ballots() -> Voters:
    return Voters()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def story(database: Database, ballots: Voters, clock: Clock) -> AsyncIterator[Story]:
    it = Story(database, features=(*FEATURES, ballots.feature), clock=clock)
    await it.set_up()
    async with running(it):
        async with database.begin() as store:
            (dialogue,) = await store.dialogues.all()
            chats = await store.chats.of_dialogue(dialogue.id)
            ctx = it.app.services.context(store, it.app.clock(), "ballots")
            await ctx.post_poll(chats, _("yes"), _("no"), _("yes"), dialogue=dialogue)
        await it.quiet()
        yield it


def polls_in(story: Story, chat: ChatRef) -> list[str]:
    return [each.id for each in story.messenger(chat).messages_in(chat) if each.poll]


def poll_in(story: Story, chat: ChatRef) -> str:
    return polls_in(story, chat)[0]


async def votes(story: Story, chat: ChatRef, who: Sender, *options: int, late: bool = False) -> str:
    """Vote in the poll of a chat; return the id under which the vote can be deleted."""
    vote = story.messenger(chat).votes(chat, who, poll_in(story, chat), *options, late=late)
    await story.quiet()
    return vote


async def test_whoever_is_not_in_the_chat_of_a_forwarded_poll_does_not_vote(story: Story, ballots: Voters) -> None:
    assert MEHMET.account
    story.telegram.outsiders.add(MEHMET.account)
    await votes(story, KOELN, MEHMET, 1)
    assert ballots.heard == []
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        assert "Mehmet Kaya" not in {each.name for each in await store.people.profiles(dialogue.id)}
    story.telegram.outsiders.clear()
    await votes(story, KOELN, MEHMET, 1)
    assert ballots.heard == ["Mehmet Kaya (1,)"]


async def test_who_votes_twice_while_it_is_found_out_who_they_are_has_voted_once(story: Story, ballots: Voters) -> None:
    for option in (0, 1):
        story.telegram.votes(KOELN, MEHMET, poll_in(story, KOELN), option)
    await story.quiet()
    assert ballots.heard == ["Mehmet Kaya (1,)"]


async def test_a_vote_in_the_name_of_a_chat_and_of_somebody_muted_is_refused(story: Story, ballots: Voters) -> None:
    await votes(story, KOELN, Sender(None, "Stadtrat", chat=KOELN), 1)
    said = story.telegram.says(KOELN, MEHMET, "spam")
    await story.quiet()
    await story.says(KOELN, ANNA, "/mute", reply_to=said)
    await votes(story, KOELN, MEHMET, 1)
    assert ballots.heard == [f"refused in {KOELN}: Stadtrat", f"refused in {KOELN}: Mehmet Kaya"]


async def test_a_removed_vote_brings_back_the_one_before(ballots: Voters, story: Story) -> None:
    one, two = await votes(story, INDY, TOM, 1), await votes(story, INDY, TOM, 0)
    for each in (two, one, "$unknown"):
        story.matrix.deletes(INDY, GRACE, each)
        await story.quiet()
    assert ballots.heard == ["Tom Jackson (1,)", "Tom Jackson (0,)", "Tom Jackson (1,)", "Tom Jackson ()"]


async def test_the_latest_vote_counts_although_an_earlier_one_is_decrypted_later(story: Story, ballots: Voters) -> None:
    one, two = await votes(story, INDY, TOM, 1, late=True), await votes(story, INDY, TOM, 0)
    story.matrix.reads(one)
    await story.quiet()
    assert ballots.heard == ["Tom Jackson unreadable", "Tom Jackson (0,)", "Tom Jackson (0,)"]
    story.matrix.deletes(INDY, TOM, two)
    await story.quiet()
    assert ballots.heard[3:] == ["Tom Jackson (1,)"], "once it is the only one left"


async def test_a_poll_that_others_have_ended_or_deleted_is_reported(story: Story, ballots: Voters) -> None:
    shown = poll_in(story, INDY)
    end = PollEnd(id="e1", poll=shown, ref=MessageRef(INDY, shown), sender=GRACE, at=story.app.clock())
    story.matrix.happens(end)
    story.matrix.happens(replace(end, id="e2", poll="unknown"))
    story.matrix.deletes(INDY, GRACE, shown)
    await story.quiet()
    assert ballots.heard == [f"ended in {INDY}"] * 2


async def test_it_is_known_how_many_votes_cannot_be_read(story: Story, clock: Clock) -> None:
    async def unreadable() -> int:
        async with story.database.begin() as store:
            chat = await store.chats.by_ref(INDY)
            assert chat
            poll = await store.messages.find(chat, poll_in(story, INDY))
            assert poll
            return await store.native_votes.unreadable(poll.id)

    toms = await votes(story, INDY, TOM, 1, late=True)
    for option, late in ((1, False), (0, True), (1, True)):
        clock.pass_(seconds=1)
        await votes(story, INDY, GRACE, option, late=late)
    assert await unreadable() == 2
    clock.pass_(seconds=1)
    await votes(story, INDY, GRACE)
    assert await unreadable() == 1, "a later vote counts instead"
    story.matrix.reads(toms)
    await story.quiet()
    assert await unreadable() == 0


@pytest.mark.parametrize("chat", [KOELN, INDY])
async def test_a_vote_that_is_heard_of_before_the_id_of_its_poll_is_stored_is_not_lost(
    story: Story, ballots: Voters, clock: Clock, chat: ChatRef
) -> None:
    messenger, who = story.messenger(chat), {KOELN: ANNA, INDY: GRACE}[chat]
    messenger.hold_answers()
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        known = await store.chats.by_ref(chat)
        assert known
        ctx = story.app.services.context(store, story.app.clock(), "ballots")
        await ctx.post_poll([known], _("yes"), _("no"), _("yes"), dialogue=dialogue)
    await messenger.wait_until(lambda: len(polls_in(story, chat)) == 2, lambda: str(messenger.messages_in(chat)))
    messenger.votes(chat, who, polls_in(story, chat)[-1], 1)
    await messenger.taken_in()
    looks = asyncio.create_task(story.app.jobs.run_due())
    assert ballots.heard == []
    messenger.release_answers()
    await story.app.outbox.idle()
    await looks
    clock.pass_(seconds=1)
    await story.quiet()
    assert ballots.heard == [f"{who.name} (1,)"]
