"""Moments that come every day, or every week, at a local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(8)
"""When people are told what is due."""
MONDAY = 0


def at_local(clock: time, day: date, zone: str) -> datetime:
    """Return the moment at which clocks in a zone show a time on a day, in UTC; the first if they show it twice.

    A time that the clocks skip is read with the offset of before (PEP 495).
    """
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def next_at(clock: time, zone: str, now: datetime, *, weekday: int | None = None) -> datetime:
    """Return the next moment after `now` at which clocks in a zone show a time; `weekday`: only then, 0 is Monday."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = (today + timedelta(days=each) for each in range(9))
    wanted = (day for day in days if weekday in {None, day.weekday()})
    return next(moment for day in wanted if (moment := at_local(clock, day, zone)) > now)
