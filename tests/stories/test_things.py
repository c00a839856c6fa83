"""What people send that is neither text nor file, as the others read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import Attachment, LiveLocation, Location, MessageRef, PollChoice, PollClosed, PollSnapshot, Reply, rich
from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, TOM
from tests.stories.meetings import LEEDS, NOW, SPACES, Meetings
from tests.stories.polls import story

__all__ = ["story"]

HALL = Location(50.94, 6.96, "Rathaus", "Markt 1")


def live(longitude: float, *, ended: bool = False) -> Attachment:
    until = None if ended else NOW + timedelta(hours=1)
    return Attachment("location", thing=LiveLocation(Location(50.94, longitude), until, ended=ended))


async def test_a_place_stays_a_place(story: Meetings) -> None:
    place = Attachment("location", "Rathaus", thing=HALL)
    id = story.telegram.says(KOELN, MEHMET, "", attachment=place)
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[-1]
    assert copy.post
    assert (copy.post.location, copy.shown) == (HALL, "Mehmet Kaya · Köln: 📍 Location: Rathaus, Markt 1")
    assert story.at(LEEDS)[-1] == copy.shown
    story.matrix.says(INDY, TOM, "I am there", reply_to=copy.id)
    story.matrix.says(INDY, TOM, "", attachment=place, reply_to=copy.id)
    await story.quiet()
    words, back = story.telegram.messages_in(KOELN)[-2:]
    assert back.post
    assert (words.reply_to, back.reply_to, back.post.location) == (id, id, HALL)
    story.matrix.deletes(INDY, TOM, story.matrix.messages_in(INDY)[-1].id)
    await story.quiet()
    assert story.telegram.messages_in(KOELN)[-1] == words


async def test_a_place_that_is_corrected_is_sent_anew(story: Meetings) -> None:
    id = story.matrix.says(INDY, TOM, "", attachment=Attachment("location", "Rathaus", thing=HALL))
    await story.quiet()
    new = replace(HALL, title="Dom")
    story.matrix.edits(INDY, TOM, id, "", attachment=Attachment("location", "Dom", thing=new))
    await story.quiet()
    (copy,) = story.telegram.messages_in(KOELN)
    assert copy.post
    assert (copy.post.location, copy.text) == (new, "📍 Standort: Dom, Markt 1\n(bearbeitet)")


async def test_a_reply_to_an_unknown_message_quotes_it_beside_the_place(story: Meetings) -> None:
    place, old = Attachment("location", "Rathaus", thing=HALL), MessageRef(KOELN, "-1001/7")
    reply = Reply(old, "Anna Weber", account=ANNA.account, attachment=place)
    story.telegram.says(KOELN, MEHMET, "", attachment=place, reply=reply)
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[-1]
    assert copy.post
    assert copy.post.location is None
    assert "[Location: Rathaus]" in copy.shown
    assert copy.shown.endswith("📍 Location: Rathaus, Markt 1")


async def test_a_live_location_moves_once_a_minute_and_stays_where_it_ended(story: Meetings) -> None:
    def shown() -> tuple[str, ...]:
        return tuple(story.at(chat)[-1].partition(": ")[2].translate(SPACES) for chat in (INDY, LEEDS))

    def edits() -> int:
        return sum(each.kind == "replace" for each in story.matrix.calls)

    id = story.telegram.says(KOELN, MEHMET, "", attachment=live(6.0))
    await story.quiet()
    assert shown() == (
        "📍 Live location until 5:00 AM: 50.94000, 6.00000",
        "📍 Live location until 10:00: 50.94000, 6.00000",
    )
    for longitude in (6.1, 6.2, 6.3):
        story.telegram.edits(KOELN, MEHMET, id, "", attachment=live(longitude))
        await story.quiet()
    assert shown()[1].endswith("6.10000"), "the first move is shown at once"
    assert edits() == 2
    await story.pass_(seconds=61)
    assert shown()[1].endswith("6.30000"), "then the last one, once a minute"
    assert edits() == 4
    async with story.database.begin() as store:
        assert [each.payload for each in await store.jobs.all() if each.kind == "live"] == [{}], "no path is kept"
    story.telegram.edits(KOELN, MEHMET, id, "", attachment=live(6.4))
    await story.quiet()
    story.telegram.edits(KOELN, MEHMET, id, "", attachment=live(6.5, ended=True))
    await story.quiet()
    assert shown()[1] == "📍 Live location, ended. Last place: 50.94000, 6.50000"
    await story.pass_(minutes=5)
    assert shown()[1] == "📍 Live location, ended. Last place: 50.94000, 6.50000"


async def test_a_live_location_that_is_deleted_moves_no_more(story: Meetings) -> None:
    id = story.matrix.says(INDY, TOM, "", attachment=live(6.0))
    await story.quiet()
    for longitude in (6.1, 6.2):
        story.matrix.edits(INDY, TOM, id, "", attachment=live(longitude))
    await story.quiet()
    story.matrix.deletes(INDY, TOM, id)
    await story.pass_(minutes=2)
    assert story.at(KOELN) == []
    async with story.database.begin() as store:
        assert [each for each in await store.jobs.all() if each.kind == "live"] == []


async def test_a_poll_is_shown_as_it_stands(story: Meetings) -> None:
    def poll(*votes: int, closed: bool = False) -> Attachment:
        options = tuple(PollChoice(rich(text), count) for text, count in zip(("Park", "Halle"), votes, strict=True))
        asked = PollSnapshot(question=rich("Wohin?"), options=options, voters=sum(votes), closed=closed)
        return Attachment("poll", "Wohin?", thing=asked)

    id = story.telegram.says(KOELN, MEHMET, "", attachment=poll(0, 0))
    await story.quiet()
    head = "Mehmet Kaya · Köln: 📊 Poll: Wohin?\n"
    assert story.at(INDY) == [f"{head}• Park\n• Halle\nVoting is possible only in the original chat."]
    story.telegram.edits(KOELN, MEHMET, id, "", attachment=poll(1, 3, closed=True))
    await story.quiet()
    assert story.at(INDY) == [f"{head}• Park: 1 vote\n• Halle: 3 votes\nThe poll has ended: 4 people have voted."]
    story.matrix.says(INDY, TOM, "Fine", reply_to=story.matrix.messages_in(INDY)[-1].id)
    await story.quiet()
    assert story.telegram.messages_in(KOELN)[-1].reply_to == id


async def test_the_end_of_a_poll_is_known_by_its_id_alone(story: Meetings) -> None:
    def poll(*, closed: bool) -> Attachment:
        asked = PollSnapshot(
            question=rich("Wohin?"), options=(PollChoice(rich("Park"), 1),), voters=1, closed=closed, poll="77"
        )
        return Attachment("poll", "Wohin?", thing=asked)

    story.telegram.says(KOELN, MEHMET, "", attachment=poll(closed=False))
    story.telegram.says(KOELN, ANNA, "", attachment=poll(closed=False), origin="Mehmet Kaya")
    await story.quiet()
    for number in ("78", "77"):
        story.telegram.happens(
            PollClosed(id=f"closed {number}", poll=number, at=story.clock(), attachment=poll(closed=True))
        )
    await story.quiet()
    mine, forwarded = story.at(INDY)
    assert mine == "Mehmet Kaya · Köln: 📊 Poll: Wohin?\n• Park: 1 vote\nThe poll has ended: 1 person has voted."
    assert forwarded.endswith("1 person has voted so far."), "it is somebody else's to end"
