"""The moments of a local time: none on a day when the clocks skip it, two when they show it twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def moments(day: date, minutes: int, zone: str) -> tuple[datetime, ...]:
    """Return the moments in UTC when clocks in `zone` show the time `minutes` after midnight of `day`, in order.

    Usually one. A time that is shown twice has two; and for a time that is skipped, the two moments with the offsets
    before and after the change (PEP 495), which are called something else there.
    """
    shown = _midnight(day, zone) + timedelta(minutes=minutes)  # arithmetic within a zone is on the clock's face
    return tuple(sorted({shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}))


def is_skipped(day: date, minutes: int, zone: str) -> bool:
    """Whether clocks in `zone` never show this time on this day."""
    shown = _midnight(day, zone) + timedelta(minutes=minutes)
    there_and_back = shown.astimezone(UTC).astimezone(shown.tzinfo)
    return there_and_back.replace(tzinfo=None) != shown.replace(tzinfo=None)


def beginning(day: date, zone: str) -> datetime:
    """Return the moment in UTC when a day begins in a zone, also where the clocks skip midnight."""
    return moments(day, 0, zone)[-1 if is_skipped(day, 0, zone) else 0]


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
