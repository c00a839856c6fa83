"""Fixed UTC offsets as people write them; the tz database has the signs reversed."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

_OFFSET = re.compile(r"(?:gmt|utc)? ?([+\-\u2212]) ?([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)
_FIXED = re.compile(r"Etc/GMT([+-])(\d+)")
_TURNED = {"+": "-", "-": "+"}

_PARTS_OF_HOURS = {
    "+03:30": "Asia/Tehran",
    "+04:30": "Asia/Kabul",
    "+05:30": "Asia/Kolkata",
    "+05:45": "Asia/Kathmandu",
    "+06:30": "Asia/Yangon",
    "+09:30": "Australia/Darwin",
}


def is_offset(text: str) -> bool:
    """Whether a text is a UTC offset: `GMT+1`, `UTC+05:30`, `-5`."""
    return _OFFSET.fullmatch(text.strip()) is not None


def zone_of_offset(text: str) -> str | None:
    """Return the zone of a UTC offset (`UTC+1` is `Etc/GMT-1`); None if it is not an offset or no zone has it."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    sign, hours, minutes = ("+" if match[1] == "+" else "-"), int(match[2]), match[3] or "00"
    if minutes != "00":
        return _PARTS_OF_HOURS.get(f"{sign}{hours:02}:{minutes}")
    name = f"Etc/GMT{_TURNED[sign]}{hours}" if hours else "UTC"
    return name if name in available_timezones() else None


def zone_name(zone: str) -> str:
    """Return a zone's display name, which people can also type: `UTC+1` for `Etc/GMT-1`."""
    match = _FIXED.fullmatch(zone)
    return f"UTC{_TURNED[match[1]]}{match[2]}" if match else zone
