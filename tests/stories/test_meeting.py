"""A roundtable is held: items and speakers in turn, a word to the chair, a summary, whatever happens on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import ChatRef, Replace, Role, Sender
from storage import Database, RoundtableState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, direct_room, private_chat, running
from tests.stories.meetings import CREATED, HENRIETTE, JOE, LEEDS, PRIYA, Meetings, meetings_on

START = datetime(2027, 2, 22, 9, 59, tzinfo=UTC)
"""A minute before it was planned, so that answers still count."""
HOURS = 3


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        await it.says(KOELN, ANNA, CREATED)
        it.clock.now = START
        await it.quiet()
        yield it


def live(story: Meetings, chat: ChatRef) -> str:
    """Return the live card of the meeting in a chat, as it reads now."""
    return next(each for each in reversed(story.at(chat)) if each.startswith("🔴"))


def summary(story: Meetings, chat: ChatRef) -> str:
    return next(each for each in reversed(story.at(chat)) if each.startswith("🏁"))


def told(story: Meetings, chat: ChatRef) -> list[str]:
    """Return what the chair was told about the time in a chat."""
    return [each.partition(": ")[2] or each for each in story.at(chat) if "⏳" in each or "⌛" in each]


def action(story: Meetings, chat: ChatRef, emoji: str) -> tuple[str, str]:
    """Return the message with the live card, and what its button carries."""
    card = next(m for m in reversed(story.messenger(chat).messages_in(chat)) if m.text.startswith("🔴"))
    assert card.post
    return card.id, next(each.action for each in card.post.buttons if each.emoji == emoji)


async def press(story: Meetings, chat: ChatRef, who: Sender, emoji: str) -> str:
    """Press a button of the live card on Telegram; return what the person is told alone."""
    id, carried = action(story, chat, emoji)
    story.telegram.presses(chat, who, id, carried)
    await story.quiet()
    return story.telegram.told[-1]


async def state(story: Meetings) -> RoundtableState:
    async with story.database.begin() as store:
        return (await store.roundtables.get(1)).state


async def test_everybody_follows_it_on_a_card_in_their_language(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.pass_(minutes=4)
    await story.says(INDY, JOE, "!attend 1 speak")
    german, american, british = (live(story, chat).splitlines() for chat in (KOELN, INDY, LEEDS))
    assert german[:7] == [
        "🔴 Runde 1 läuft: Städte vereint für ein demokratisches Europa",
        "Leitung: Anna Weber",
        "1. Begrüßung: 4 von 10 Minuten",
        "🎤 Das Wort hat Henriette Reker (Köln), 4 von 10 Minuten",
        "✋ Redeliste: Joe Hogsett (Indianapolis)",
        "Danach: 2. Aus den Städten",
        "Insgesamt: 4 von 120 Minuten",
    ]
    assert american[:3] == [
        "🔴 Roundtable 1 is running: Städte vereint für ein demokratisches Europa",
        "In the chair: Anna Weber",
        "1. Begrüßung: 4 of 10 minutes",
    ]
    assert british[:7] == american[:7]


async def test_the_chair_is_told_in_private_about_the_time_of_each_item(story: Meetings) -> None:
    await story.says(private_chat(ANNA), ANNA, "/start")
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    for _minute in range(13):
        await story.pass_(minutes=1)
    assert told(story, KOELN) == []
    assert told(story, private_chat(ANNA)) == [
        "noch 2 Minuten",
        "Die Zeit ist abgelaufen.",
        "2 Minuten über der Zeit",
    ]
    assert "1. Begrüßung: 13 von 10 Minuten, Zeit überschritten" in live(story, KOELN)


async def test_a_chair_without_a_private_chat_is_mentioned_in_their_own(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable 1 start")
    await story.pass_(minutes=9)
    assert told(story, INDY) == ["⏳ Item 1, Begrüßung: 1 minute left"]
    assert told(story, KOELN) == told(story, LEEDS) == []


async def test_next_goes_through_the_items_and_end_posts_planned_against_used(story: Meetings) -> None:
    for who, chat, typed in (
        (HENRIETTE, KOELN, "/teilnahme 1 sprechen"),
        (JOE, INDY, "!attend 1 speak"),
        (PRIYA, LEEDS, "!attend 1 yes"),
    ):
        await story.says(chat, who, typed)
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.pass_(minutes=8)
    assert "Jetzt: 2. Aus den Städten" in await story.says(KOELN, ANNA, "/runde 1 weiter")
    assert "Speaking now: Joe Hogsett (Indianapolis)" in await story.says(INDY, GRACE, "!roundtable 1 next speaker")
    await story.pass_(minutes=5)
    assert "Es liegt keine Wortmeldung vor." in await story.says(KOELN, ANNA, "/runde 1 weiter redner")
    assert "Das ist der letzte Punkt." in await story.says(KOELN, ANNA, "/runde 1 weiter")
    await story.pass_(minutes=95)
    await story.says(KOELN, ANNA, "/runde 1 beenden")
    assert summary(story, KOELN).splitlines() == [
        "🏁 Runde 1 ist beendet: Städte vereint für ein demokratisches Europa",
        "Insgesamt: 108 von 120 Minuten",
        "1. Begrüßung: 8 von 10 Minuten",
        "2. Aus den Städten: 100 von 90 Minuten, Zeit überschritten",
        "🎤 Köln: 8 Minuten – Henriette Reker 8 Minuten",
        "🎤 Indianapolis: 100 Minuten – Joe Hogsett 100 Minuten",
        "👥 Köln, laut Zusagen: Henriette Reker",
        "👥 Indianapolis, laut Zusagen: Joe Hogsett",
        "👥 Leeds, laut Zusagen: Priya Shah",
    ]
    assert "2. Aus den Städten: 100 of 90 minutes, over time" in summary(story, INDY)
    assert not any(each.startswith("🔴") for each in story.at(KOELN))
    assert await state(story) is RoundtableState.ENDED


async def test_what_minutes_can_be_made_of_is_stored(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.pass_(minutes=8)
    await story.says(INDY, JOE, "!attend 1 speak")
    await story.says(KOELN, ANNA, "/runde 1 weiter redner")
    await story.pass_(minutes=2)
    await story.says(KOELN, ANNA, "/runde 1 weiter")
    await story.pass_(minutes=1)
    await story.says(KOELN, ANNA, "/runde 1 beenden")
    async with story.database.begin() as store:
        items = await store.agenda.of(1)
        speeches = await store.meetings.speeches(1)
        names = [(await store.people.get(each.person_id or 0)).name for each in speeches]
    at = [START + timedelta(minutes=minutes) for minutes in (0, 8, 10, 11)]
    assert [(each.started_at, each.ended_at) for each in items] == [(at[0], at[2]), (at[2], at[3])]
    assert [(each.started_at, each.ended_at) for each in speeches] == [(at[0], at[1]), (at[1], at[2])]
    assert names == ["Henriette Reker", "Joe Hogsett"]
    assert {each.item_id for each in speeches} == {items[0].id}


async def test_the_buttons_are_the_chairs(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.appoint(MEHMET, "Köln", Role.COORDINATOR)
    assert "Anna Weber leitet die Runde." in await press(story, KOELN, MEHMET, "⏭️")
    assert "1. Begrüßung" in live(story, KOELN)
    await story.says(KOELN, MEHMET, "/runde 1 beginnen")
    assert story.at(KOELN)[-2:] == ["Sie leiten jetzt Runde 1.", "Anna Weber: Mehmet Kaya leitet jetzt Runde 1."]
    assert "Leitung: Mehmet Kaya" in live(story, KOELN)
    assert "Jetzt: 2. Aus den Städten" in await press(story, KOELN, MEHMET, "⏭️")
    assert "Mehmet Kaya leitet die Runde." in await press(story, KOELN, ANNA, "🏁")
    await press(story, KOELN, MEHMET, "🏁")
    assert await state(story) is RoundtableState.ENDED


async def test_a_button_that_has_been_overtaken_does_nothing(story: Meetings) -> None:
    """Whoever presses twice, or on a phone that shows an older card, skips no item."""
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    id, carried = action(story, KOELN, "⏭️")
    for _time in range(2):
        story.telegram.presses(KOELN, ANNA, id, carried)
    await story.quiet()
    assert "Dieser Knopf hat keine Wirkung mehr." in story.telegram.told[-1]
    assert "2. Aus den Städten: 0 von 90 Minuten" in live(story, KOELN)


async def test_on_matrix_the_buttons_are_reactions(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable 1 start")
    card = next(m for m in reversed(story.matrix.messages_in(INDY)) if m.text.startswith("🔴"))
    story.matrix.reacts(INDY, GRACE, card.id, "⏭️")
    await story.quiet()
    assert "2. Aus den Städten" in live(story, INDY)
    assert "Then:" not in live(story, INDY)


async def test_without_an_agenda_the_meeting_is_one_item(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable Cities united | when: Feb 22, 2027 6am | where: online")
    await story.says(INDY, GRACE, "!roundtable 2 start")
    await story.pass_(minutes=49)
    assert live(story, INDY).splitlines()[:3] == [
        "🔴 Roundtable 2 is running: Cities united",
        "In the chair: Grace Miller",
        "In all: 49 of 60 minutes",
    ]
    assert told(story, INDY) == ["⏳ Roundtable 2, Cities united: 11 minutes left"]
    assert "That is the last item." in await story.says(INDY, GRACE, "!roundtable 2 next")
    await story.says(INDY, GRACE, "!roundtable 2 end")
    assert "In all: 49 of 60 minutes" in summary(story, LEEDS)


async def test_it_goes_on_after_a_crash_and_a_downtime_past_midnight(database: Database) -> None:
    """The chair hears once what has passed meanwhile; nothing is told twice."""
    it = Meetings(database)
    await it.set_up()
    async with running(it):
        await it.says(KOELN, ANNA, CREATED.replace("11:00–13:00", "23:00"))
        it.clock.now = START + timedelta(hours=12)
        await it.says(KOELN, ANNA, "/runde 1 beginnen")
        await it.pass_(minutes=8)
        assert told(it, KOELN) == ["⏳ Punkt 1, Begrüßung: noch 2 Minuten"]
    it.clock.pass_(minutes=55)
    it.restart()
    async with running(it):
        await it.quiet()
        assert told(it, KOELN)[1:] == [
            "⌛ Punkt 1, Begrüßung: 53 Minuten über der Zeit",
            "⌛ Runde 1, Städte vereint für ein demokratisches Europa: Die Zeit ist abgelaufen.",
        ]
        await it.pass_(minutes=1)
        assert len(told(it, KOELN)) == 3
        await it.says(KOELN, ANNA, "/runde 1 weiter")
        await it.pass_(minutes=2)
        await it.says(KOELN, ANNA, "/runde 1 beenden")
        assert "1. Begrüßung: 64 von 10 Minuten, Zeit überschritten\n2. Aus den Städten: 2 von 90 Minuten" in summary(
            it, KOELN
        )


async def test_one_that_is_forgotten_ends_by_itself(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.pass_(hours=2)
    await story.pass_(hours=HOURS, minutes=-1)
    assert await state(story) is RoundtableState.RUNNING
    await story.pass_(minutes=1)
    assert await state(story) is RoundtableState.ENDED
    shown = summary(story, KOELN).splitlines()
    assert shown[1].startswith("Niemand hat sie beendet, deshalb habe ich es getan. Sie zählt bis Montag, 22. Februar")
    assert shown[2] == "Insgesamt: 120 von 120 Minuten"
    before = story.at(KOELN)
    await story.pass_(hours=5)
    assert story.at(KOELN) == before


async def test_one_that_was_cancelled_or_has_ended_cannot_begin(story: Meetings) -> None:
    assert "läuft nicht" in await story.says(KOELN, ANNA, "/runde 1 weiter")
    assert "läuft nicht" in await story.says(KOELN, ANNA, "/runde 1 beenden")
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    assert "Sie leiten Runde 1 schon." in await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.says(KOELN, ANNA, "/runde 1 beenden")
    for word in ("beginnen", "starten", "weiter", "beenden"):
        assert "Runde 1 ist schon beendet." in await story.says(KOELN, ANNA, f"/runde 1 {word}")
    await story.says(KOELN, ANNA, CREATED.replace("22.02", "23.02"))
    await story.says(KOELN, ANNA, "/runde 2 absagen Sturm")
    assert "Runde 2 ist abgesagt." in await story.says(KOELN, ANNA, "/runde 2 beginnen")


async def test_it_can_begin_early_and_counts_from_then(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED.replace("11:00–13:00", "16:00–18:00"))
    await story.says(KOELN, ANNA, "/runde 2 beginnen")
    await story.pass_(minutes=96)
    assert "Insgesamt: 96 von 120 Minuten" in live(story, KOELN)
    assert told(story, KOELN)[-1].endswith("noch 24 Minuten")


async def test_the_card_costs_a_telegram_group_one_edit_a_minute(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.quiet()
    before = len(edits(story))
    for _step in range(30):
        await story.pass_(seconds=6)
    assert len(edits(story)) - before == 3


def edits(story: Meetings) -> list[Replace]:
    return [each for each in story.telegram.calls if isinstance(each, Replace)]


async def test_who_runs_it_in_private_reads_the_card_there(story: Meetings) -> None:
    there = direct_room(GRACE)
    await story.says(there, GRACE, "!roundtable 1 start")
    assert "🔴 Roundtable 1 is running" in story.at(there)[-1]
    await story.says(there, GRACE, "!roundtable 1 end")
    assert "🏁 Roundtable 1 has ended" in story.at(there)[-1]
