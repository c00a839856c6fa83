"""Show what was understood of a date: weekday, full date, and the local time of every city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.dates.rhythm import rhythm
from bot.dates.when import When
from bot.text.catalogue import ForReader, LazyText, LocaleContext, _, lines
from bot.text.localtimes import LocalDate, LocalTime


def echo(when: When, cities: Sequence[tuple[str, str]] = ()) -> LazyText:
    """Return the day of a date, and a line for each city (name, zone): its time, and its weekday if that differs.

    A series has one more line, which says how it repeats. Without cities, all is on one line, in the date's own zone.
    """
    if not cities or not when.timed:
        return brief(when)
    local = [_local(when, name, zone) for name, zone in cities]
    repeats = [rhythm(when.rule, when.zone)] if when.rule else []
    return lines(_day(when), *local, *repeats)


def echo_for_reader(when: When, cities: Sequence[tuple[str, str]]) -> ForReader:
    """Return the day of a date and the time of every city (name, zone), the reader's own first."""

    def for_reader(reader: LocaleContext) -> LazyText:
        shown = echo(replace(when, zone=reader.zone), sorted(cities, key=lambda city: city[1] != reader.zone))
        if any(zone == reader.zone for _name, zone in cities):
            return shown
        return lines(shown, _("Your time: {time}", time=LocalTime(when.start, reader.zone, when.end)))

    return for_reader


def brief(when: When) -> LazyText:
    """Return a date on one line, in its own zone."""
    if not when.timed:
        return _day(when)
    shown = _("{day}, {time}", day=_day(when), time=LocalTime(when.start, when.zone, when.end))
    return _("{when}, {rhythm}", when=shown, rhythm=rhythm(when.rule, when.zone)) if when.rule else shown


def _day(when: When) -> LazyText:
    return LazyText("{day}", params={"day": LocalDate(when.start, when.zone)})


def _local(when: When, name: str, zone: str) -> LazyText:
    time = LocalTime(when.start, zone, when.end)
    if when.start.astimezone(ZoneInfo(zone)).date() == when.start.astimezone(ZoneInfo(when.zone)).date():
        return _("{city}: {time}", city=name, time=time)
    return _("{city}: {weekday}, {time}", city=name, weekday=LocalDate(when.start, zone, weekday_only=True), time=time)
