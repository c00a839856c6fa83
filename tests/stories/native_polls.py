"""Single-choice polls that people also vote in natively."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.model import ChatRef, Sender
from bot.voting import Method
from handlers.polls import _native
from storage import Electorate, NewTopic, PollState
from tests.fake_chats import FakeMessage
from tests.stories.conftest import Story

TOPICS = ("Radwege", "Bäume", "Schulpartnerschaften")


async def opens(
    story: Story,
    topics: Sequence[str] = TOPICS,
    *,
    question: str = "Woran zuerst?",
    voters: Electorate = Electorate.ALL,
    secret: bool = False,
    method: Method = Method.SINGLE,
) -> None:
    """Publish poll 1."""
    now = story.app.clock()
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.add(
            dialogue.id,
            now,
            question=question,
            method=method,
            voters=voters,
            secret=secret,
            closes_at=now + timedelta(days=7),
        )
        await store.polls.set_topics(poll.id, [NewTopic(each) for each in topics])
        opened = await store.polls.change(poll, state=PollState.OPEN, opened_at=now)
        await _native.post(story.app.services.context(store, now, "polls"), opened)
    await story.quiet()


def natives(story: Story, chat: ChatRef) -> list[FakeMessage]:
    return [each for each in story.messenger(chat).messages_in(chat) if each.poll]


async def votes(story: Story, chat: ChatRef, who: Sender, *options: int, late: bool = False) -> str:
    """Vote in the newest native poll of a chat; return the id under which the vote can be deleted."""
    vote = story.messenger(chat).votes(chat, who, natives(story, chat)[-1].id, *options, late=late)
    await story.quiet()
    return vote


async def tally(story: Story) -> dict[str, dict[str, int]]:
    """Return how many voters of each city have cast each ballot in poll 1."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, 1)
        assert poll
        found = await store.ballots.tallied(poll)
        return {each.name: found[each.id] for each in dialogue.cities if each.id in found}


async def replaced(story: Story, *topics: str) -> None:
    """Replace the topics of poll 1, as a coordinator may before the first ballot."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, 1)
        assert poll
        ctx = story.app.services.context(store, story.app.clock(), "polls")
        await _native.close(ctx, poll)
        await store.polls.set_topics(poll.id, [NewTopic(each) for each in topics])
        await _native.post(ctx, poll)
    await story.quiet()
