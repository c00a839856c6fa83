"""Warnings to a coordinator about the time of a roundtable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.clashes import holiday_warnings, holidays_in
from bot.commands.context import Context
from bot.dates.holidays import PublicHoliday
from bot.dates.series import occurrences
from bot.text.catalogue import LazyText, _
from bot.text.localtimes import LocalDate, LocalTime
from storage import City, Roundtable, Series

_MORNING, _EVENING = time(7), time(20)
"""A roundtable outside these hours is at night."""
_WEEKS = 52
_RARELY = 10
"""A difference between two zones in fewer weeks of the year is not the usual one."""
_YEAR = timedelta(days=366)

Holidays = Mapping[int, Sequence[PublicHoliday]]
"""The public holidays during a roundtable, by the id of the city that has them."""


async def about(ctx: Context, roundtable: Roundtable) -> list[LazyText]:
    """Return the warnings about a roundtable and, for the first of a series, about the later ones."""
    cities = (await ctx.store.dialogues.get(roundtable.dialogue_id)).cities
    start, end = roundtable.starts_at, roundtable.ends_at
    found = of(start, end, roundtable.zone, cities, await _holidays(ctx, cities, start, end))
    series = await ctx.store.roundtables.series(roundtable.series_id) if roundtable.series_id else None
    return found + (shifts(series, cities) if series and series.starts_at == start else [])


async def about_next(ctx: Context, roundtable: Roundtable) -> list[LazyText]:
    """Return the warnings about an occurrence of a series that cannot be known from the one before."""
    cities = (await ctx.store.dialogues.get(roundtable.dialogue_id)).cities
    holidays = await _holidays(ctx, cities, roundtable.starts_at, roundtable.ends_at)
    return [*_on_holidays(cities, holidays), *_differences(roundtable.starts_at, roundtable.zone, cities)]


async def _holidays(ctx: Context, cities: Sequence[City], start: datetime, end: datetime) -> Holidays:
    return {
        city.id: await holidays_in(ctx.places, city, *(_local(at, city.zone).date() for at in (start, end)))
        for city in cities
    }


def of(
    start: datetime, end: datetime, zone: str, cities: Sequence[City], holidays: Holidays | None = None
) -> list[LazyText]:
    """Return the warnings about a time: nights, weekends, holidays, weeks in which only one side changed its clocks."""
    nights = (text for city in cities for text in _nights(start, end, city))
    return [
        *nights,
        *_weekends(start, cities),
        *_on_holidays(cities, holidays or {}),
        *_differences(start, zone, cities),
    ]


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def _nights(start: datetime, end: datetime, city: City) -> Iterator[LazyText]:
    first, last = _local(start, city.zone), _local(end, city.zone)
    if first.time() < _MORNING or last.time() > _EVENING or last.date() > first.date():
        shown = LocalTime(start, city.zone, end)
        yield _("🌙 Night hours in {city}: {time}", city=city.name, time=shown)


def _weekends(start: datetime, cities: Sequence[City]) -> Iterator[LazyText]:
    for weekday in (5, 6):
        if there := [city for city in cities if _local(start, city.zone).weekday() == weekday]:
            day = LocalDate(start, there[0].zone, weekday_only=True)
            yield _("📆 In {cities} that is a {weekday}.", cities=[city.name for city in there], weekday=day)


def _on_holidays(cities: Sequence[City], holidays: Holidays) -> Iterator[LazyText]:
    yield from holiday_warnings({city.name: holidays.get(city.id, ()) for city in cities})


def _differences(start: datetime, zone: str, cities: Sequence[City]) -> Iterator[LazyText]:
    """Yield a warning for each city whose time differs from that of the first one by other hours than usual."""
    ordered = sorted(cities, key=lambda city: city.zone != zone)
    for city in ordered[1:]:
        now, usual = _difference(start, ordered[0], city), _usual(start, ordered[0], city)
        if now != usual:
            yield _(
                "⏰ Only one side has changed its clocks then: {city} and {other} are {now} hours apart, not {usual}.",
                city=ordered[0].name,
                other=city.name,
                now=abs(now) / timedelta(hours=1),
                usual=abs(usual) / timedelta(hours=1),
            )


def _difference(at: datetime, one: City, other: City) -> timedelta:
    return _offset(at, one) - _offset(at, other)


def _offset(at: datetime, city: City) -> timedelta:
    return _local(at, city.zone).utcoffset() or timedelta()


def _usual(at: datetime, one: City, other: City) -> timedelta:
    """Return the difference at a moment, or if it is rare, the one of most weeks of the year around it."""
    weeks = [_difference(at + timedelta(weeks=each - _WEEKS // 2), one, other) for each in range(_WEEKS)]
    now = _difference(at, one, other)
    return now if weeks.count(now) >= _RARELY else max(set(weeks), key=weeks.count)


# Series


def shifts(series: Series, cities: Sequence[City]) -> list[LazyText]:
    """Return for each city when the local time of a series is another one, in the year after its first date."""
    start = series.starts_at
    later = occurrences(series.rule, start, series.zone, start)
    dates = [each for each in islice(later, 400) if each <= start + _YEAR]
    return [text for city in cities for text in _shift(start, dates, city)]


def _shift(start: datetime, dates: Sequence[datetime], city: City) -> Iterator[LazyText]:
    usual = _local(start, city.zone).time()
    other = [each for each in dates if _local(each, city.zone).time() != usual]
    if other:
        time = LocalTime(other[0], city.zone)
        day = LocalDate(other[0], city.zone)
        yield _(
            "⏰ The clocks change on different days: in {city} the series begins at {time} on {day}, not at {usual}.",
            day=day,
            time=time,
            city=city.name,
            usual=LocalTime(start, city.zone),
        )
