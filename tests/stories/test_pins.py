"""What people pin is pinned in every chat that has it, and so is what they unpin where the messenger reports it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.messengers.base import PermanentError
from bot.model import ChatRef, MessengerName, Pin, Reason
from storage import Database
from tests.stories.conftest import GRACE, INDY, KOELN, MEHMET, TOM, someone
from tests.stories.meetings import LEEDS, Meetings, meetings_on


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


def pinned(story: Meetings) -> dict[ChatRef, list[str]]:
    """Return the texts of what is pinned, by chat."""
    chats = (KOELN, INDY, LEEDS)
    return {each: [one.text for one in story.messenger(each).messages_in(each) if one.pinned] for each in chats}


def id_of(story: Meetings, chat: ChatRef, text: str) -> str:
    return next(each.id for each in story.messenger(chat).messages_in(chat) if each.text == text)


async def test_pins_of_originals_and_copies_are_everywhere(story: Meetings) -> None:
    story.telegram.says(KOELN, MEHMET, "Bäume")
    story.matrix.says(INDY, TOM, "Trees")
    await story.quiet()
    story.matrix.pins(LEEDS, GRACE, id_of(story, LEEDS, "Bäume"))
    story.telegram.pins(KOELN, MEHMET, id_of(story, KOELN, "Trees"))
    story.matrix.pins(LEEDS, GRACE, id_of(story, LEEDS, "Trees"))
    await story.quiet()
    assert {frozenset(each) for each in pinned(story).values()} == {frozenset({"Bäume", "Trees"})}
    story.matrix.pins(INDY, TOM, id_of(story, INDY, "Bäume"), pinned=False)
    await story.quiet()
    assert pinned(story) == {each: ["Trees"] for each in (KOELN, INDY, LEEDS)}
    story.telegram.pins(KOELN, MEHMET, id_of(story, KOELN, "Trees"), pinned=False)  # which Telegram does not report
    await story.quiet()
    assert pinned(story) == {KOELN: [], INDY: ["Trees"], LEEDS: ["Trees"]}


async def test_a_pin_waits_for_its_copy_and_the_muted_pin_nothing(story: Meetings) -> None:
    visitor = someone(MessengerName.MATRIX, "@visitor:test", "Visitor")
    theirs = story.matrix.says(INDY, visitor, "Oaks")
    await story.says(INDY, GRACE, "!mute @visitor:test")
    story.telegram.hold()
    ours = story.matrix.says(INDY, TOM, "Trees")
    story.matrix.pins(INDY, TOM, ours)
    story.matrix.pins(INDY, visitor, theirs)
    await story.matrix.taken_in()
    story.telegram.release()
    await story.quiet()
    assert pinned(story)[KOELN] == ["Trees"]


async def test_without_the_right_the_chat_is_told_once(story: Meetings) -> None:
    for text in ("Trees", "Oaks"):
        id = story.matrix.says(INDY, TOM, text)
        await story.quiet()
        story.telegram.faults.append(PermanentError("not enough rights", Reason.NO_RIGHTS))
        story.matrix.pins(INDY, TOM, id)
        await story.quiet()
    told = [each for each in story.at(KOELN) if each.startswith("📌")]
    assert len(told) == 1
    assert "/doctor" in told[0]
    assert len([each for each in story.telegram.calls if isinstance(each, Pin)]) == 2
