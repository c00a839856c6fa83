"""The three cities of the roundtables, with polls."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.model import ChatRef, Sender
from storage import Database, Poll, Topic
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, KOELN
from tests.stories.meetings import Meetings, meetings_on

MADE = (
    "/umfrage Woran arbeiten wir zuerst?\n"
    "- Radwege ausbauen (SDG 11)\n"
    "- Bäume pflanzen #SDG13 #SDG15\n"
    "- Schulpartnerschaften"
)
"""A poll in German, with the rules that hold if nobody says any."""


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


def preview(story: Meetings, chat: ChatRef) -> FakeMessage:
    """Return the newest preview in a chat, or what became of it."""
    messages = story.messenger(chat).messages_in(chat)
    return next(each for each in reversed(messages) if each.text.startswith(("📝", "🗑️", "✅ Umfrage", "✅ Poll")))


async def presses(story: Meetings, chat: ChatRef, who: Sender, sign: str, post: FakeMessage | None = None) -> str:
    """Press a button, by default of the newest preview; return what only that person is told, or the last post."""
    post = post or preview(story, chat)
    messenger = story.messenger(chat)
    if messenger is story.matrix:
        messenger.reacts(chat, who, post.id, sign)
        await story.quiet()
        return story.at(chat)[-1]
    assert post.post
    (action,) = [each.action for each in post.post.buttons if each.emoji == sign]
    before = len(story.telegram.told)
    messenger.presses(chat, who, post.id, action)
    await story.quiet()
    return "".join(story.telegram.told[before:])


async def stored(story: Meetings, number: int = 1) -> tuple[Poll, list[Topic]]:
    """Return a poll and its topics."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, number)
        assert poll
        return poll, await store.polls.topics(poll.id)


async def somebody_votes(story: Meetings) -> None:
    """Cast a ballot of Anna's in poll 1, whatever the way."""
    assert ANNA.account
    poll, _topics = await stored(story)
    async with story.database.begin() as store:
        person = await store.people.get_or_create(ANNA.account, ANNA.name, "", story.clock())
        chat = await store.chats.by_ref(KOELN)
        assert chat
        assert chat.city
        await store.ballots.cast(poll, person.id, chat.city.id, "1=5", messenger=KOELN.messenger, at=story.clock())
