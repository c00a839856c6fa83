"""Public holidays, by country and state, named in the language of the reader.

on(date(2027, 10, 3), date(2027, 10, 3), "DE-NW")   # one holiday, "Tag der Deutschen Einheit" or "German Unity Day"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.text.catalogue import LazyText, LocaleContext
from bot.text.languages import catalogue_of

_LANGUAGES = {"de": ("de", "de_AT"), "en_GB": ("en_GB", "en_US"), "en_US": ("en_US", "en_GB")}
"""The languages of the names for the readers of each catalogue, the best first."""


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday; `names` has one for each language that is known, and under "" the local one."""

    day: date
    names: Mapping[str, str]

    def name_for(self, reader: LocaleContext) -> LazyText:
        """Return the name in the reader's language, or else the local one."""
        languages = (*_LANGUAGES[catalogue_of(reader.locale)], "")
        return LazyText("{name}", params={"name": next(self.names[each] for each in languages if each in self.names)})


@lru_cache(256)
def on(first: date, last: date, region: str) -> Sequence[PublicHoliday]:
    """Return the public holidays from one day to another, in order; none for a country that is not known.

    `region` is a country or its state (ISO 3166: `DE-NW`; `DE` has the national holidays only). It belongs into a
    thread: the first call takes half a second.
    """
    import holidays

    country, _sign, state = region.partition("-")
    if country not in holidays.list_supported_countries():
        return []
    state = state if state in holidays.list_supported_countries()[country] else ""
    years = range(first.year, last.year + 1)
    calendar = getattr(holidays, country)
    ours = {each for names in _LANGUAGES.values() for each in names} & set(calendar.supported_languages)
    found: dict[date, dict[str, str]] = {}
    for language in ("", *ours):
        named = calendar(subdiv=state or None, years=years, language=language or calendar.default_language)
        for day, name in named.items():
            if first <= day <= last:
                found.setdefault(day, {})[language] = name
    return [PublicHoliday(day, found[day]) for day in sorted(found)]
