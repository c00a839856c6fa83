"""Dates that are meant to do harm (cases 74 and 78)."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest

from bot.dates import AmbiguousDate, DateContext, When, read_when
from bot.text.catalogue import UserError

CONTEXT = DateContext(datetime(2026, 11, 25, 12, 0, tzinfo=UTC), "Europe/Berlin", "de_DE")


def read(text: str) -> When | UserError:
    try:
        return read_when(text, CONTEXT)
    except UserError as error:
        return error


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=DAILY;BYSECOND=0,1,2,3",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
async def test_case_74_a_meeting_repeats_at_most_daily_and_again_and_again(rule: str) -> None:
    assert isinstance(read(f"morgen 11:00 RRULE:{rule}"), UserError), rule


@pytest.mark.parametrize("text", ["28.3.2027 2:30", "31.10.2027 2:30", "28.3.2027 1:00-2:30", "31.10.2027 1:00-2:30"])
async def test_case_74_a_time_that_the_clocks_skip_or_show_twice_is_not_guessed(text: str) -> None:
    error = read(text)
    assert isinstance(error, AmbiguousDate)
    assert len(error.readings) == 2


@pytest.mark.parametrize(
    "text", ["29.2.2027", "0000-01-01", "9999-12-31", "1.1.9999 23:59", "in 9999 Jahren", "11:00 UTC+99", "11:00 A/B"]
)
async def test_case_74_days_and_zones_that_do_not_exist_are_refused(text: str) -> None:
    assert isinstance(read(text), UserError), text


@pytest.mark.parametrize("bait", ["dezembar freitog ", "15.12. ", "jeden montag und ", "11:00-", "9" * 50 + ".", "a/"])
async def test_case_78_reading_a_date_takes_no_longer_for_a_long_text(bait: str) -> None:
    text = bait * (100_000 // len(bait))
    before = process_time()
    assert isinstance(read(text), UserError)
    assert process_time() - before < 0.5
