"""Time zones as people name them."""

from __future__ import annotations

import difflib
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from bot.text.offsets import is_offset, zone_of_offset

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


def read_zone(text: str) -> str:
    """Read a time zone as people write it. Raises UserError.

    Its name in the tz database or its city (`Europe/Berlin`, `berlin`), an abbreviation (`CET`), a difference to UTC
    (`GMT+1`, `UTC+05:30`).
    """
    if zone := zone_of_offset(text) or _SHORT.get(text.strip().lower()):
        return zone
    wanted = fold(text).replace(" ", "_")
    zones, cities = _zones(), _cities()
    if zone := zones.get(wanted) or cities.get(wanted):
        return zone
    close = [] if is_offset(text) else difflib.get_close_matches(wanted, [*zones, *cities], n=1, cutoff=0.8)
    if close:
        near = zones.get(close[0]) or cities[close[0]]
        raise UserError(_("I don't know the time zone “{text}”. Did you mean `{zone}`?", text=text, zone=near))
    raise UserError(_("I don't know the time zone “{text}”. Time zones look like this: `Europe/Berlin`", text=text))


@cache
def _zones() -> dict[str, str]:
    return {fold(zone): zone for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"}


@cache
def _cities() -> dict[str, str]:
    named = {name.rpartition("/")[2]: zone for name, zone in _zones().items()}
    for locale in ("en", "de"):  # Wien, New York
        known = Locale(locale).time_zones
        named |= {
            fold(known[zone]["city"]).replace(" ", "_"): zone
            for zone in _zones().values()
            if "city" in known.get(zone, {})
        }
    return named
