"""Local nights, in which nobody is woken."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
EVENING, NIGHT, MORNING = time(20), time(21), time(7)


def by_day(at: datetime, before: datetime, zone: str) -> datetime:
    """Return a time, or the next one outside the local night if that is still `before`, or the evening before it."""
    local = at.astimezone(ZoneInfo(zone))
    if MORNING <= local.time() < NIGHT:
        return at
    evening = local.date() if local.time() >= NIGHT else local.date() - _DAY
    morning = datetime.combine(evening + _DAY, MORNING, local.tzinfo).astimezone(UTC)
    return morning if morning < before else datetime.combine(evening, EVENING, local.tzinfo).astimezone(UTC)
