"""A poll is closed, at its time or by a coordinator: its result is posted everywhere, and may come into force."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.charts import BarChart, ChartError
from bot.model import ChatRef, ClosePoll, File, SendPoll
from bot.sandbox.telegram.images import png
from handlers.polls._closing import CLOSE
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, private_chat, running
from tests.stories.electorate import card, cast, message, publish, result, stored_poll
from tests.stories.meetings import LEEDS, SPACES, Meetings
from tests.stories.polls import story

__all__ = ["story"]

CHATS = (KOELN, INDY, LEEDS)


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> list[BarChart]:
    """Draw nothing, and return the charts that are asked for."""
    asked: list[BarChart] = []

    async def draw(chart: BarChart) -> bytes:
        asked.append(chart)
        return png(40, 30)

    monkeypatch.setattr("bot.charts.draw", draw)
    return asked


draws_nothing = pytest.mark.usefixtures("charts")


def picture(story: Meetings, chat: ChatRef) -> File:
    """Return the picture of a result in a chat."""
    post = message(story, chat, "📊").post
    assert post
    (file,) = post.files
    return file


async def closing_time(story: Meetings) -> datetime:
    """Return when the poll closes."""
    closes_at = (await stored_poll(story)).closes_at
    assert closes_at
    return closes_at


async def vote(story: Meetings) -> None:
    """Cast ballots in all three cities."""
    await cast(story, "Köln", "1=5 2=1", "1=4 2=2")
    await cast(story, "Indianapolis", "2=5", "2=4 3=3 4=1", "2=5 5=1")
    await cast(story, "Leeds", "1=2 2=3")


@draws_nothing
async def test_at_its_time_the_result_is_in_every_chat_in_its_language(story: Meetings) -> None:
    await publish(story)
    await vote(story)
    await story.until(await closing_time(story))
    assert (await stored_poll(story)).is_open, "the last votes may still be on their way"
    await story.pass_(seconds=2)
    german, american, british = (result(story, chat).translate(SPACES) for chat in CHATS)
    assert german.startswith(
        "🏁 Umfrage 1 ist beendet: Woran arbeiten wir zuerst?\n✅ Diese Reihenfolge ist in Kraft getreten.\n"
        "Reihenfolge (Punkte im Mittel, 0 bis 5)\n1. Bäume pflanzen (Thema 2): 3,06\n"
        "Köln 1,50 (Platz 2) · Indianapolis 4,67 (Platz 1) · Leeds 3,00 (Platz 1) · niedrigster Wert 1,50"
        " · alle Stimmen 3,33\n"
        "2. Radwege ausbauen (Thema 1): 2,17\n"
    )
    assert "alle Stimmen 1,83\n⚠️ Die Städte liegen hier um 3 Plätze oder mehr auseinander.\n" in german
    assert "Beteiligung: Köln 2 · Indianapolis 3 · Leeds 1" in german
    assert "1. Bäume pflanzen (topic 2): 3.06\nKöln 1.50 (place 2)" in american
    assert "Turnout: Köln 2 · Indianapolis 3 · Leeds 1" in british
    assert (
        card(story, KOELN)
        .translate(SPACES)
        .startswith(
            "🏁 Umfrage 1: Woran arbeiten wir zuerst?\nBeendet: Mittwoch, 20. Januar 2027, 10:00 Uhr (Berlin)\n"
        )
    )
    assert "1. Bäume pflanzen: 3,06\n2. Radwege ausbauen: 2,17\n" in card(story, KOELN)
    shown = message(story, INDY, "🏁 Poll 1:").post
    assert shown
    assert shown.buttons == ()
    poll = await stored_poll(story)
    assert (poll.state, poll.in_force_at) == ("closed", poll.closed_at)


async def test_the_picture_is_below_it_with_a_description_that_tells_everything(
    story: Meetings, charts: list[BarChart]
) -> None:
    await publish(story)
    await vote(story)
    await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    for chat in CHATS:
        assert picture(story, chat).alt == result(story, chat)
        assert message(story, chat, "📊").reply_to == message(story, chat, "🏁 Umfrage 1 ist", "🏁 Poll 1 is").id
    assert [picture(story, chat).name for chat in CHATS] == ["umfrage-1.png", "poll-1.png", "poll-1.png"]
    assert len(charts) == 3, "one for each language"
    german = next(each for each in charts if each.title.startswith("Umfrage"))
    assert (german.maximum, german.legend) == (5.0, "Punkte im Mittel, 0 bis 5")
    first = german.groups[0]
    assert first.title == "1. Bäume pflanzen"
    assert [(each.label, each.text, each.total) for each in first.bars] == [
        ("gemeinsam", "3,06", True),
        ("Köln", "1,50", False),
        ("Indianapolis", "4,67", False),
        ("Leeds", "3,00", False),
    ]


async def test_if_it_cannot_be_drawn_the_text_stands_alone_and_the_log_says_so(
    story: Meetings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def draw(_chart: BarChart) -> bytes:
        raise ChartError("no memory")

    monkeypatch.setattr("bot.charts.draw", draw)
    await publish(story)
    await vote(story)
    with capture_logs() as logs:
        await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    assert result(story, LEEDS).startswith("🏁 Poll 1 is closed")
    assert not any(text.startswith("📊") for chat in CHATS for text in story.at(chat))
    assert {each["locale"] for each in logs if each["event"] == "no picture of the result"} == {
        "de_DE",
        "en_US",
        "en_GB",
    }


async def test_it_is_really_drawn(story: Meetings) -> None:
    await publish(story, topics=("A", "B"))
    await cast(story, "Leeds", "1=5 2=3")
    await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    file = picture(story, LEEDS)
    assert (file.mime, file.name) == ("image/png", "poll-1.png")
    assert file.width
    assert file.width > 500
    assert message(story, LEEDS, "📊").data


async def test_below_the_quorum_nothing_comes_into_force_and_the_city_is_named(
    story: Meetings, charts: list[BarChart]
) -> None:
    await publish(story, "quorum: 2")
    await vote(story)
    await story.says(INDY, GRACE, "!poll 1 close")
    assert "⚠️ Es tritt nichts in Kraft, denn zu wenige haben abgestimmt: Leeds (1 von 2 Stimmen)." in result(
        story, KOELN
    )
    assert "⚠️ Nothing comes into force, as too few have voted in Leeds (1 of 2 ballots)." in result(story, INDY)
    assert (await stored_poll(story)).in_force_at is None
    post = message(story, KOELN, "🏁 Umfrage 1 ist").post
    assert post
    assert post.buttons == ()
    assert any("Leeds" in each for each in charts[0].footer)


async def test_without_any_ballot_it_says_so(story: Meetings, charts: list[BarChart]) -> None:
    await publish(story)
    await story.says(KOELN, ANNA, "/umfrage 1 beenden")
    assert "Niemand hat abgestimmt, deshalb tritt nichts in Kraft." in result(story, KOELN)
    assert "1. " not in result(story, KOELN)
    assert not charts, "there is nothing to draw"


async def test_a_ranking_has_a_table_of_pairs_that_fits_a_phone(story: Meetings, charts: list[BarChart]) -> None:
    await publish(story, "verfahren: rang")
    await cast(story, "Köln", "1>2>3", "1>3>2>4>5")
    await cast(story, "Leeds", "2>1", "5>2>3>4>1")
    await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    german = result(story, KOELN)
    assert "Reihenfolge (Plätze nach Schulze, Punkte nach Borda, 0 bis 4)\n1. Bäume pflanzen (Thema 2): " in german
    assert german.splitlines()[-7:] == [
        "Im direkten Vergleich: Anteil in Prozent, der das Thema der Zeile dem der Spalte vorzieht",
        "     2   1   3   4   5",
        " 2   ·  50  75 100  75",
        " 1  50   ·  75  75  75",
        " 3  25  25   ·  75  50",
        " 4   0  25   0   ·  25",
        " 5  25  25  25  25   ·",
    ]
    assert [each.maximum for each in charts] == [4.0] * 3
    many = tuple(f"Thema {chr(number)}" for number in range(65, 77))
    await publish(story, "verfahren: rang", topics=many)
    await cast(story, "Köln", "3>1>2", number=2)
    await story.says(KOELN, ANNA, "/umfrage 2 schließen")
    table = result(story, KOELN, 2).splitlines()[-13:]
    assert all(len(row) == 38 for row in table)
    assert table[1] == " 3  ·  +  +  +  +  +  +  +  +  +  +  +"


@draws_nothing
async def test_it_is_closed_once(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/umfrage Was?\n- A\n- B")
    assert "Umfrage 1 ist nicht veröffentlicht." in await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    assert "Only coordinators can do this." in await story.says(INDY, TOM, "!poll 1 close")
    assert (await stored_poll(story)).is_open
    closes_at = await closing_time(story)
    await cast(story, "Köln", "1=5")
    story.telegram.says(KOELN, ANNA, "/umfrage 1 schließen")
    story.matrix.says(INDY, GRACE, "!poll 1 close")
    await story.quiet()
    assert "Umfrage 1 ist schon beendet." in await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    await story.until(closes_at + timedelta(minutes=1))
    for chat in CHATS:
        assert sum(text.startswith(("🏁 Umfrage 1 ist", "🏁 Poll 1 is")) for text in story.at(chat)) == 1


@draws_nothing
async def test_what_fails_halfway_is_done_again_as_a_whole(story: Meetings, monkeypatch: pytest.MonkeyPatch) -> None:
    await publish(story)
    await vote(story)
    closes_at = await closing_time(story)
    with monkeypatch.context() as patch:
        patch.setattr("handlers.polls._picture.schedule", None)  # the last step of all
        await story.until(closes_at + timedelta(seconds=3))
        assert (await stored_poll(story)).is_open
        assert card(story, KOELN).startswith("🗳️")
    await story.until(closes_at + timedelta(minutes=10))
    assert not (await stored_poll(story)).is_open
    for chat in CHATS:
        assert sum(text.startswith(("🏁 Umfrage 1 ist", "🏁 Poll 1 is")) for text in story.at(chat)) == 1


@draws_nothing
async def test_native_polls_are_stopped(story: Meetings) -> None:
    await publish(story, "verfahren: einzeln")
    await cast(story, "Köln", "2")
    await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    assert sum(isinstance(each, ClosePoll) for each in story.telegram.calls) == 1
    assert sum(isinstance(each, ClosePoll) for each in story.matrix.calls) == 2
    assert "1. Bäume pflanzen (Thema 2): 1,00" in result(story, KOELN)


@asynccontextmanager
async def waiting_to_close(database: Database) -> AsyncIterator[Meetings]:
    """Yield a story in which native polls have been stopped in time, but one messenger has not caught up."""
    story = Meetings(database)
    await story.set_up()
    async with running(story):
        await publish(story, "verfahren: einzeln")
        story.clock.now = await closing_time(story) + timedelta(seconds=3)
    story.matrix.hold()
    story.restart()
    async with running(story):
        await story.app.jobs.run_due()
        await story.telegram.wait_until(lambda: stopped(story) == 1, lambda: "it goes on")
        yield story


@draws_nothing
async def test_native_polls_are_stopped_in_time_although_a_messenger_has_not_caught_up(database: Database) -> None:
    async with waiting_to_close(database) as story:
        assert (await stored_poll(story)).is_open
        story.matrix.release()
        for _second in range(3):
            await story.pass_(seconds=1)
        assert not (await stored_poll(story)).is_open
        assert stopped(story) == 1


async def test_a_close_that_is_put_off_while_it_waits_brings_new_native_polls(database: Database) -> None:
    async with waiting_to_close(database) as story:
        story.telegram.says(KOELN, ANNA, "/umfrage 1 ende: in 3 Tagen")
        await story.telegram.wait_until(lambda: sent(story) == 2, lambda: "there is no new one")
        story.matrix.release()
        await story.pass_(seconds=10)
        assert (await stored_poll(story)).is_open


def sent(story: Meetings) -> int:
    """Return how many native polls have been sent to Köln."""
    return sum(isinstance(each, SendPoll) for each in story.telegram.calls)


def stopped(story: Meetings) -> int:
    """Return how often the native poll in Köln has been stopped."""
    return sum(isinstance(each, ClosePoll) for each in story.telegram.calls)


@draws_nothing
async def test_a_close_that_comes_too_early_is_made_up_for(story: Meetings) -> None:
    await publish(story)
    closes_at = await closing_time(story)
    async with story.database.begin() as store:
        assert await store.jobs.hasten(CLOSE, "1")
    await story.quiet()
    assert (await stored_poll(story)).is_open
    await story.until(closes_at + timedelta(seconds=3))
    assert not (await stored_poll(story)).is_open


@draws_nothing
async def test_a_closed_poll_is_shown_with_its_picture_to_who_asks(story: Meetings) -> None:
    await publish(story)
    await vote(story)
    await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    await story.says(INDY, TOM, "!poll 1")
    texts = story.at(INDY)[-2:]
    assert texts == [result(story, INDY), "📊 The result of poll 1 as a picture"]
    assert "1. Bäume pflanzen (topic 2): 3.06" in texts[0]
    assert picture(story, INDY).alt == result(story, INDY)
    chat = private_chat(MEHMET)
    await story.says(chat, MEHMET, "/umfrage 1")
    assert "1. Bäume pflanzen (Thema 2): 3,06" in story.at(chat)[-2]
    assert picture(story, chat).name == "umfrage-1.png"


@draws_nothing
async def test_after_a_downtime_the_votes_before_the_close_come_in_from_both_messengers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
    monkeypatch.setattr("handlers.polls._card.PAUSE", timedelta())
    story = Meetings(database)
    await story.set_up()
    async with running(story):
        await publish(story)
        closes_at = await closing_time(story)
    story.clock.now = closes_at - timedelta(hours=1)
    story.telegram.says(KOELN, ANNA, "/stimme 1 1=5")
    story.matrix.says(INDY, GRACE, "!vote 1 1=4")
    story.clock.now = closes_at + timedelta(hours=1)
    story.telegram.says(KOELN, MEHMET, "/stimme 1 2=5")
    story.matrix.says(INDY, TOM, "!vote 1 2=5")
    story.matrix.hold()
    story.restart()
    async with running(story):
        await story.telegram.taken_in()
        for _second in range(5):
            story.clock.pass_(seconds=1)
            await story.app.jobs.run_due()
        assert (await stored_poll(story)).is_open, "votes on Matrix may still come"
        story.matrix.release()
        for _second in range(3):
            await story.pass_(seconds=1)
        assert "1. Radwege ausbauen (topic 1): 4.50\nKöln 5.00 (place 1) · Indianapolis 4.00" in result(story, LEEDS)
        assert "2. Bäume pflanzen (topic 2): 0.00" in result(story, LEEDS)
        assert sum(text.startswith("🏁 Poll 1 is") for text in story.at(LEEDS)) == 1


@draws_nothing
async def test_it_waits_no_longer_than_a_day(database: Database) -> None:
    story = Meetings(database)
    await story.set_up()
    async with running(story):
        await publish(story)
        closes_at = await closing_time(story)
    story.matrix.hold()
    story.restart()
    story.clock.now = closes_at + timedelta(hours=2)
    async with running(story):
        await story.app.jobs.run_due()
        assert (await stored_poll(story)).is_open
        story.clock.pass_(hours=24)
        await story.app.jobs.run_due()
        assert not (await stored_poll(story)).is_open
        story.matrix.release()
