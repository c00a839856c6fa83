"""Parse time zones as people write them."""

from __future__ import annotations

import difflib
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from bot.text.offsets import is_offset, zone_of_offset
from bot.text.places import Places

_SHORT = {
    **dict.fromkeys(("gmt", "utc", "z"), "UTC"),
    **dict.fromkeys(("cet", "cest", "mez", "mesz"), "Europe/Berlin"),
    **dict.fromkeys(("bst", "wet", "west", "wez", "wesz"), "Europe/London"),
    **dict.fromkeys(("eet", "eest", "oez", "oesz"), "Europe/Athens"),
    **dict.fromkeys(("et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt"), "America/Los_Angeles"),
}
"""Abbreviations as used in Germany, the United Kingdom and the United States, including summer time."""


def zone_named(text: str) -> str | None:
    """Return the time zone of this name, or None if there is none.

    Accepts a name from the tz database or its city (`Europe/Berlin`, `berlin`), an abbreviation (`CET`), or a UTC
    offset (`GMT+1`, `UTC+05:30`).
    """
    wanted = _folded(text)
    return zone_of_offset(text) or _SHORT.get(text.strip().lower()) or _zones().get(wanted) or _cities().get(wanted)


async def read_zone(text: str, places: Places, home: str) -> str:
    """Parse a time zone as people write it: a name that `zone_named` accepts, or any city. Raises UserError.

    `home` is the country (`DE`) whose cities take precedence.
    """
    if zone := zone_named(text) or await places.zone(text, home):
        return zone
    if near := _near(text) or await places.near_zone(text, home):
        raise UserError(_("I do not know the time zone “{text}”. Did you mean `{zone}`?", text=text, zone=near))
    wrong = _("I do not know the time zone “{text}”. Time zones look like this: `Europe/Berlin`", text=text)
    raise UserError(wrong, usage=True)


def _near(text: str) -> str | None:
    """Return the zone with the closest name or city, or None if none is close."""
    if is_offset(text):
        return None
    named = _cities() | _zones()
    close = difflib.get_close_matches(_folded(text), named, n=1, cutoff=0.8)
    return named[close[0]] if close else None


def _folded(text: str) -> str:
    return fold(text).replace(" ", "_")


@cache
def _zones() -> dict[str, str]:
    """Return the zones by their names in the tz database, including deprecated ones: `Europe/Kiev`."""
    present = get_global("zone_aliases")
    names = [zone for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]
    return {fold(zone): present.get(zone, zone) for zone in names}


@cache
def _cities() -> dict[str, str]:
    named = {name.rpartition("/")[2]: zone for name, zone in _zones().items()}
    for locale in ("en", "de"):  # Wien, New York
        for name, facts in Locale(locale).time_zones.items():
            if "city" in facts and (zone := _zones().get(fold(name))):
                named[_folded(facts["city"])] = zone
    return named
