"""Dates as people type them."""

from datetime import UTC, datetime

import pytest

from bot.dates import DateContext, read_when

WEDNESDAY = DateContext(datetime(2026, 11, 25, 12, 0, tzinfo=UTC), "Europe/Berlin", "de_DE")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("15.12.2026 11:00-13:00", datetime(2026, 12, 15, 10, tzinfo=UTC)),
        ("Dec 15, 2026, 2:30 p.m. London time", datetime(2026, 12, 15, 14, 30, tzinfo=UTC)),
        ("übermorgen 9 Uhr", datetime(2026, 11, 27, 8, tzinfo=UTC)),
    ],
)
def test_a_moment(text: str, start: datetime) -> None:
    assert read_when(text, WEDNESDAY).start == start
