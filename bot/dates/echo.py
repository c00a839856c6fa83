"""Show what was understood of a date: weekday, full date, and the local time of every city."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.dates.when import When
from bot.text.catalogue import LazyText, _, lines
from bot.text.localtimes import LocalDate, LocalTime


def echo(when: When, cities: Sequence[tuple[str, str]] = ()) -> LazyText:
    """Return the day of a date, and a line for each city (name, zone): its time, and its weekday if that differs.

    Without cities, the time follows in the date's own zone.
    """
    day = LazyText("{day}", params={"day": LocalDate(when.start, when.zone)})
    if not when.timed:
        return day
    if not cities:
        return _("{day}, {time}", day=day, time=LocalTime(when.start, when.zone, when.end))
    return lines(day, *(_local(when, name, zone) for name, zone in cities))


def _local(when: When, name: str, zone: str) -> LazyText:
    time = LocalTime(when.start, zone, when.end)
    if when.start.astimezone(ZoneInfo(zone)).date() == when.start.astimezone(ZoneInfo(when.zone)).date():
        return _("{city}: {time}", city=name, time=time)
    return _("{city}: {weekday}, {time}", city=name, weekday=LocalDate(when.start, zone, weekday_only=True), time=time)
