"""What a coordinator is told about the time of a new roundtable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.dates.holidays import PublicHoliday
from bot.model import plain
from bot.text.catalogue import LazyText, LocaleContext, render
from handlers.roundtables import _warnings
from storage import City, Database, Series
from tests.places import PLACES
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, private_chat
from tests.stories.meetings import Meetings, meetings_on

BERLIN, NEW_YORK = City(1, "Köln", "de_DE", "Europe/Berlin"), City(2, "Albany", "en_US", "America/New_York")
LONDON, SYDNEY = City(3, "Leeds", "en_GB", "Europe/London"), City(4, "Sydney", "en_AU", "Australia/Sydney")
PHOENIX = City(5, "Phoenix", "en_US", "America/Phoenix")
HOUR = timedelta(hours=1)


def said(texts: Sequence[LazyText], locale: str = "en_GB") -> list[str]:
    shown = (plain(render(text, LocaleContext(locale))) for text in texts)
    return [text.replace("\u202f", " ").replace("\u2009", " ") for text in shown]


def about(start: datetime, *cities: City, length: timedelta = HOUR) -> list[str]:
    return said(_warnings.of(start, start + length, "Europe/Berlin", cities))


def test_a_good_time_needs_no_warning() -> None:
    assert about(datetime(2027, 2, 23, 15, 0, tzinfo=UTC), BERLIN, NEW_YORK, LONDON) == []


def test_night_hours_are_named_for_each_city() -> None:
    assert about(datetime(2027, 2, 22, 10, 0, tzinfo=UTC), BERLIN, NEW_YORK, length=2 * HOUR) == [
        "🌙 Night hours in Albany: 05:00–07:00"
    ]
    assert about(datetime(2027, 2, 22, 19, 0, tzinfo=UTC), BERLIN, NEW_YORK) == ["🌙 Night hours in Köln: 20:00–21:00"]
    assert about(datetime(2027, 2, 22, 6, 0, tzinfo=UTC), BERLIN) == []
    assert about(datetime(2027, 2, 22, 5, 59, tzinfo=UTC), BERLIN) == ["🌙 Night hours in Köln: 06:59–07:59"]
    assert about(datetime(2027, 2, 22, 17, 0, tzinfo=UTC), BERLIN, length=14 * HOUR) != []


def test_weekends_are_those_of_each_city() -> None:
    assert about(datetime(2027, 2, 20, 15, 0, tzinfo=UTC), BERLIN) == ["📆 In Köln that is a Saturday."]
    friday = datetime(2027, 2, 19, 20, 0, tzinfo=UTC)
    assert said(_warnings.of(friday, friday + HOUR, "Australia/Sydney", [NEW_YORK, SYDNEY])) == [
        "📆 In Sydney that is a Saturday."
    ]


@pytest.mark.parametrize(
    ("day", "apart"),
    [
        (datetime(2027, 3, 13, 15, 0, tzinfo=UTC), None),
        (datetime(2027, 3, 15, 15, 0, tzinfo=UTC), "5 hours apart, not 6"),
        (datetime(2027, 3, 26, 15, 0, tzinfo=UTC), "5 hours apart, not 6"),
        (datetime(2027, 3, 29, 15, 0, tzinfo=UTC), None),
        (datetime(2027, 10, 29, 15, 0, tzinfo=UTC), None),
        (datetime(2027, 11, 1, 15, 0, tzinfo=UTC), "5 hours apart, not 6"),
        (datetime(2027, 11, 8, 15, 0, tzinfo=UTC), None),
    ],
)
def test_weeks_in_which_only_one_side_changed_its_clocks(day: datetime, apart: str | None) -> None:
    clocks = [text for text in about(day, NEW_YORK, LONDON, BERLIN) if "clocks" in text]
    assert len(clocks) == bool(apart)
    assert all(f"Köln and Albany are {apart}." in text for text in clocks)


def test_a_zone_that_never_changes_its_clocks_and_one_in_the_south_are_no_surprise() -> None:
    for month in (1, 7):
        day = datetime(2027, month, 14, 10, 0, tzinfo=UTC)
        assert not [text for text in about(day, BERLIN, PHOENIX, SYDNEY) if "clocks" in text]


def test_holidays_are_named_in_the_readers_language() -> None:
    start = datetime(2027, 10, 4, 13, 0, tzinfo=UTC)
    unity = PublicHoliday(date(2027, 10, 4), {"": "Local", "de": "Einheit", "en_US": "Unity"})
    texts = _warnings.of(start, start + HOUR, "Europe/Berlin", [BERLIN, LONDON], {BERLIN.id: [unity]})
    assert said(texts) == ["🎉 Public holiday in Köln on 4 October 2027: Unity"]
    assert said(texts, "de_DE") == ["🎉 Feiertag in Köln am 4. Oktober 2027: Einheit"]


def series(rule: str, start: datetime, zone: str = "Europe/Berlin") -> Series:
    return Series(id=1, dialogue_id=1, uid="u", rule=rule, zone=zone, starts_at=start, length=HOUR, ended_at=None)


def test_the_later_dates_of_a_series_are_at_another_time_elsewhere() -> None:
    start = datetime(2027, 2, 23, 14, 0, tzinfo=UTC)
    [text] = said(_warnings.shifts(series("FREQ=WEEKLY", start), [BERLIN, NEW_YORK, LONDON]), "en_US")
    assert "in Albany the series begins at 10:00 AM on Tuesday, March 16, 2027, not at 9:00 AM" in text
    assert _warnings.shifts(series("FREQ=WEEKLY;COUNT=3", start), [BERLIN, NEW_YORK]) == []


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    await PLACES.prepare()
    async with meetings_on(database) as it:
        yield it


async def test_the_coordinator_is_told_in_their_language(story: Meetings) -> None:
    german = await story.says(KOELN, ANNA, "/runde Einheit | wann: 27.5.2027 11–12 Uhr")
    assert "🌙 Nachtstunden in Indianapolis: 05:00–06:00 Uhr" in german
    assert "🎉 Feiertag in Köln am 27. Mai 2027: Fronleichnam" in german
    american = await story.says(INDY, GRACE, "!roundtable Unity | when: Jul 5, 2027, 9:00–10:00 AM | repeat: weekly")
    assert "🎉 Public holiday in Indianapolis on July 5, 2027: Independence Day (observed)" in american
    assert "in Köln the series begins at" in american
    moved = await story.says(KOELN, ANNA, "/runde 1 verlegen 29.5.")
    assert "📆 In Köln, Indianapolis und Leeds ist das ein Samstag." in moved


async def test_who_made_a_series_is_told_of_its_dates_that_are_holidays(story: Meetings) -> None:
    story.clock.pass_(days=118)
    await story.says(KOELN, ANNA, "/runde Feste | wann: 13.5.2027 15–16 Uhr | wiederholen: wöchentlich")
    for _day in range(10):
        await story.pass_(days=1)
    told = [text for chat in (private_chat(ANNA), KOELN) for text in story.at(chat) if "Ihrer Reihe" in text]
    assert len(told) == 1
    assert "Nummer 3: Feste\n🎉 Feiertag in Köln am 27. Mai 2027: Fronleichnam" in told[0]
