"""Public holidays in the cities of a dialogue, for what is planned on these days."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot.dates.holidays import PublicHoliday, on
from bot.text.catalogue import ForReader, LazyText, LocaleContext, _, lines
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
        here = [(each, city) for each, city in found if each.day == day]
        if len(here) == 1:
            ((each, city),) = here
            yield _("🎉 Public holiday in {city} on {day}: {holiday}", city=city, day=day, holiday=each.name_for)
        else:
            yield _("🎉 Public holiday on {day}: {holidays}", day=day, holidays=_named(here))


def _named(found: Sequence[tuple[PublicHoliday, str]]) -> ForReader:
    """Return the names of holidays, each with its cities; a name that several have in the reader's language, once."""

    def names(reader: LocaleContext) -> LazyText:
        cities = dict[str, list[str]]()
        for each, city in found:
            cities.setdefault(str(each.name_for(reader).params["name"]), []).append(city)
        shown = (_("{holiday} ({cities})", holiday=name, cities=", ".join(there)) for name, there in cities.items())
        return lines(*shown, by=", ")

    return names
