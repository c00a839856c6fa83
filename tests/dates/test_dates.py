"""Periods, times of day, due dates, the echo, and what holds for every text."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import (
    AmbiguousDate,
    DateContext,
    echo,
    find_due,
    read_clock,
    read_period,
    read_periods,
    read_when,
    seems_due,
    typed,
)
from bot.dates.moments import beginning, is_skipped, moments
from bot.model import plain
from bot.text.catalogue import LazyText, LocaleContext, UserError, render
from tests.dates.test_table import ROWS

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BERLIN = DateContext(NOW, "Europe/Berlin", "de_DE")
CITIES = [("Köln", "Europe/Berlin"), ("San Francisco", "America/Los_Angeles")]
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def shown(text: LazyText, locale: str) -> str:
    return plain(render(text, LocaleContext(locale))).replace("\u202f", " ").replace("\u2009", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", timedelta(days=7)),
        ("1 day", timedelta(days=1)),
        ("2 Std.", timedelta(hours=2)),
        ("15 min", timedelta(minutes=15)),
        ("15 Minuten", timedelta(minutes=15)),
        ("eine Woche", timedelta(days=7)),
        ("two weeks", timedelta(days=14)),
        ("1h 30m", timedelta(minutes=90)),
        ("1 Stunde und 30 Minuten", timedelta(minutes=90)),
        ("3 Tage", timedelta(days=3)),
    ],
)
def test_a_period(text: str, expected: timedelta) -> None:
    assert read_period(text) == expected
    assert read_period(text.upper()) == expected


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-1 h", "0 min", "400 days", "9999 weeks", "1.5 h", "bald", "1h" * 50_000]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_period(text)


def test_periods_are_sorted_and_each_is_there_once() -> None:
    expected = (timedelta(days=7), timedelta(days=1), timedelta(hours=1))
    assert read_periods("1h, 7d, 1 Tag; 24h") == read_periods("7 Tage und 1 Tag\n1 Std.") == expected
    with pytest.raises(UserError):
        read_periods(",".join(f"{n}d" for n in range(1, 30)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:00", time(8)),
        ("8 Uhr", time(8)),
        ("8am", time(8)),
        ("8", time(8)),
        ("um 8 Uhr", time(8)),
        ("8.30 Uhr", time(8, 30)),
        ("9:15 p.m.", time(21, 15)),
        ("noon", time(12)),
        ("24 Uhr", time(0)),
    ],
)
def test_a_time_of_day(text: str, expected: time) -> None:
    assert read_clock(text) == expected


@pytest.mark.parametrize("text", ["", "25:00", "99:99", "8-10 Uhr", "morgen", "midnight", "x" * 100_000])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_clock(text)


@pytest.mark.parametrize(
    ("text", "rest", "day"),
    [
        ("Plant trees by 15 December", "Plant trees", date(2026, 12, 15)),
        ("Bäume pflanzen bis zum 15.12.", "Bäume pflanzen", date(2026, 12, 15)),
        ("Bäume pflanzen bis Freitag", "Bäume pflanzen", date(2026, 11, 27)),
        ("Go by bus by the 15th of December", "Go by bus", date(2026, 12, 15)),
        ("Report BY tomorrow", "Report", date(2026, 11, 26)),
        ("Bericht bis Ende November", "Bericht", date(2026, 11, 30)),
        ("Bericht bis spätestens Freitag", "Bericht", date(2026, 11, 27)),
        ("Plant trees by Friday @anna @tom", "Plant trees @anna @tom", date(2026, 11, 27)),
        ("Bis 15.12.: Bäume pflanzen", "Bäume pflanzen", date(2026, 12, 15)),
        ("By Friday, plant trees", "plant trees", date(2026, 11, 27)),
        ("Plant trees by 15 December at the hall", "Plant trees at the hall", date(2026, 12, 15)),
        ("Plant trees by Friday, and go by bus", "Plant trees, and go by bus", date(2026, 11, 27)),
        ("Plant trees, by: Friday", "Plant trees,", date(2026, 11, 27)),
        ("Plant trees (by Friday)", "Plant trees ()", date(2026, 11, 27)),
        ("Plant trees (Anna, by 15 December) soon", "Plant trees (Anna,) soon", date(2026, 12, 15)),
        ("Bis Freitag 15 Bäume pflanzen", "15 Bäume pflanzen", date(2026, 11, 27)),
        ("By 15 December 30 trees", "30 trees", date(2026, 12, 15)),
        ("Bis Ende KW 50 Bericht", "Bericht", date(2026, 12, 11)),
    ],
)
def test_a_due_date(text: str, rest: str, day: date) -> None:
    found = find_due(text, BERLIN)
    assert found is not None
    assert found[0] == rest
    assert found[1].start == beginning(day, "Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "Plant trees",
        "Go by bus",
        "Von früh bis spät",
        "by",
        "Passerby 15.12.",
        "bis " * 30_000,
        "Warten, bis so viele da sind",
        "Umzug bis zum 3. Stock",
        "Go by 2 buses",
    ],
)
def test_no_due_date(text: str) -> None:
    assert find_due(text, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Bericht bis März", True), ("Report due Friday", True), ("Bericht 15.12.", True), ("Go by bus to Köln", False)],
)
def test_what_may_be_meant_as_a_due_date(text: str, expected: bool) -> None:
    assert (find_due(text, BERLIN), seems_due(text)) == (None, expected)


def test_of_two_due_dates_none_is_taken() -> None:
    with pytest.raises(UserError, match="more than one date"):
        find_due("Report by 15.12. or 16.12., please", BERLIN)


@pytest.mark.parametrize("text", ["Plant trees by 24.11.2026", "By 24 November 2026 plant trees"])
def test_a_due_date_that_is_over_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is over"):
        find_due(text, BERLIN)


def test_the_echo_has_the_weekday_the_date_and_the_time_of_every_city() -> None:
    when = read_when("15.12. 8–10 Uhr", BERLIN)
    german = "Dienstag, 15. Dezember 2026\nKöln: 08:00–10:00 Uhr\nSan Francisco: Montag, 23:00–01:00 Uhr"
    american = "Tuesday, December 15, 2026\nKöln: 8:00–10:00 AM\nSan Francisco: Monday, 11:00 PM – 1:00 AM"
    assert shown(echo(when, CITIES), "de_DE") == german
    assert shown(echo(when, CITIES), "en_US") == american
    assert shown(echo(when), "en_GB") == "Tuesday, 15 December 2026, 08:00–10:00"
    assert shown(echo(read_when("15.12.", BERLIN), CITIES), "en_GB") == "Tuesday, 15 December 2026"


@pytest.mark.parametrize(
    ("text", "german", "british"),
    [
        ("jeden Montag 11 Uhr", "jede Woche, am Montag", "every week, on Monday"),
        ("alle 2 Wochen Di 11 Uhr", "alle 2 Wochen, am Dienstag", "every 2 weeks, on Tuesday"),
        ("montags und freitags 9 Uhr, 5 mal", "am Montag und Freitag, 5 Mal", "on Monday and Friday, 5 times"),
        ("monthly on the last Friday 9:00", "jeden Monat, am letzten Freitag", "every month, on the last Friday"),
        (
            "1. und 3. Dienstag im Monat 9 Uhr",
            "jeden Monat, am ersten Dienstag und dritten Dienstag",
            "every month, on the first Tuesday and third Tuesday",
        ),
        ("monatlich am 15. 9 Uhr", "jeden Monat, am Tag 15 des Monats", "every month, on day 15 of the month"),
        ("täglich 9 Uhr bis 1.3.2027", "jeden Tag, bis 1. März 2027", "every day, until 1 March 2027"),
        ("9:00 RRULE:FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-2", "FR;BYSETPOS=-2", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-2"),
    ],
)
def test_the_echo_of_a_series_says_how_it_repeats(text: str, german: str, british: str) -> None:
    when = read_when(text, BERLIN)
    assert shown(echo(when, CITIES), "de_DE").endswith(german)
    assert shown(echo(when), "en_GB").endswith(british)


def test_an_ambiguous_date_is_refused_with_both_readings() -> None:
    with pytest.raises(AmbiguousDate) as found:
        read_when("3/4/2027 11:00", BERLIN)
    assert shown(found.value.text, "de_DE") == (
        "„3/4/2027 11:00“ kann zweierlei bedeuten. Was meinen Sie?\n"
        "• Samstag, 3. April 2027, 11:00 Uhr: Schreiben Sie 2027-04-03 11:00\n"
        "• Donnerstag, 4. März 2027, 11:00 Uhr: Schreiben Sie 2027-03-04 11:00"
    )


def test_a_time_alone_is_on_the_day_of_the_context() -> None:
    with pytest.raises(UserError, match="On which day"):
        read_when("15:00", BERLIN)
    on = DateContext(NOW, "Europe/Berlin", "de_DE", day=date(2026, 12, 15))
    assert read_when("15:00", on).start == datetime(2026, 12, 15, 14, 0, tzinfo=UTC)
    assert read_when("16.12. 15:00", on).start == datetime(2026, 12, 16, 14, 0, tzinfo=UTC)


def test_today_is_that_of_the_person() -> None:
    late = DateContext(datetime(2026, 11, 26, 2, 0, tzinfo=UTC), "America/New_York", "en_US")
    assert read_when("tomorrow 11:00 Europe/Berlin", late).start == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def test_midnight_that_the_clocks_skip() -> None:
    assert is_skipped(date(2018, 11, 4), 0, "America/Sao_Paulo")
    assert beginning(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, 0, tzinfo=UTC)


# What holds for every text

WORDS = [each.text for each in ROWS]
PIECES = [piece for text in WORDS for piece in text.split()]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS + PIECES), max_size=8).map(" ".join))


@given(TEXTS, st.sampled_from(ZONES), st.sampled_from(["de_DE", "en_US", "en_GB", "en_CA"]))
def test_every_text_has_one_meaning_or_is_refused_politely(text: str, zone: str, locale: str) -> None:
    context = DateContext(NOW, zone, locale, tuple(CITIES))
    try:
        when = read_when(text, context)
    except UserError:
        return
    assert when.start.tzinfo is UTC
    assert when.end is None or when.start < when.end <= when.start + timedelta(days=7)
    assert NOW - timedelta(days=1) < when.start < NOW + timedelta(days=3660)
    assert shown(echo(when, CITIES), locale)
    assert read_when(typed(when, context), context) == when


@given(TEXTS)
def test_every_period_time_and_due_date_is_understood_or_refused_politely(text: str) -> None:
    for read in (read_period, read_periods, read_clock, lambda each: find_due(f"Plant trees by {each}", BERLIN)):
        try:
            read(text)
        except UserError:
            continue


DAYS = st.dates(date(2026, 11, 26), date(2036, 1, 1))
MINUTES = st.integers(0, 24 * 60 - 1)
SPELLINGS = ("%Y-%m-%d %H:%M", "%d.%m.%Y, %H:%M Uhr", "%d %B %Y at %H:%M", "%A, %B %d, %Y, %I:%M %p", "%d/%m/%Y %H:%M")


@given(DAYS, MINUTES, st.sampled_from(ZONES), st.sampled_from(SPELLINGS))
def test_a_date_is_understood_in_every_spelling(day: date, minutes: int, zone: str, spelling: str) -> None:
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), UTC)
    try:
        found = [read_when(wall.strftime(spelling), DateContext(NOW, zone, "en_GB"))]
    except AmbiguousDate as error:
        found = list(error.readings)
    assert tuple(each.start for each in found) == moments(day, minutes, zone)


@given(DAYS, MINUTES, st.sampled_from(ZONES))
def test_the_moments_of_a_local_time(day: date, minutes: int, zone: str) -> None:
    on_the_clock = [at.astimezone(ZoneInfo(zone)) for at in moments(day, minutes, zone)]
    same = [each.date() == day and each.hour * 60 + each.minute == minutes for each in on_the_clock]
    assert same in ([True], [True, True], [False, False])
    assert is_skipped(day, minutes, zone) == (same == [False, False])
