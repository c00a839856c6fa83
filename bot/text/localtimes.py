"""Times and days of one place inside a text, written as the reader writes them.

    _("{city}: {time}", city=city.name, time=LocalTime(start, city.zone, end))     # "Köln: 11:00–13:00 Uhr"

Unlike a datetime, which every reader sees in their own zone, these stay in the zone they name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_time

_SPACED_DASH = re.compile(r"(?<=\d)\u2009–\u2009(?=\d)")  # as CLDR has it in en_US; in a list of cities it is too wide


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The time of day in a zone at a moment, or from that moment until another: `11:00 Uhr`, `5:00–7:00 AM`."""

    at: datetime
    zone: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LocalDate:
    """The day in a zone at a moment: `Tuesday, 15 December 2026`, or only its weekday."""

    at: datetime
    zone: str
    weekday_only: bool = False


@dataclass(frozen=True, slots=True)
class ShortDate:
    """A day in few characters, for the cells of tables: `15 Dec 2026`, `15.12.2026`."""

    day: date


def format_local(value: LocalTime | LocalDate | ShortDate, locale: Locale) -> str:
    """Return a local time or day in the format of a locale. Raises ValueError for a naive datetime."""
    if isinstance(value, ShortDate):
        return format_date(value.day, "medium", locale)
    for at in (value.at, value.until if isinstance(value, LocalTime) else None):
        if at and at.tzinfo is None:
            raise ValueError(f"{at} names no moment without a zone")
    if isinstance(value, LocalTime):
        return _times(value, locale)
    return format_date(value.at.astimezone(ZoneInfo(value.zone)), "EEEE" if value.weekday_only else "full", locale)


def _times(value: LocalTime, locale: Locale) -> str:
    zone = ZoneInfo(value.zone)
    start = _time(value.at, zone, locale)
    if value.until is None or value.until == value.at:
        return start
    if value.until - value.at >= timedelta(days=1):
        end = value.until.astimezone(zone)
        return f"{start} – {format_date(end, 'full', locale)}, {_time(end, zone, locale)}"
    skeleton = "hm" if "a" in locale.time_formats["short"].pattern else "Hm"
    return _SPACED_DASH.sub("–", format_interval(value.at, value.until, skeleton, zone, locale=locale))


def _time(at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    text = format_time(at, "short", zone, locale)
    return f"{text} Uhr" if locale.language == "de" else text  # as CLDR writes intervals
