"""Moments that come every day or every week at a local time."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from bot.dates.daily import MONDAY, MORNING, next_at


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2027-03-27T12:00", "2027-03-28T01:30"),  # the clocks skip 02:30
        ("2027-03-28T01:30", "2027-03-29T00:30"),
        ("2027-10-30T12:00", "2027-10-31T00:30"),  # 02:30 comes twice
        ("2027-10-31T01:00", "2027-11-01T01:30"),
    ],
)
def test_a_time_comes_once_a_day_when_the_clocks_change(now: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_at(time(2, 30), "Europe/Berlin", at) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2027-03-21T12:00", "2027-03-22T12:00"),  # the clocks have changed in America, but not in Europe
        ("2027-03-22T12:00", "2027-03-29T12:00"),
        ("2027-03-28T23:59", "2027-03-29T12:00"),
        ("2027-11-07T12:00", "2027-11-08T13:00"),
    ],
)
def test_a_monday_morning_is_that_of_the_zone(now: str, due: str) -> None:
    found = next_at(MORNING, "America/New_York", datetime.fromisoformat(now).replace(tzinfo=UTC), weekday=MONDAY)
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)
