"""Write a date so that it can be typed and has one meaning only, in every language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.dates.when import DateContext, When


def typed(when: When, context: DateContext) -> str:
    """Return a text that `read_when` understands as this date: `2026-12-15 11:00–13:00 Europe/Berlin`."""
    start = when.start.astimezone(ZoneInfo(when.zone))
    text = f"{start:%Y-%m-%d}"
    if when.timed:
        text += f" {start:%H:%M}"
    if when.end:
        text += f"–{when.end.astimezone(ZoneInfo(when.zone)):%H:%M}"
    return text if when.zone == context.zone else f"{text} {when.zone}"
