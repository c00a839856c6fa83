"""Roundtables that repeat: one occurrence after the other, each with a number of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import Database, Roundtable
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN
from tests.stories.meetings import LEEDS, SPACES, Meetings, meetings_on


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


async def occurrences(story: Meetings) -> list[Roundtable]:
    """Return all occurrences of the only series so far, in their order."""
    async with story.database.begin() as store:
        return list(reversed(await store.roundtables.of_series(1)))


async def test_the_next_one_is_made_when_the_one_before_has_ended(story: Meetings) -> None:
    typed = "/runde Jour fixe | wann: jeden ersten Dienstag im Monat 11-12 Uhr | wo: online | - Begrüßung (5 min)"
    answer = await story.says(KOELN, ANNA, typed)
    assert "Die Runde wiederholt sich" in answer
    assert "Wiederholt sich: jeden Monat, am ersten Dienstag" in story.card(KOELN)
    (first,) = await occurrences(story)
    assert first.starts_at == datetime(2027, 2, 2, 10, tzinfo=UTC)
    await story.until(first.ends_at - timedelta(minutes=1))
    assert len(await occurrences(story)) == 1
    await story.pass_(minutes=1)
    _first, second = await occurrences(story)
    assert (second.number, second.title, second.place) == (2, "Jour fixe", "online")
    assert second.starts_at == datetime(2027, 3, 2, 10, tzinfo=UTC)
    card = story.card(LEEDS)
    assert card.startswith("🗓️ Roundtable 2: Jour fixe\nTuesday, 2 March 2027\nLeeds: 10:00–11:00")
    assert "1. Begrüßung (5 min)" in card


async def test_the_time_in_its_own_zone_stays_when_the_clocks_change(story: Meetings) -> None:
    """On 24 March 2027 only Indianapolis has changed its clocks, on 7 April all have."""
    await story.says(KOELN, ANNA, "/runde Jour fixe | wann: 24.02.2027 16-17 Uhr | wiederholen: alle 2 Wochen")
    await story.until(datetime(2027, 4, 7, 12, tzinfo=UTC))
    starts = [each.starts_at.strftime("%d.%m. %H") for each in await occurrences(story)]
    assert starts == ["24.02. 15", "10.03. 15", "24.03. 15", "07.04. 14"]
    cards = [each.translate(SPACES) for each in story.at(INDY) if each.startswith("🗓️")]
    times = ["10:00–11:00 AM", "10:00–11:00 AM", "11:00 AM – 12:00 PM", "10:00–11:00 AM"]
    shown = [next(line for line in card.splitlines() if line.startswith("Indianapolis: ")) for card in cards]
    assert shown == [f"Indianapolis: {each}" for each in times]


async def test_often_enough_several_are_made_ahead_so_that_no_reminder_is_missed(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Stand | wann: jeden Montag 9-9:30 Uhr | erinnern: 14 Tage")
    await story.quiet()
    starts = [each.starts_at for each in await occurrences(story)]
    assert starts == [datetime(2027, 1, 18 + 7 * n, 8, tzinfo=UTC) for n in range(2)]
    await story.pass_(days=4)
    assert len(await occurrences(story)) == 3


async def test_an_occurrence_that_is_moved_or_cancelled_leaves_the_others_alone(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Stand | wann: jeden Montag 9-9:30 Uhr | erinnern: 1 h")
    await story.says(KOELN, ANNA, "/runde 1 verlegen Mittwoch 20.01.2027 9 Uhr")
    await story.until(datetime(2027, 1, 20, 9, tzinfo=UTC))
    _first, second = await occurrences(story)
    assert second.starts_at == datetime(2027, 1, 25, 8, tzinfo=UTC)
    await story.says(INDY, GRACE, "!roundtable 2 cancel Holiday")
    await story.until(datetime(2027, 1, 25, 9, tzinfo=UTC))
    assert [each.number for each in await occurrences(story)] == [1, 2, 3]


async def test_a_series_that_is_cancelled_or_complete_stops(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Stand | wann: jeden Montag 9-9:30 Uhr | erinnern: 1 h")
    await story.says(INDY, GRACE, "!roundtable 1 cancel Reihe\nReason: No more need")
    await story.until(datetime(2027, 2, 2, tzinfo=UTC))
    assert [each.number for each in await occurrences(story)] == [1]


async def test_after_a_long_downtime_only_what_is_to_come_is_made(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Stand | wann: jeden Montag 9-9:30 Uhr | erinnern: 1 h")
    await story.pass_(weeks=3)
    await story.quiet()
    starts = [each.starts_at for each in await occurrences(story)]
    assert starts == [datetime(2027, 1, 18, 8, tzinfo=UTC), datetime(2027, 2, 8, 8, tzinfo=UTC)]
