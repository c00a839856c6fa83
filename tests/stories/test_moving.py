"""Roundtables are moved and cancelled: from when to when, and why, in every chat and in private."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.model import ChatRef
from storage import Database, Roundtable, RoundtableState
from tests.stories.attending import card, post, presses, reacts, said
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, private_chat
from tests.stories.meetings import CREATED, HENRIETTE, JOE, LEEDS, Meetings, meetings_on

OWN = private_chat(HENRIETTE)
EVERYWHERE = (KOELN, INDY, LEEDS, OWN)


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    """Yield the three cities, with a roundtable to which the mayor of Köln has said yes."""
    async with meetings_on(database) as it:
        await it.says(OWN, HENRIETTE, "/start")
        await it.says(KOELN, ANNA, CREATED)
        await it.says(KOELN, HENRIETTE, "/teilnahme ja")
        yield it


async def numbered(story: Meetings, number: int = 1) -> Roundtable:
    async with story.database.begin() as store:
        found = await store.roundtables.numbered(1, number)
    assert found
    return found


def calendar(story: Meetings, chat: ChatRef) -> str:
    """Return the newest calendar file in a chat."""
    files = [each.data for each in story.messenger(chat).messages_in(chat) if each.file and each.data]
    return files[-1].decode().replace("\r\n ", "")


async def test_old_and_new_time_are_said_everywhere_in_each_readers_own(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 verschieben auf den 23.02.2027 um 14 Uhr")
    old, new = "Montag, 22. Februar 2027, 11:00 Uhr (Berlin)", "Dienstag, 23. Februar 2027, 14:00 Uhr (Berlin)"
    for chat in (KOELN, OWN):
        assert f"{old} → {new}" in post(story, chat, "📅 Runde 1 ist verlegt").text
    there = post(story, INDY, "📅 Roundtable 1 has been moved").text.replace("\u202f", " ")
    assert "February 22, 2027, 5:00 AM (Indianapolis) → Tuesday, February 23, 2027, 8:00 AM (Indianapolis)" in there
    assert "Köln: 2:00–4:00 PM" in there
    assert "Moved by Anna Weber." in there
    assert "Dienstag, 23. Februar 2027\nKöln: 14:00–16:00 Uhr" in story.card(KOELN)
    for chat in EVERYWHERE:
        assert "SEQUENCE:1\r\n" in calendar(story, chat)
        assert "DTSTART:20270223T130000Z" in calendar(story, chat)


async def test_another_day_asks_everybody_again_another_hour_does_not(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 verlegen 14 Uhr")
    moved = await numbered(story)
    assert (moved.starts_at, moved.ends_at) == (
        datetime(2027, 2, 22, 13, tzinfo=UTC),
        datetime(2027, 2, 22, 15, tzinfo=UTC),
    )
    assert await said(story, HENRIETTE) == "speaker yes"
    assert "noch einmal" not in post(story, KOELN, "verlegt").text
    await story.says(KOELN, ANNA, "/runde 1 verlegen 1. März")
    moved = await numbered(story)
    assert moved.starts_at == datetime(2027, 3, 1, 13, tzinfo=UTC), "at the same time of day"
    assert await said(story, HENRIETTE) == "speaker open"
    assert "Es ist ein anderer Tag: Bitte antworten Sie noch einmal." in post(story, KOELN, "verlegt").text
    assert "Köln ist noch offen" in story.card(KOELN)


async def test_a_deputy_stays_and_is_asked_again(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "Guten Morgen")
    await story.says(KOELN, HENRIETTE, "/teilnahme vertretung @mehmet")
    await story.says(KOELN, MEHMET, "/teilnahme ja")
    await story.says(KOELN, ANNA, "/runde 1 verlegen 1. März 11 Uhr")
    assert [await said(story, each) for each in (HENRIETTE, MEHMET)] == ["speaker no", "speaker open"]


@pytest.mark.parametrize(
    ("typed", "start", "end", "zone"),
    [
        ("23.02.2027 12:00", "2027-02-23T11:00", "2027-02-23T13:00", "Europe/Berlin"),
        ("23.02.2027 12:00–12:30", "2027-02-23T11:00", "2027-02-23T11:30", "Europe/Berlin"),
        ("12–13 Uhr", "2027-02-22T11:00", "2027-02-22T12:00", "Europe/Berlin"),
        ("23.02.2027 12:00 Europe/London", "2027-02-23T12:00", "2027-02-23T14:00", "Europe/London"),
        ("1. April", "2027-04-01T09:00", "2027-04-01T11:00", "Europe/Berlin"),
    ],
)
async def test_what_is_left_out_stays(story: Meetings, typed: str, start: str, end: str, zone: str) -> None:
    await story.says(KOELN, ANNA, f"/runde 1 verlegen {typed}")
    moved = await numbered(story)
    assert [f"{each:%Y-%m-%dT%H:%M}" for each in (moved.starts_at, moved.ends_at)] == [start, end]
    assert (moved.zone, moved.sequence) == (zone, 1)


async def test_a_time_is_read_in_the_roundtables_zone_wherever_it_is_typed(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable 1 move Feb 23, 2027 2pm")
    assert (await numbered(story)).starts_at == datetime(2027, 2, 23, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("verlegen", "Wann findet die Runde stattdessen statt?"),
        ("verlegen irgendwann", "irgendwann"),
        ("verlegen 22.02.2026 11 Uhr", "Vergangenheit"),
        ("verlegen 22.02.2027 11:00–13:00", "findet bereits zu dieser Zeit statt"),
        ("verlegen jeden Montag 11 Uhr", "nicht die Reihe"),
        ("absagen", "/runde 1 absagen GRUND"),
        ("absagen   ", "/runde 1 absagen GRUND"),
    ],
)
async def test_what_is_not_understood_changes_nothing(story: Meetings, typed: str, answer: str) -> None:
    posts = len(story.at(INDY))
    assert answer in await story.says(KOELN, ANNA, f"/runde 1 {typed}")
    assert (await numbered(story)).sequence == 0
    assert len(story.at(INDY)) == posts


async def test_only_coordinators_move_or_cancel(story: Meetings) -> None:
    for typed in ("verlegen 1. März", "absagen keine Lust", "einladen @mehmet als redner"):
        assert "Koordination" in await story.says(KOELN, HENRIETTE, f"/runde 1 {typed}")
    assert (await numbered(story)).sequence == 0


async def test_the_button_of_an_earlier_date_is_no_answer_to_the_new_one(story: Meetings) -> None:
    old = card(story, KOELN)
    assert old.post
    (stale,) = [each.action for each in old.post.buttons if each.emoji == "👎"]
    await story.says(KOELN, ANNA, "/runde 1 verlegen 1. März 11 Uhr")
    story.telegram.presses(KOELN, HENRIETTE, old.id, stale)
    await story.quiet()
    assert await said(story, HENRIETTE) == "speaker open"
    announced = post(story, KOELN, "📅")
    assert await presses(story, KOELN, HENRIETTE, "👍", announced) == "Notiert: Sie nehmen teil."
    await story.says(KOELN, ANNA, "/runde 1 verlegen 2. März 11 Uhr")
    assert "verlegt auf Dienstag, 2. März 2027" in await presses(story, KOELN, HENRIETTE, "👍", announced)
    assert await said(story, HENRIETTE) == "speaker open"


async def test_a_cancellation_is_said_everywhere_with_its_reason(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable 1 cancel the river is high")
    for chat in (KOELN, OWN):
        text = post(story, chat, "❌ Runde 1 ist abgesagt").text
        assert "Geplanter Beginn war: Montag, 22. Februar 2027, 11:00 Uhr (Berlin)." in text
        assert "Grund: the river is high" in text
        assert "Abgesagt von Grace Miller." in text
    for chat in EVERYWHERE:
        assert "STATUS:CANCELLED" in calendar(story, chat)
        assert "METHOD:CANCEL" in calendar(story, chat)
        assert "SEQUENCE:1\r\n" in calendar(story, chat)
    shown = card(story, KOELN)
    assert "the river is high" in shown.text
    assert shown.post
    assert shown.post.buttons == ()


async def test_after_the_cancellation_nothing_changes_any_more(story: Meetings) -> None:
    old = card(story, KOELN)
    assert old.post
    (stale,) = [each.action for each in old.post.buttons if each.emoji == "👎"]
    await story.says(KOELN, ANNA, "/runde 1 absagen Hochwasser")
    posts = len(story.at(INDY))
    for typed in ("/runde 1 absagen Hochwasser", "/runde 1 verlegen 1. März", "/runde 1 einladen @mehmet als redner"):
        assert "abgesagt" in await story.says(KOELN, ANNA, typed)
    assert "abgesagt: Antworten zählen nicht mehr" in await story.says(KOELN, HENRIETTE, "/teilnahme 1 nein")
    story.telegram.presses(KOELN, HENRIETTE, old.id, stale)
    await story.quiet()
    assert await reacts(story, KOELN, HENRIETTE, "👎") == []
    assert await said(story, HENRIETTE) == "speaker yes"
    assert (await numbered(story)).sequence == 1
    assert len(story.at(INDY)) == posts


async def test_once_it_has_begun_only_a_wish_to_speak_counts(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    assert "hat begonnen" in await story.says(KOELN, HENRIETTE, "/teilnahme 1 nein")
    assert "läuft gerade" in await story.says(KOELN, ANNA, "/runde 1 verlegen 1. März")
    assert "läuft gerade" in await story.says(KOELN, ANNA, "/runde 1 absagen Hochwasser")
    await story.says(INDY, JOE, "!attend 1 speak")
    assert await said(story, JOE) == "speaker yes ✋"
    assert "Joe Hogsett (Indianapolis)" in post(story, KOELN, "🔴").text
    await story.says(KOELN, ANNA, "/runde 1 beenden")
    assert "ist vorbei: Antworten zählen nicht mehr" in await story.says(KOELN, HENRIETTE, "/teilnahme 1 sprechen")
    assert await said(story, HENRIETTE) == "speaker yes"


async def test_a_reaction_to_the_card_of_the_meeting_is_a_wish_to_speak(story: Meetings) -> None:
    await story.pass_(minutes=1)
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    on = post(story, KOELN, "🔴")
    story.telegram.reacts(KOELN, HENRIETTE, on.id, "✍")
    await story.quiet()
    assert await said(story, HENRIETTE) == "speaker yes ✋"
    assert "Henriette Reker (Köln)" in post(story, INDY, "🔴").text
    story.telegram.reacts(KOELN, HENRIETTE, on.id, "✍", removed=True)
    await story.quiet()
    assert await said(story, HENRIETTE) == "speaker yes"


async def test_when_the_time_has_come_answers_count_no_more_though_nobody_has_begun(story: Meetings) -> None:
    await story.until(datetime(2027, 2, 22, 10, 30, tzinfo=UTC))
    assert "hat begonnen" in await story.says(KOELN, HENRIETTE, "/teilnahme 1 nein")


# Series

SERIES = "/runde Jour fixe | wann: jeden Montag 11:00–12:00 ab 18.01.2027"


async def test_one_of_a_series_is_moved_or_cancelled_alone(database: Database) -> None:
    async with meetings_on(database) as story:
        await story.says(KOELN, ANNA, SERIES)
        await story.says(KOELN, ANNA, "/runde 1 verlegen 19.01.2027 11 Uhr")
        moved = await numbered(story)
        assert moved.series_id
        async with story.database.begin() as store:
            series = await store.roundtables.series(moved.series_id)
            coming = await store.roundtables.coming(1)
        assert (series.ended_at, moved.occurrence_at) == (None, datetime(2027, 1, 18, 10, tzinfo=UTC))
        await story.says(KOELN, ANNA, "/runde 1 absagen Hochwasser")
        await story.until(datetime(2027, 1, 26, 10, tzinfo=UTC))
        assert [(await numbered(story, number)).state for number in (1, 2)] == [
            RoundtableState.CANCELLED,
            RoundtableState.ENDED,
        ]
        assert (await numbered(story, 2)).starts_at == datetime(2027, 1, 25, 10, tzinfo=UTC)
        assert len(coming) >= 1


async def test_a_whole_series_is_cancelled_from_one_on(database: Database) -> None:
    async with meetings_on(database) as story:
        await story.says(KOELN, ANNA, SERIES)
        assert "/runde 1 absagen GRUND" in await story.says(KOELN, ANNA, "/runde 1 absagen Serie")
        await story.says(KOELN, ANNA, "/runde 1 absagen Serie Wir treffen uns anders")
        assert "Grund: Wir treffen uns anders" in post(story, KOELN, "❌ Runde 1 ist abgesagt").text
        await story.until(datetime(2027, 2, 10, 10, tzinfo=UTC))
        async with story.database.begin() as store:
            numbers = await store.roundtables.numbers(1)
            assert await store.roundtables.coming(1) == []
        assert [(await numbered(story, each)).state for each in numbers] == [RoundtableState.CANCELLED] * len(numbers)


async def test_the_word_series_is_a_reason_like_others_where_there_is_none(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 absagen Serie von Unwettern")
    assert (await numbered(story)).reason == "Serie von Unwettern"


# Who has not answered


async def test_two_days_before_the_coordinators_hear_who_has_not_answered(story: Meetings) -> None:
    await story.until(datetime(2027, 2, 20, 9, 59, tzinfo=UTC))
    assert not [each for each in story.at(INDY) if "Not answered yet" in each]
    await story.until(datetime(2027, 2, 20, 10, tzinfo=UTC))
    told = post(story, INDY, "Not answered yet: Joe Hogsett")
    assert told.post
    assert told.post.mentions == (GRACE.account,)
    assert not [each for chat in (KOELN, LEEDS) for each in story.at(chat) if "Joe Hogsett" in each], (
        "the mayor of Köln has answered, Leeds has none"
    )
    await story.until(datetime(2027, 2, 22, 9, tzinfo=UTC))
    assert len([each for each in story.at(INDY) if "Not answered yet" in each]) == 1


async def test_that_word_moves_with_the_roundtable_and_goes_with_it(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 verlegen 24.02.2027 11 Uhr")
    await story.until(datetime(2027, 2, 21, 10, tzinfo=UTC))
    assert not [each for each in story.at(INDY) if "Not answered yet" in each]
    await story.says(KOELN, ANNA, "/runde 1 absagen Hochwasser")
    await story.until(datetime(2027, 2, 24, 10, tzinfo=UTC))
    assert not [each for each in story.at(INDY) if "Not answered yet" in each]


async def test_a_reason_is_one_line_of_limited_length(story: Meetings) -> None:
    assert "höchstens 300 Zeichen" in await story.says(KOELN, ANNA, f"/runde 1 absagen {'x' * 301}")
    await story.says(KOELN, ANNA, "/runde 1 absagen Hochwasser\nJoe Hogsett · Indianapolis: Ich auch")
    assert "Reason: Hochwasser Joe Hogsett · Indianapolis: Ich auch" in story.at(LEEDS)[-2]
