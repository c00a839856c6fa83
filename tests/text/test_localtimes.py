"""Local times and days as each reader writes them."""

from datetime import UTC, date, datetime

import pytest

from bot.model import plain
from bot.text.catalogue import LazyText, LocaleContext, Param, render
from bot.text.localtimes import LocalDate, LocalTime, ShortDate

START = datetime(2026, 12, 15, 10, 0, tzinfo=UTC)
END = datetime(2026, 12, 15, 12, 0, tzinfo=UTC)
BERLIN, NEW_YORK, LOS_ANGELES = "Europe/Berlin", "America/New_York", "America/Los_Angeles"


def shown(value: Param, locale: str) -> str:
    return plain(render(LazyText("{value}", params={"value": value}), LocaleContext(locale, "Asia/Tokyo")))


@pytest.mark.parametrize(
    ("locale", "zone", "expected"),
    [
        ("de_DE", BERLIN, "11:00–13:00 Uhr"),
        ("de_AT", NEW_YORK, "05:00–07:00 Uhr"),
        ("en_GB", BERLIN, "11:00–13:00"),
        ("en_US", NEW_YORK, "5:00–7:00\u202fAM"),
        ("en_US", BERLIN, "11:00\u202fAM\u2009–\u20091:00\u202fPM"),
        ("en_AU", NEW_YORK, "5:00–7:00\u202fam"),
        ("fr_FR", BERLIN, "11:00–13:00"),
    ],
)
def test_from_one_time_to_another(locale: str, zone: str, expected: str) -> None:
    assert shown(LocalTime(START, zone, END), locale) == expected


@pytest.mark.parametrize(
    ("locale", "expected"), [("de_DE", "11:00 Uhr"), ("en_GB", "11:00"), ("en_US", "11:00\u202fAM")]
)
def test_a_time(locale: str, expected: str) -> None:
    assert shown(LocalTime(START, BERLIN), locale) == expected
    assert shown(LocalTime(START, BERLIN, START), locale) == expected


def test_a_night_and_a_longer_time() -> None:
    late = datetime(2026, 12, 15, 22, 0, tzinfo=UTC)
    assert shown(LocalTime(late, BERLIN, late.replace(day=16, hour=1)), "de_DE") == "23:00–02:00 Uhr"
    assert shown(LocalTime(START, BERLIN, END.replace(day=16)), "en_GB") == "11:00 – Wednesday, 16 December 2026, 13:00"


@pytest.mark.parametrize(
    ("locale", "day", "weekday"),
    [
        ("de_DE", "Dienstag, 15. Dezember 2026", "Dienstag"),
        ("en_GB", "Tuesday, 15 December 2026", "Tuesday"),
        ("en_US", "Tuesday, December 15, 2026", "Tuesday"),
    ],
)
def test_a_day(locale: str, day: str, weekday: str) -> None:
    assert shown(LocalDate(START, BERLIN), locale) == day
    assert shown(LocalDate(START, BERLIN, weekday_only=True), locale) == weekday


def test_the_day_is_that_of_the_zone() -> None:
    early = datetime(2026, 12, 15, 3, 0, tzinfo=UTC)
    assert shown(LocalDate(early, LOS_ANGELES), "en_US") == "Monday, December 14, 2026"


@pytest.mark.parametrize(
    "value", [LocalTime(START.replace(tzinfo=None), BERLIN), LocalDate(END.replace(tzinfo=None), BERLIN)]
)
def test_a_naive_datetime_is_refused(value: LocalTime | LocalDate) -> None:
    with pytest.raises(ValueError, match="zone"):
        shown(value, "de_DE")


@pytest.mark.parametrize(
    ("locale", "expected"), [("de_DE", "25.12.2027"), ("en_GB", "25 Dec 2027"), ("en_US", "Dec 25, 2027")]
)
def test_a_day_in_few_characters_cannot_be_misread(locale: str, expected: str) -> None:
    assert shown(ShortDate(date(2027, 12, 25)), locale) == expected
