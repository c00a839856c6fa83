"""Who joins and leaves a chat, and how it is called, is told to the others where a coordinator wishes it."""

from __future__ import annotations

from bot.model import ChatChange, ChatChangeKind, ChatRef, MessengerName, Sender
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, someone
from tests.stories.meetings import LEEDS, Meetings
from tests.stories.polls import story

__all__ = ["story"]

LENA, BEN, EVE, IVO = (
    someone(MessengerName.TELEGRAM, str(100 + number), name)
    for number, name in enumerate(("Lena", "Ben", "Eve", "Ivo"))
)
JOINED, LEFT, REMOVED = ChatChangeKind.JOINED, ChatChangeKind.LEFT, ChatChangeKind.REMOVED


async def happens(story: Meetings, chat: ChatRef, kind: ChatChangeKind, *people: Sender, title: str = "") -> None:
    """Change something in a chat, by the first of the people concerned."""
    by, id = people[0] if people else ANNA, f"change {len(story.telegram.calls)} {kind} {people}"
    at = story.clock()
    story.messenger(chat).happens(ChatChange(id=id, chat=chat, sender=by, at=at, kind=kind, people=people, title=title))
    await story.quiet()


async def test_nothing_is_told_unless_the_city_wishes_it(story: Meetings) -> None:
    await happens(story, KOELN, JOINED, LENA)
    await story.pass_(minutes=2)
    assert story.at(INDY) == []
    assert "nicht, wer diesem Chat beitritt" in await story.says(KOELN, ANNA, "/hinweise")
    assert "Koordination" in await story.says(KOELN, MEHMET, "/hinweise an")
    assert "So wird es geschrieben: /hinweise an|aus" in await story.says(KOELN, ANNA, "/hinweise vielleicht")
    assert "The other cities are told when people join" in await story.says(INDY, GRACE, "!notices on")
    await happens(story, KOELN, JOINED, LENA)
    await story.pass_(minutes=2)
    assert [each for each in story.at(INDY) if "Lena" in each] == [], "it is for each city to say of its own people"


async def test_who_comes_and_goes_is_told_once_a_minute(story: Meetings) -> None:
    assert "erfahren, wenn jemand" in await story.says(KOELN, ANNA, "/hinweise an")
    await happens(story, KOELN, JOINED, LENA, BEN)
    await happens(story, KOELN, JOINED, EVE)
    await story.pass_(seconds=3)
    assert story.at(INDY) == ["Lena, Ben, and Eve have joined the chat in Köln."]
    assert story.at(LEEDS) == ["Lena, Ben and Eve have joined the chat in Köln."]
    await happens(story, KOELN, LEFT, LENA)
    await happens(story, KOELN, REMOVED, EVE)
    await happens(story, KOELN, JOINED, IVO)
    for number in range(4):
        await happens(story, KOELN, JOINED, someone(MessengerName.TELEGRAM, str(200 + number), f"P{number}"))
    await happens(story, KOELN, ChatChangeKind.TITLE, title="Köln und Freunde")
    await happens(story, KOELN, ChatChangeKind.PHOTO)
    await story.pass_(seconds=30)
    assert len(story.at(LEEDS)) == 1, "one line per minute"
    await story.pass_(seconds=31)
    (second,) = story.at(LEEDS)[1:]
    assert second == (
        "Ivo, P0 and 3 others have joined the chat in Köln.\n"
        "Lena has left the chat in Köln.\n"
        "Eve was removed from the chat in Köln.\n"
        "The chat in Köln is now called “Köln und Freunde”.\n"
        "The chat in Köln has a new picture."
    )
    async with story.database.begin() as store:
        assert [each.payload for each in await store.jobs.all() if each.kind == "notices"] == [{}], "no name is kept"
    assert "nicht, wer diesem Chat" in await story.says(KOELN, ANNA, "/hinweise aus")
    await happens(story, KOELN, JOINED, LENA)
    await story.pass_(minutes=2)
    assert len(story.at(LEEDS)) == 2


async def test_in_german_and_with_a_doubt_about_a_name(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!notices on")
    imposter = someone(MessengerName.MATRIX, "@eve:test", "Henriette Reker")
    await happens(story, INDY, JOINED, imposter, TOM)
    await story.pass_(seconds=3)
    assert story.at(KOELN)[-1] == (
        "Henriette Reker (⚠️ nicht bestätigt) und Tom Jackson sind dem Chat in Indianapolis beigetreten."
    )
    assert "guest" in await story.says(INDY, GRACE, "!role @tom:test guest")
    assert "was muted" in await story.says(INDY, GRACE, "!mute @tom:test")
    before = story.at(KOELN)
    await happens(story, INDY, LEFT, TOM)
    await story.pass_(minutes=2)
    assert story.at(KOELN) == before, "nothing of muted people"
