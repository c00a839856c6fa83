"""Minutes in stories: three cities, of which Köln's coordinator has the chair."""

from __future__ import annotations

from bot.model import ChatRef
from storage import MinutesLine
from tests.stories.meetings import SPACES, Meetings


def card(story: Meetings, chat: ChatRef) -> list[str]:
    """Return the rows of the live card in a chat, as it reads now, without the advice at its end."""
    shown = next(each for each in reversed(story.at(chat)) if each.startswith("📝"))
    return shown.translate(SPACES).splitlines()[:-1]


def sign(story: Meetings, chat: ChatRef, id: str) -> str:
    """Return the sign that the bot has put on a message, or an empty string."""
    return next(each.reaction for each in story.messenger(chat).messages_in(chat) if each.id == id)


async def lines(story: Meetings, number: int = 1) -> list[MinutesLine]:
    """Return the lines that count."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        minutes = await store.minutes.numbered(dialogue.id, number)
        assert minutes
        return await store.minutes_lines.of(minutes)


async def kept(story: Meetings, number: int = 1) -> list[tuple[str, str]]:
    """Return kind and text of the lines that count."""
    return [(each.kind, each.text) for each in await lines(story, number)]
