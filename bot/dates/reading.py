"""Read a date as a person typed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.dates.choice import repeated, several, skipped
from bot.dates.clocks import DAY
from bot.dates.echo import echo
from bot.dates.found import Found, find, not_a_date
from bot.dates.moments import beginning, is_skipped, moments
from bot.dates.planning import series
from bot.dates.resolving import AHEAD, days, times
from bot.dates.when import DateContext, When
from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened

_LONGEST = timedelta(days=7)
_MINUTE = timedelta(minutes=1)


def read_when(text: str, context: DateContext) -> When:
    """Return what a text says about a moment, a period, a day to come or a series.

    Raises NotADate if it is not understood, AmbiguousDate if it can mean several things, and UserError for a date that
    does not exist, contradicts its weekday, is over, or is more than ten years ahead. Takes milliseconds, whatever the
    text.
    """
    found = find(text, context)
    readings = list(dict.fromkeys(_readings(found, context)))
    if len(readings) > 1:
        raise several(text, readings, context)
    return _checked(readings[0], text, context)


def _checked(when: When, text: str, context: DateContext) -> When:
    if (when.start if when.timed else when.start + timedelta(days=1)) <= context.now:
        raise UserError(_("“{text}” is over: that was {when}.", text=shortened(text), when=echo(when)))
    if when.start > context.now + AHEAD:
        raise UserError(_("“{text}” is more than ten years ahead.", text=shortened(text)))
    if when.end and not timedelta() < when.end - when.start <= _LONGEST:
        raise UserError(_("“{text}” has to end after it begins, and within a week.", text=shortened(text)))
    return when


def _readings(found: Found, context: DateContext) -> Iterator[When]:
    zone = found.zone.name if found.zone else context.zone
    if found.after and not (found.has_day or found.time or found.repeat):
        at = context.now.replace(second=0, microsecond=0) + found.after.time + _MINUTE * bool(context.now.second)
        yield When(at, at + found.length.time if found.length else None, zone, timed=True)
    elif found.after or (found.times and not found.repeat):
        raise not_a_date(found.text)
    elif found.repeat:
        for rule in found.repeat.rules:
            yield from series(found, rule, zone, context)
    else:
        for day in days(found, context):
            yield from _on(day, found, zone, context)


def _on(day: date, found: Found, zone: str, context: DateContext) -> Iterator[When]:
    """Yield the readings of a text for one day."""
    options = times(found)
    if not options:
        if found.end:
            raise not_a_date(found.text)
        yield When(beginning(day, zone), None, zone, timed=False)
    for start, end in options:
        starts = _starts(found, day, start, zone)
        readings = [When(at, _end(found, at, (day, start, end), zone, context), zone, timed=True) for at in starts]
        yield _one(readings, context, is_gap=is_skipped(day, start, zone))


def _starts(found: Found, day: date, minutes: int, zone: str) -> Sequence[datetime]:
    if found.time and found.time.offset is not None:
        return [beginning(day, "UTC") + timedelta(minutes=minutes) - found.time.offset]
    return moments(day, minutes, zone)


def _one(readings: Sequence[When], context: DateContext, *, is_gap: bool) -> When:
    """Return the only reading. Raises AmbiguousDate on the nights when the clocks change."""
    if len(readings) > 1:
        raise (skipped if is_gap else repeated)(readings, context)
    return readings[0]


def _end(
    found: Found, start: datetime, typed: tuple[date, int, int | None], zone: str, context: DateContext
) -> datetime | None:
    day, begin, end = typed
    if found.end:
        day, end = _other_day(found, found.end, replace(context, day=day))
    elif found.length or end is None:
        if end is not None:
            raise not_a_date(found.text)
        return start + found.length.time if found.length else None
    elif found.time and found.time.offset is not None:
        return start + timedelta(minutes=(end - begin) % DAY)
    elif end <= begin:
        end += DAY
    readings = [When(start, at, zone, timed=True) for at in moments(day, end, zone) if at > start]
    return _one(readings, context, is_gap=is_skipped(day, end, zone)).end if readings else start


def _other_day(found: Found, end: Found, context: DateContext) -> tuple[date, int]:
    """Return the day and time of an end that names its own day: `15.12. 22:00 bis 16.12. 1:00`."""
    match days(end, context), times(end):
        case [day], ((minutes, None),) if not (end.zone or end.end or found.length):
            return day, minutes
        case _:
            raise not_a_date(found.text)
