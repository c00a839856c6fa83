"""Time zones as people name them."""

from __future__ import annotations

import difflib
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from bot.text.catalogue import UserError, _
from bot.text.characters import fold


def read_zone(text: str) -> str:
    """Read the name of a zone of the tz database, or of its city: `Europe/Berlin`, `berlin`. Raises UserError."""
    wanted = fold(text).replace(" ", "_")
    zones, cities = _zones(), _cities()
    if zone := zones.get(wanted) or cities.get(wanted):
        return zone
    close = difflib.get_close_matches(wanted, [*zones, *cities], n=1, cutoff=0.7)
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
