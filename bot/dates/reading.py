"""Read a date as a person typed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.dates import clocks, days, zones
from bot.dates.echo import echo
from bot.dates.moments import beginning, moments
from bot.dates.pieces import Day, Length, TimeOfDay, Week, Weekday, Zone, pieces
from bot.dates.typed import typed
from bot.dates.when import AmbiguousDate, DateContext, NotADate, When
from bot.dates.words import LONGEST, normalised
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.excerpts import shortened

_RULES = (*days.RULES, *clocks.RULES, *zones.RULES)
_AHEAD = timedelta(days=3653)
_FRIDAY = 4


def read_when(text: str, context: DateContext) -> When:
    """Return what a text says about a moment, a period or a day to come.

    Raises NotADate if it is not understood, AmbiguousDate if it can mean several things, and UserError for a date that
    does not exist, contradicts its weekday, is over, or is more than ten years ahead.
    """
    found = _found(text)
    readings = list(_readings(found, context))
    if len(readings) > 1:
        raise AmbiguousDate(_choice(text, readings, context), readings)
    when = readings[0]
    if (when.start if when.timed else when.start + timedelta(days=1)) <= context.now:
        raise UserError(_("“{text}” is over: that was {when}.", text=shortened(text), when=echo(when)))
    if when.start > context.now + _AHEAD:
        raise UserError(_("“{text}” is more than ten years ahead.", text=shortened(text)))
    return when


@dataclass(slots=True)
class _Found:
    """The pieces of a text, at most one of each kind."""

    text: str
    day: Day | None = None
    weekday: Weekday | None = None
    week: Week | None = None
    clock: TimeOfDay | None = None
    length: Length | None = None
    zone: Zone | None = None


_KINDS: dict[type, str] = {
    Day: "day",
    Weekday: "weekday",
    Week: "week",
    TimeOfDay: "clock",
    Length: "length",
    Zone: "zone",
}
"""The field of each kind of piece."""


def _found(text: str) -> _Found:
    found = _Found(text)
    for piece in pieces(normalised(text[:LONGEST]), _RULES) if len(text) <= LONGEST else (None,):
        kind = _KINDS.get(type(piece), "")
        if piece is None or getattr(found, kind, None):
            raise _not_a_date(text)
        if kind:
            setattr(found, kind, piece)
    if not (found.day or found.weekday or found.week):
        raise _not_a_date(text)
    return found


def _not_a_date(text: str) -> NotADate:
    example = _("Write for example `15 December 2026, 11:00–13:00`.")
    return NotADate(_("I do not understand the date “{text}”. {example}", text=shortened(text), example=example))


def _readings(found: _Found, context: DateContext) -> Iterator[When]:
    zone = found.zone.name if found.zone else context.zone
    for day in _days(found, context):
        if found.clock is None:
            yield When(beginning(day, zone), None, zone, timed=False)
        else:
            for start, end in found.clock.options:
                yield from _timed(day, start, end, zone)


def _timed(day: date, start: int, end: int | None, zone: str) -> Iterator[When]:
    for at in moments(day, start, zone):
        if end is None:
            yield When(at, None, zone, timed=True)
        else:
            last = end if end > start else end + clocks.DAY
            yield from (When(at, until, zone, timed=True) for until in moments(day, last, zone))


def _days(found: _Found, context: DateContext) -> Sequence[date]:
    today = context.now.astimezone(ZoneInfo(context.zone)).date()
    if found.day:
        return _checked(found, found.day.find(today))
    if found.week:
        monday = found.week.find(today)
        return [monday + timedelta(found.weekday.number if found.weekday else _FRIDAY)]
    return [_coming(found.weekday, today)] if found.weekday else []


def _coming(weekday: Weekday, today: date) -> date:
    first = today + timedelta(weekday.later)
    return first + timedelta((weekday.number - first.weekday()) % 7)


def _checked(found: _Found, candidates: Sequence[date]) -> Sequence[date]:
    if not candidates:
        raise UserError(_("The calendar does not have the day “{text}”.", text=shortened(found.text)))
    return candidates


def _choice(text: str, readings: Sequence[When], context: DateContext) -> LazyText:
    """Ask which of several readings is meant."""
    each = [_("• {when}: `{typed}`", when=echo(when), typed=typed(when, context)) for when in readings]
    return lines(_("“{text}” can be read in two ways. Which do you mean?", text=shortened(text)), *each)
