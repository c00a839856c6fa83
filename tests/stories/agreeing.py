"""Three cities that agree on action points: who presses what, and what each chat then shows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.agreement import Step, verify
from bot.model import ChatRef, MessengerName, Sender
from storage import ActionPoint, Database
from storage.agreements.repository import about
from tests.fake_chats import FakeMessage
from tests.stories.conftest import INDY, KOELN, MEHMET
from tests.stories.meetings import HENRIETTE, JOE, LEEDS, PRIYA, Meetings, meetings_on

CHATS = (KOELN, INDY, LEEDS)
MAYORS = ((KOELN, HENRIETTE), (INDY, JOE), (LEEDS, PRIYA))
"""Each in the chat of their city; Priya coordinates hers as well."""
MADE = "/aufgabe Bäume am Rhein pflanzen @mehmet bis 15.12.2027 | en: Plant trees by the Rhine"
"""In Köln, by Mehmet, who is staff there."""


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


async def proposed(story: Meetings, text: str = MADE) -> None:
    """Make an action point in Köln."""
    await story.says(KOELN, MEHMET, text)


async def agreed(story: Meetings, text: str = MADE, number: int = 1) -> None:
    """Make an action point to which all cities agree."""
    await proposed(story, text)
    for chat, who in MAYORS:
        await types(story, chat, who, f"action {number} agree")


async def types(story: Meetings, chat: ChatRef, who: Sender, command: str) -> str:
    """Type a command, given without its prefix; return the bot's last post there."""
    return await story.says(chat, who, story.messenger(chat).capabilities.command_prefix + command)


def cards(story: Meetings, chat: ChatRef) -> list[FakeMessage]:
    """Return the posts with buttons in a chat."""
    return [each for each in story.messenger(chat).messages_in(chat) if each.post and each.post.buttons]


async def presses(story: Meetings, chat: ChatRef, who: Sender, sign: str, card: FakeMessage | None = None) -> str:
    """Press a button, by default of the newest card; return what only that person is told, or the last post."""
    card = card or cards(story, chat)[-1]
    if chat.messenger is MessengerName.MATRIX:
        story.matrix.reacts(chat, who, card.id, sign)
        await story.quiet()
        return story.at(chat)[-1]
    assert card.post
    (action,) = [each.action for each in card.post.buttons if each.emoji == sign]
    before = len(story.telegram.told)
    story.telegram.presses(chat, who, card.id, action)
    await story.quiet()
    return "".join(story.telegram.told[before:])


async def stored(story: Meetings, number: int = 1) -> ActionPoint:
    """Return an action point, whose history verifies."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        point = await store.actions.numbered(dialogue.id, number)
        assert point
        assert verify(await store.agreements.history(point.id), about(dialogue.id, "action", number)) is None
    return point


async def steps(story: Meetings, number: int = 1) -> list[Step]:
    """Return what has happened to an action point."""
    point = await stored(story, number)
    async with story.database.begin() as store:
        return [each.step for each in await store.agreements.history(point.id)]
