"""Resolve the pieces of a text to days and times of day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.dates.clocks import DAY, NOON
from bot.dates.days import Find, of_year
from bot.dates.found import Found, not_a_date
from bot.dates.moments import moments
from bot.dates.pieces import Day, SlashedDay, Weekday
from bot.dates.rhythm import weekday_name
from bot.dates.when import DateContext
from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened
from bot.text.languages import cldr

AHEAD = timedelta(days=3653)
"""How far ahead a date may be: ten years."""

_FRIDAY = 4
_SIX = DAY // 4

Options = tuple[tuple[int, int | None], ...]


def days(found: Found, context: DateContext) -> Sequence[date]:
    """Return the days that a text can mean. Raises UserError if there is none, or none that a date may have."""
    if found.week:
        return [_of_week(found, context)]
    if found.day:
        return _on_weekday(found, _possible(found, _candidates(found, found.day, context), context))
    if found.weekday:
        return [_coming(found, found.weekday, context)]
    if context.day:
        return [context.day]
    if found.time:
        raise UserError(_("On which day? Please write it as well: “{text}” has none.", text=shortened(found.text)))
    raise not_a_date(found.text)


def times(found: Found) -> Options:
    """Return the times of day that a text can mean, none if it has none. Raises UserError."""
    if found.time is None:
        if found.part or found.length:
            what = _("At what time? Please write it as well: “{text}” has none.", text=shortened(found.text))
            raise UserError(what)
        return ()
    options = dict.fromkeys(_within(option, found.part.name if found.part else "") for option in found.time.options)
    if found.part and found.part.name == "morning":
        options = {option: None for option in options if option[0] < NOON}
    if not options:
        raise not_a_date(found.text)
    return tuple(options)


def _within(option: tuple[int, int | None], part: str) -> tuple[int, int | None]:
    """Return the times within a part of the day: 8 in the evening is 20:00."""
    first = {"afternoon": 0, "night": _SIX}.get(part, NOON)
    start, end = (each + NOON if each is not None and first <= each < NOON else each for each in option)
    return start or 0, end


def _candidates(found: Found, day: Day | SlashedDay, context: DateContext) -> Sequence[date]:
    today = context.today
    if isinstance(day, SlashedDay):
        return [each for find in _orders(day, context.locale) for each in find(today)]
    if day.loose and found.weekday:
        [near] = day.find(today)
        # `Monday in a week`: that of the week a week ahead, or a week after next Monday.
        of_week = near + timedelta(found.weekday.number - near.weekday())
        after_next = near + timedelta((found.weekday.number - near.weekday()) % 7)
        return list(dict.fromkeys((of_week, after_next)))
    return day.find(today)


def _orders(day: SlashedDay, locale: str) -> list[Find]:
    pattern = cldr(locale).date_formats["short"].pattern
    month_first, day_first = (day.first, day.second), (day.second, day.first)
    if cldr(locale).language == "de" or pattern[0] not in "dM":
        orders = [day_first, month_first]  # German has no such dates, and Canada has both
    else:
        orders = [month_first if pattern[0] == "M" else day_first]
    if max(day.first, day.second) > 12:
        orders = [month_first if day.second > 12 else day_first]
    return [of_year(day.year, month, number) for month, number in dict.fromkeys(orders)]


def _possible(found: Found, candidates: Sequence[date], context: DateContext) -> Sequence[date]:
    text = shortened(found.text)
    if not candidates:
        raise UserError(_("The calendar does not have the day “{text}”.", text=text))
    if min(candidates) > context.today + AHEAD:
        raise UserError(_("“{text}” is more than ten years ahead.", text=text))
    if max(candidates) < context.today - timedelta(days=2):
        raise UserError(_("“{text}” is over: that was {when}.", text=text, when=max(candidates)))
    return candidates


def _on_weekday(found: Found, candidates: Sequence[date]) -> Sequence[date]:
    """Return the candidates that are the given weekday, if one is given."""
    if found.weekday is None:
        return candidates
    number = found.weekday.number
    matching = [day for day in candidates if day.weekday() == number]
    if matching:
        return matching
    day = candidates[0]
    raise UserError(
        _(
            "{date} is a {weekday}, not a {typed}. Which do you mean?",
            date=day,
            weekday=weekday_name(day.weekday()),
            typed=weekday_name(number),
        )
    )


def _of_week(found: Found, context: DateContext) -> date:
    """Return the given day of a week; without one its Friday, by which something is due."""
    monday = found.week.find(context.today) if found.week else None
    if monday is None or found.day:
        raise UserError(_("The calendar does not have the day “{text}”.", text=shortened(found.text)))
    if found.weekday is None and found.time:
        raise UserError(_("Which day of the week do you mean by “{text}”?", text=shortened(found.text)))
    [day] = _possible(found, [monday + timedelta(found.weekday.number if found.weekday else _FRIDAY)], context)
    return day


def _coming(found: Found, weekday: Weekday, context: DateContext) -> date:
    """Return the next such day; today only if its time is yet to come."""
    first = context.today + timedelta(weekday.later)
    day = first + timedelta((weekday.number - first.weekday()) % 7 + 7 * weekday.weeks)
    zone = found.zone.name if found.zone else context.zone
    starts = [start for start, _end in times(found)]
    is_over = bool(starts) and moments(day, max(starts), zone)[-1] <= context.now
    return day + timedelta(7 * is_over)
