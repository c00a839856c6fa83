"""Plan a series as a person typed it: its rule, and the first time it takes place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.dates.clocks import DAY
from bot.dates.found import Found, not_a_date
from bot.dates.moments import moments
from bot.dates.repeats import CODES
from bot.dates.resolving import days, times
from bot.dates.series import LONGEST, checked, occurrences, until
from bot.dates.when import DateContext, When
from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened

_MOST = 1000


def series(found: Found, typed: str, zone: str, context: DateContext) -> Iterator[When]:
    """Yield the first occurrence of a series from now on, or from the day that the text names.

    Several mean that the text is ambiguous. Raises UserError.
    """
    rule = _with_weekday(found, checked(typed))
    options = times(found)
    if not options:
        raise UserError(_("At what time? Please write it as well: “{text}” has none.", text=shortened(found.text)))
    for day in _days(found, rule, context):
        for start, end in options:
            at = _first(found, rule, moments(day, start, zone)[0], zone, context)
            minutes = (end - start) % DAY if end is not None else None
            length = timedelta(minutes=minutes) if minutes is not None else found.length and found.length.time
            limited = rule + _limit(found, rule, at, zone, context)
            yield When(at, at + length if length else None, zone, timed=True, rule=limited)


def _with_weekday(found: Found, rule: str) -> str:
    """Return the rule with the weekday that stands apart from it: `every 2 weeks on Thursday`."""
    if found.weekday is None or found.day:
        return rule
    code = CODES[found.weekday.number]
    if "BY" not in rule and "FREQ=WEEKLY" in rule:
        return f"{rule};BYDAY={code}"
    if re.search(rf"BYDAY=[^;]*{code}", rule):
        return rule
    raise not_a_date(found.text)


def _days(found: Found, rule: str, context: DateContext) -> list[date]:
    """Return the days from which the series may begin."""
    if found.day or found.week:
        return list(days(found, context))
    if not re.search(r"FREQ=DAILY|BY", rule) and not context.day:
        raise UserError(_("On which day? Please write it as well: “{text}” has none.", text=shortened(found.text)))
    return [context.day or context.today]


def _first(found: Found, rule: str, since: datetime, zone: str, context: DateContext) -> datetime:
    """Return the first occurrence. Every other week is counted from there, not from the week of today."""
    counted = rule if found.day else re.sub(r";INTERVAL=[0-9]+", "", rule)
    first = next(occurrences(counted, since, zone, context.now), None)
    if first is None:
        raise UserError(_("“{text}” never takes place.", text=shortened(found.text)))
    return first


def _limit(found: Found, rule: str, first: datetime, zone: str, context: DateContext) -> str:
    """Return the part of the rule that ends the series, if it ends."""
    if (found.times or found.end) and re.search("COUNT|UNTIL", rule):
        raise not_a_date(found.text)
    if found.times:
        if not 1 <= found.times.count <= _MOST:
            raise _too_long()
        return f";COUNT={found.times.count}"
    if not found.end:
        return ""
    last = days(found.end, replace(context, day=None))
    if len(last) != 1 or found.end.time:
        raise not_a_date(found.text)
    end = moments(last[0], DAY - 1, zone)[-1]
    if end < first:
        raise UserError(_("“{text}” ends before it begins.", text=shortened(found.text)))
    if end - first > LONGEST:
        raise _too_long()
    return until(end)


def _too_long() -> UserError:
    return UserError(_("A series lasts at most five years."))
