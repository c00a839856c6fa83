"""Time zones as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import plain
from bot.text.catalogue import LocaleContext, UserError, _, render
from bot.text.offsets import zone_name
from bot.text.places import Places
from bot.text.zones import read_zone, zone_named


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        *((text, "Etc/GMT-1") for text in ("GMT+1", "gmt +1", "UTC+1", "UTC+01:00", "+0100", "+1")),
        *((text, "Etc/GMT+5") for text in ("GMT-5", "UTC\u22125", "utc-05:00")),
        *((text, "UTC") for text in ("GMT", "UTC", "UTC+0", "utc")),
        ("UTC+05:30", "Asia/Kolkata"),
        *((text, "Europe/Berlin") for text in ("CET", "MEZ", "mesz", "CEST", "Berlin", "Europe/Berlin")),
        *((text, "America/New_York") for text in ("EST", "EDT", "New York")),
        ("BST", "Europe/London"),
        ("Wien", "Europe/Vienna"),
        *((text, "Europe/Istanbul") for text in ("Ankara", "ankara", "Ankara, Türkei", "Ankara, Turkey", "İzmir")),
        *((text, "Europe/Berlin") for text in ("München", "Muenchen", "Munich", "Nürnberg", "Nuremberg")),
        *((text, "Europe/Kyiv") for text in ("Kiew", "Kyiv", "Kiev")),
        *((text, "America/Indiana/Indianapolis") for text in ("Indianapolis", "indianapolis, indiana")),
        *((text, "Asia/Shanghai") for text in ("Peking", "Beijing")),
        *((text, "Europe/Rome") for text in ("Mailand", "Milan")),
        ("San Francisco", "America/Los_Angeles"),
    ],
)
async def test_a_zone_is_what_people_mean_by_it(places: Places, text: str, zone: str) -> None:
    assert await read_zone(text, places, "DE") == zone


@pytest.mark.parametrize("text", ["GMT+99", "UTC+05:17", "Entenhausen", "CETT", "???", ""])
async def test_what_is_no_zone_is_not_taken_for_a_far_one(places: Places, text: str) -> None:
    with pytest.raises(UserError) as caught:
        await read_zone(text, places, "DE")
    assert "Did you mean" not in str(caught.value.text)


@pytest.mark.parametrize(
    ("text", "home", "zone"),
    [
        ("Berln", "DE", "Europe/Berlin"),
        ("Europe/Berln", "DE", "Europe/Berlin"),
        ("Ankra", "DE", "Europe/Istanbul"),
        ("Münchn", "DE", "Europe/Berlin"),
        ("Birminham", "GB", "Europe/London"),
        ("Birminham", "US", "America/Chicago"),
    ],
)
async def test_what_is_suggested_is_near(places: Places, text: str, home: str, zone: str) -> None:
    with pytest.raises(UserError) as caught:
        await read_zone(text, places, home)
    said = plain(render(caught.value.text, LocaleContext("en_GB")))
    assert said == f"I do not know the time zone “{text}”. Did you mean {zone}?"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Etc/GMT-1", "UTC+1"), ("Etc/GMT+5", "UTC-5"), ("UTC", "UTC"), ("Europe/Berlin", "Europe/Berlin")],
)
def test_a_difference_to_utc_is_shown_as_people_write_it(zone: str, shown: str) -> None:
    assert zone_name(zone) == shown
    assert zone_named(shown) == zone
    moment = render(_("{at}", at=datetime(2026, 3, 2, 12, tzinfo=UTC)), LocaleContext("en_GB", zone))
    assert f"({shown.rpartition('/')[2]})" in plain(moment)
