"""Public holidays in the cities of a dialogue, for what is planned on these days."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot.dates.holidays import PublicHoliday, on
from bot.text.catalogue import LazyText, _, lines
from bot.text.places import Places
from storage import City


async def holidays_in(places: Places, city: City, first: date, last: date) -> Sequence[PublicHoliday]:
    """Return the public holidays of a city, of its country and its state, from one day to another."""
    country = city.locale.partition("_")[2]
    if not country:
        return []
    return await asyncio.to_thread(on, first, last, await places.region(city.name, country))


def holiday_warnings(holidays: Mapping[str, Sequence[PublicHoliday]]) -> Iterator[LazyText]:
    """Yield a warning for each day that is a public holiday; `holidays`: by the name of the city."""
    found = [(each, city) for city, some in holidays.items() for each in some]
    for day in sorted({each.day for each, _city in found}):
        here = [(each.name_for, city) for each, city in found if each.day == day]
        if len(here) == 1:
            ((name, city),) = here
            yield _("🎉 Public holiday in {city} on {day}: {holiday}", city=city, day=day, holiday=name)
            continue
        named = [_("{holiday} ({city})", holiday=name, city=city) for name, city in here]
        yield _("🎉 Public holiday on {day}: {holidays}", day=day, holidays=lines(*named, by=", "))
