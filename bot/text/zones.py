"""Time zones as people name them."""

from __future__ import annotations

import difflib
import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from bot.text.catalogue import UserError, _
from bot.text.characters import fold

_OFFSET = re.compile(r"(?:gmt|utc)? ?([+\-\u2212]) ?([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)

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

_PARTS_OF_HOURS = {
    "+03:30": "Asia/Tehran",
    "+04:30": "Asia/Kabul",
    "+05:30": "Asia/Kolkata",
    "+05:45": "Asia/Kathmandu",
    "+06:30": "Asia/Yangon",
    "+09:30": "Australia/Darwin",
}


def _fixed(text: str) -> str | None:
    """Read a difference to UTC: east of it is `+`, which the tz database turns round (`Etc/GMT-1`)."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    sign, hours, minutes = ("+" if match[1] == "+" else "-"), int(match[2]), match[3] or "00"
    if minutes != "00":
        return _PARTS_OF_HOURS.get(f"{sign}{hours:02}:{minutes}")
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"
    return name if name in available_timezones() else None


def read_zone(text: str) -> str:
    """Read a time zone as people write it. Raises UserError.

    Its name in the tz database or its city (`Europe/Berlin`, `berlin`), an abbreviation (`CET`), a difference to UTC
    (`GMT+1`, `UTC+05:30`).
    """
    if zone := _fixed(text) or _SHORT.get(text.strip().lower()):
        return zone
    wanted = fold(text).replace(" ", "_")
    zones, cities = _zones(), _cities()
    if zone := zones.get(wanted) or cities.get(wanted):
        return zone
    close = (
        [] if _OFFSET.fullmatch(text.strip()) else difflib.get_close_matches(wanted, [*zones, *cities], n=1, cutoff=0.8)
    )
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
