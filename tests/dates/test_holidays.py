"""Public holidays by state, in the reader's language."""

from datetime import date

import pytest

from bot.dates.holidays import on
from bot.model import plain
from bot.text.catalogue import LocaleContext, render
from tests.places import PLACES


def names(first: date, last: date, region: str, locale: str) -> list[str]:
    reader = LocaleContext(locale)
    return [plain(render(each.name_for(reader), reader)) for each in on(first, last, region)]


@pytest.mark.parametrize(
    ("day", "region", "german", "english"),
    [
        (date(2027, 10, 3), "DE", ["Tag der Deutschen Einheit"], ["German Unity Day"]),
        (date(2027, 5, 27), "DE-NW", ["Fronleichnam"], ["Corpus Christi"]),
        (date(2027, 5, 27), "DE-SH", [], []),
        (date(2027, 5, 27), "DE", [], []),
        (date(2027, 10, 26), "AT-9", ["Nationalfeiertag"], ["National Day"]),
        (date(2027, 7, 4), "US-CA", ["Independence Day"], ["Independence Day"]),
        (date(2027, 11, 30), "GB-SCT", ["Saint Andrew's Day"], ["Saint Andrew's Day"]),
        (date(2027, 11, 30), "GB-ENG", [], []),
        (date(2027, 7, 14), "FR", ["Fête nationale"], ["National Day"]),
        (date(2027, 1, 1), "XX", [], []),
        (date(2027, 1, 1), "US-XX", ["New Year's Day"], ["New Year's Day"]),
    ],
)
def test_the_holidays_of_a_day(day: date, region: str, german: list[str], english: list[str]) -> None:
    assert names(day, day, region, "de_DE") == german
    assert names(day, day, region, "en_GB") == english


def test_holidays_are_in_order_over_the_end_of_the_year() -> None:
    days = [each.day for each in on(date(2026, 12, 24), date(2027, 1, 6), "DE-BY")]
    assert days == [date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1), date(2027, 1, 6)]


@pytest.mark.parametrize(
    ("city", "country", "region"),
    [
        ("Köln", "DE", "DE-NW"),
        ("Kiel", "DE", "DE-SH"),
        ("Berlin", "DE", "DE-BE"),
        ("Wien", "AT", "AT-9"),
        ("Zürich", "CH", "CH-ZH"),
        ("Leeds", "GB", "GB-ENG"),
        ("Edinburgh", "GB", "GB-SCT"),
        ("San Francisco", "US", "US-CA"),
        ("Indianapolis", "US", "US-IN"),
        ("Atlantis an der Spree", "DE", "DE"),
    ],
)
async def test_the_state_of_a_city(city: str, country: str, region: str) -> None:
    await PLACES.prepare()
    assert await PLACES.region(city, country) == region
