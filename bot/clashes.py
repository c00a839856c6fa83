"""Public holidays in the cities of a dialogue, for what is planned on these days."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date

from bot.dates.holidays import PublicHoliday, on
from bot.text.catalogue import LazyText, _
from bot.text.places import Places
from storage import City


async def holidays_in(places: Places, city: City, first: date, last: date) -> Sequence[PublicHoliday]:
    """Return the public holidays of a city, of its country and its state, from one day to another."""
    country = city.locale.partition("_")[2]
    if not country:
        return []
    return await asyncio.to_thread(on, first, last, await places.region(city.name, country))


def holiday_warnings(city: City, holidays: Sequence[PublicHoliday]) -> Iterator[LazyText]:
    """Yield a warning for each public holiday of a city."""
    for each in holidays:
        name = each.name_for
        yield _("🎉 Public holiday in {city} on {day}: {holiday}", city=city.name, day=each.day, holiday=name)
