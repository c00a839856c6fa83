"""Series keep their local time over the year, and are bounded."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dates.series import LONGEST, checked, occurrences
from bot.text.catalogue import UserError

START = datetime(2027, 2, 22, 10, 0, tzinfo=UTC)


def test_the_local_time_stays_when_the_clocks_change() -> None:
    found = list(islice(occurrences("FREQ=WEEKLY;BYDAY=MO", START, "Europe/Berlin", START), 52))
    assert found[0] == datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
    assert datetime(2027, 4, 5, 9, 0, tzinfo=UTC) in found
    assert {each.astimezone(ZoneInfo("Europe/Berlin")).hour for each in found} == {11}
    assert {each.astimezone(ZoneInfo("America/New_York")).hour for each in found} == {5, 6}


def test_a_time_that_the_clocks_skip_is_later_and_one_they_show_twice_the_first() -> None:
    night = datetime(2027, 3, 27, 1, 30, tzinfo=UTC)
    assert next(occurrences("FREQ=DAILY", night, "Europe/Berlin", night)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    autumn = datetime(2027, 10, 30, 0, 30, tzinfo=UTC)
    found = list(islice(occurrences("FREQ=DAILY", autumn, "Europe/Berlin", autumn), 2))
    assert found == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 11, 1, 1, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=WEEKLY;COUNT=3", 2),
        ("FREQ=WEEKLY;UNTIL=20270308T100000Z", 2),
        ("FREQ=WEEKLY;UNTIL=20270308T095959Z", 1),
        ("FREQ=WEEKLY;UNTIL=20270308T110000", 2),
        ("FREQ=WEEKLY;UNTIL=20270308", 2),
        ("FREQ=DAILY;COUNT=1", 0),
        ("FREQ=YEARLY", 5),
    ],
)
def test_a_series_ends(rule: str, count: int) -> None:
    assert len(list(occurrences(rule, START, "Europe/Berlin", START))) == count


def test_the_count_includes_what_has_been() -> None:
    after = START + timedelta(days=10)
    assert list(occurrences("FREQ=WEEKLY;COUNT=3", START, "UTC", after)) == [START + timedelta(days=14)]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "BYDAY=MO",
        "FREQ=HOURLY",
        "FREQ=MINUTELY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=99999",
        "FREQ=DAILY;COUNT=2;UNTIL=20270308",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=9MO",
        "FREQ=DAILY;UNTIL=99999999",
        "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=2MO;BYSETPOS=2",
        "FREQ=DAILY;X-EVIL=1",
        "FREQ=DAILY\nDTSTART:19000101T000000",
        "FREQ=DAILY;" * 20_000,
    ],
)
def test_rules_that_no_series_can_have(rule: str) -> None:
    with pytest.raises(UserError):
        checked(rule)


RULES = st.builds(
    "FREQ={};INTERVAL={}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 60),
    st.sampled_from(["", ";BYDAY=MO,FR", ";BYDAY=-1FR", ";BYMONTHDAY=31", ";BYMONTH=2;BYMONTHDAY=28", ";COUNT=7"]),
)


@settings(max_examples=30)
@given(RULES, st.sampled_from(["Europe/Berlin", "America/New_York", "UTC"]), st.integers(-400, 800))
def test_occurrences_are_in_order_and_bounded(rule: str, zone: str, days: int) -> None:
    try:
        checked(rule)
    except UserError:
        return
    after = START + timedelta(days=days)
    found = list(occurrences(rule, START, zone, after))
    assert found == sorted(set(found))
    assert all(after < each <= max(after, START) + LONGEST + timedelta(days=1) for each in found)
