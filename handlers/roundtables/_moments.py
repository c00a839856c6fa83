"""When a reminder is due: days count by the calendar of the recipient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def due_at(start: datetime, before: timedelta, zone: str) -> datetime:
    """Return when someone in a time zone is reminded, `before` the start.

    Days before are at the same local time, also if the clocks change in between; hours are exact (RFC 5545, 3.3.6).
    """
    if before % DAY:
        return start - before
    return (start.astimezone(ZoneInfo(zone)) - before).astimezone(UTC)


def to_go(now: datetime, start: datetime, zone: str) -> timedelta:
    """Return how long it is until the start: whole days if it is the same local time of day, or else to the minute."""
    local_now, local_start = (each.astimezone(ZoneInfo(zone)) for each in (now, start))
    minutes = [each.replace(tzinfo=None, second=0, microsecond=0) for each in (local_now, local_start)]
    wall = minutes[1] - minutes[0]
    return wall if wall and wall % DAY == timedelta() else start - now
