"""Time zones as people name them."""

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
"""Abbreviations, as people in Germany, the United Kingdom and the United States mean them: summer time included."""


def zone_named(text: str) -> str | None:
    """Return the time zone that people mean by a name of it; None: it is none.

    Its name in the tz database or its city (`Europe/Berlin`, `berlin`), an abbreviation (`CET`), a difference to UTC
    (`GMT+1`, `UTC+05:30`).
    """
    wanted = _folded(text)
    return zone_of_offset(text) or _SHORT.get(text.strip().lower()) or _zones().get(wanted) or _cities().get(wanted)


async def read_zone(text: str, places: Places, home: str) -> str:
    """Read a time zone as people write it: what `zone_named` knows, or any city. Raises UserError.

    `home`: the country whose cities are meant first, `DE`.
    """
    if zone := zone_named(text) or await places.zone(text, home):
        return zone
    if near := _near(text) or await places.near_zone(text, home):
        raise UserError(_("I don't know the time zone “{text}”. Did you mean `{zone}`?", text=text, zone=near))
    raise UserError(_("I don't know the time zone “{text}”. Time zones look like this: `Europe/Berlin`", text=text))


def _near(text: str) -> str | None:
    """Return the zone whose name or city is nearly written like this; None: there is none."""
    if is_offset(text):
        return None
    named = _cities() | _zones()
    close = difflib.get_close_matches(_folded(text), named, n=1, cutoff=0.8)
    return named[close[0]] if close else None


def _folded(text: str) -> str:
    return fold(text).replace(" ", "_")


@cache
def _zones() -> dict[str, str]:
    """Return the zones by their names in the tz database, those of former times included: `Europe/Kiev`."""
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
