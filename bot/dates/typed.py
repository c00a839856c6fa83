"""Write a date so that it can be typed and has one meaning only, in every language."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dates.when import DateContext, When


def typed(when: When, context: DateContext) -> str:
    """Return a text that `read_when` understands as this date: `2026-12-15 11:00–13:00 Europe/Berlin`."""
    zone = "" if when.zone == context.zone else when.zone
    rule = f"RRULE:{when.rule}" if when.rule else ""
    return " ".join(part for part in (_times(when), zone, rule) if part)


def _times(when: When) -> str:
    start = when.start.astimezone(ZoneInfo(when.zone))
    if not when.timed:
        return f"{start:%Y-%m-%d}"
    text = start.isoformat(timespec="minutes") if _is_twofold(start) else f"{start:%Y-%m-%d %H:%M}"
    if when.end is None:
        return text
    end, length = when.end.astimezone(start.tzinfo), when.end - when.start
    if length >= timedelta(days=1) or _is_twofold(start) or _is_twofold(end):
        return f"{text} for {length // timedelta(minutes=1)} min"
    return f"{text}–{end:%H:%M}"


def _is_twofold(local: datetime) -> bool:
    """Whether the clocks show this time twice."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
