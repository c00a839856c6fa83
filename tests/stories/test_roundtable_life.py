"""The whole life of a roundtable, on both messengers and in three languages and zones."""

from __future__ import annotations

from datetime import UTC, datetime

from storage import Database, RoundtableState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, private_chat
from tests.stories.meetings import CREATED, HENRIETTE, JOE, LEEDS, PRIYA, SPACES, Meetings, meetings_on, printed


async def test_from_the_invitation_to_the_summary(database: Database) -> None:
    async with meetings_on(database) as story:
        await is_scheduled_and_answered(story)
        await is_moved(story)
        await is_held(story)
        await is_followed_by_one_that_is_cancelled(story)


async def is_scheduled_and_answered(story: Meetings) -> None:
    """Answers come by command and by button, from both messengers, in private and in the chat; there is one list."""
    await story.says(private_chat(HENRIETTE), HENRIETTE, "/start")
    await story.says(KOELN, ANNA, CREATED)
    await story.chooses(private_chat(HENRIETTE), HENRIETTE)
    await story.says(KOELN, MEHMET, "/teilnahme 1 ja")
    await story.chooses(INDY, JOE, 2)
    await story.says(INDY, TOM, "!attend 1 yes")
    await story.says(LEEDS, PRIYA, "!roundtable 1 invite @priya:test as speaker")
    await story.says(LEEDS, PRIYA, "!attend 1 no")
    lines = story.card(LEEDS).splitlines()
    assert "Attendance: Köln has confirmed, Indianapolis is not sure yet and Leeds has declined" in lines
    assert "Köln: Henriette Reker (speaking), 1 person listening" in lines
    assert "Indianapolis: 1 person listening" in lines


async def is_moved(story: Meetings) -> None:
    """It is another day, more than a month after the invitations: everybody answers again, with the same buttons."""
    await story.says(INDY, GRACE, "!roundtable 1 move Mar 16, 2027 10:00 AM Europe/Berlin")
    moved = next(each for each in story.at(LEEDS) if "has been moved" in each)
    assert "Monday, 22 February 2027, 10:00 (London) → Tuesday, 16 March 2027, 09:00 (London)" in moved
    american = story.card(INDY).translate(SPACES)
    assert "Tuesday, March 16, 2027\nIndianapolis: 5:00–7:00 AM\nKöln: 10:00 AM – 12:00 PM\n" in american
    assert "Köln is open" in story.card(LEEDS)
    await story.until(datetime(2027, 3, 15, 12, tzinfo=UTC))
    assert sum("7 Tage" in each for each in story.at(KOELN)) == 1, "only that of the new date"
    await story.chooses(private_chat(HENRIETTE), HENRIETTE)
    await story.chooses(INDY, JOE)
    assert "Köln hat zugesagt, Indianapolis hat zugesagt und Leeds ist noch offen" in story.card(KOELN)


async def is_held(story: Meetings) -> None:
    await story.until(datetime(2027, 3, 16, 9, tzinfo=UTC))
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    assert "▶️ It is running." in story.card(LEEDS)
    await story.until(datetime(2027, 3, 16, 9, 12, tzinfo=UTC))
    await story.says(KOELN, ANNA, "/runde 1 weiter")
    await story.until(datetime(2027, 3, 16, 10, 30, tzinfo=UTC))
    await story.says(KOELN, ANNA, "/runde 1 beenden")
    summary = next(each for each in story.at(INDY) if "Begrüßung: 12 of 10 minutes" in each)
    assert "Aus den Städten: 78 of 90 minutes" in summary
    assert "It has ended." in story.card(LEEDS)
    told = len(story.at(LEEDS))
    await story.until(datetime(2027, 4, 1, tzinfo=UTC))
    assert len(story.at(LEEDS)) == told, "nothing comes after the end"


async def is_followed_by_one_that_is_cancelled(story: Meetings) -> None:
    await story.says(LEEDS, PRIYA, "!roundtable Budget | when: 20 April 2027, 14:00–15:00 | remind: 7d, 1h")
    await story.says(LEEDS, PRIYA, "!roundtable 2 cancel The mayor is ill")
    assert "❌ Abgesagt: The mayor is ill" in story.card(KOELN)
    assert "has been canceled" in await story.says(INDY, GRACE, "!roundtable 2 move tomorrow 9:00 AM")
    told = len(story.at(KOELN))
    await story.until(datetime(2027, 4, 21, tzinfo=UTC))
    assert len(story.at(KOELN)) == told, "nobody is reminded"
    async with story.database.begin() as store:
        past = await store.roundtables.past(1, 5)
    assert [(each.number, each.state) for each in past] == [(2, RoundtableState.CANCELLED), (1, RoundtableState.ENDED)]


async def test_with_its_dialogue_a_roundtable_goes_for_good(database: Database) -> None:
    async with meetings_on(database) as story:
        await story.says(KOELN, ANNA, CREATED)
        await story.says(KOELN, ANNA, "/runde Serie | wann: jeden ersten Montag im Monat 11:00")
        await story.says(KOELN, ANNA, "/runde Heute | wann: morgen 11:00")
        await story.says(KOELN, ANNA, "/runde 3 beginnen")
        async with story.database.begin() as store:
            (dialogue,) = await store.dialogues.all()
            await store.dialogues.remove(dialogue)
        before = printed(story)
        await story.pass_(days=60)
        async with story.database.begin() as store:
            left = [each for each in await store.jobs.all() if each.kind in story.app.features.jobs]
        assert [(each.kind, each.error) for each in left if each.error] == []
        assert printed(story) == before
