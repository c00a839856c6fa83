"""Time zones as calendar files describe them: when clocks change, as a rule for each change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone

_YEARS = 28
"""Years that are looked at: after them the days of the week fall on the same dates again."""
_STEP = timedelta(days=7)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Change(NamedTuple):
    """A change of the clocks: the local time before it at which it happens, the UTC offsets, and the new name."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str


def timezone(key: str, year: int) -> Timezone:
    """Return the VTIMEZONE of a zone of the tz database, for events from a year on."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    made = Timezone()
    made.add("tzid", key)
    for changes in _observances(key, year):
        first = changes[0]
        part = TimezoneDaylight() if first.after > first.before else TimezoneStandard()
        part.add("dtstart", first.at)
        part.add("tzoffsetfrom", first.before)
        part.add("tzoffsetto", first.after)
        part.add("tzname", first.name)
        if rule := _rule(changes):
            part.add("rrule", rule)
        else:
            for later in changes[1:]:
                part.add("rdate", later.at)
        made.add_component(part)
    return made


@lru_cache(maxsize=64)
def _observances(key: str, year: int) -> tuple[tuple[_Change, ...], ...]:
    """Return the changes of a zone by what they change; before the first one, its offset at the beginning."""
    zone = ZoneInfo(key)
    begin = datetime(year, 1, 1, tzinfo=UTC)
    local = begin.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    start = _Change(datetime(year, 1, 1), offset, offset, local.tzname() or key)  # noqa: DTZ001 - a local time
    alike: defaultdict[tuple[timedelta, timedelta, str], list[_Change]] = defaultdict(list)
    for change in _changes(zone, begin):
        alike[change.before, change.after, change.name].append(change)
    return ((start,), *map(tuple, alike.values()))


def _changes(zone: ZoneInfo, begin: datetime) -> Iterator[_Change]:
    at, end = begin, begin.replace(year=begin.year + _YEARS)
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + _STEP).astimezone(zone).utcoffset():
            yield _change(zone, at, at + _STEP)
        at += _STEP


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> _Change:
    """Return the change between two moments, to the second."""
    before, after = (at.astimezone(zone).utcoffset() or timedelta() for at in (low, high))
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    name = high.astimezone(zone).tzname() or zone.key
    return _Change((high + before).replace(tzinfo=None), before, after, name)


def _rule(changes: Sequence[_Change]) -> dict[str, object]:
    """Return the yearly rule that changes follow: `last Sunday in March`; empty if they follow none."""
    if len(changes) < _YEARS:
        return {}
    month, weekday, time = changes[0].at.month, changes[0].at.weekday(), changes[0].at.time()
    if any((each.at.month, each.at.weekday(), each.at.time()) != (month, weekday, time) for each in changes):
        return {}
    for week in (-1, 1, 2, 3, 4):
        if all(_is_week(each.at, week) for each in changes):
            return {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": f"{week}{_DAYS[weekday]}"}
    return {}


def _is_week(at: datetime, week: int) -> bool:
    """Whether a day is the first, second, … or last (-1) of its weekday in its month."""
    return (at + timedelta(days=7)).month != at.month if week < 0 else (at.day - 1) // 7 + 1 == week
