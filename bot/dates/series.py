"""Series: recurrence rules (RFC 5545, section 3.3.10) in one time zone, and their occurrences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened

LONGEST = timedelta(days=5 * 366)
"""How long a series can be, and how far ahead its next occurrence is looked for."""

_DAYS = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9][0-9]?",
    "COUNT": r"[1-9][0-9]{0,3}",
    "UNTIL": r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:T(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z?)?",
    "BYDAY": rf"{_DAYS}(?:,{_DAYS}){{0,6}}|[+-]?[1-4]{_DAYS}(?:,[+-]?[1-4]{_DAYS}){{0,3}}",
    "BYMONTHDAY": r"-?(?:[1-9]|[12][0-9]|3[01])(?:,-?(?:[1-9]|[12][0-9]|3[01])){0,30}",
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2])){0,11}",
    "BYSETPOS": r"-?[1-4]",
    "WKST": _DAYS,
}
"""The parts of a rule and their values. A meeting repeats at most daily; dateutil hangs with INTERVAL=0."""

_SHAPES = re.compile(
    r"FREQ=DAILY(?:;INTERVAL)?|FREQ=DAILY;BYDAY=A|FREQ=WEEKLY(?:;INTERVAL)?(?:;BYDAY=A)?"
    r"|FREQ=MONTHLY(?:;INTERVAL)?(?:;BYDAY=[AN]|;BYDAY=A;BYSETPOS|;BYMONTHDAY=S)?|FREQ=MONTHLY;BYMONTHDAY=T"
    r"|FREQ=YEARLY(?:;INTERVAL)?(?:;BYMONTH;BYDAY=[AN]|;BYMONTH;BYMONTHDAY=S)?"
)
"""The combinations of parts that take place again and again (trust: case 74).

dateutil looks for 30 February until the year 9999, which takes seconds, whatever UNTIL says.
"""


def checked(rule: str) -> str:
    """Return a rule in upper case. Raises UserError if it is not one that a series of meetings can have."""
    parts = [part.partition("=") for part in rule.upper().strip("; ").split(";")] if len(rule) <= 200 else []
    values = {name: value for name, _sign, value in parts}
    allowed = all(re.fullmatch(_PARTS.get(name, r"(?!)"), value) for name, value in values.items())
    if not allowed or len(values) < len(parts) or {"COUNT", "UNTIL"} <= values.keys():
        raise _wrong(rule)
    if not _SHAPES.fullmatch(_shape(values)):
        raise _wrong(rule)
    return ";".join(f"{name}={value}" for name, value in values.items())


def _shape(values: Mapping[str, str]) -> str:
    """Return which parts a rule has.

    `BYDAY=A` are all such weekdays, `N` the Nth; `BYMONTHDAY=S` are days that every month has, `T` that some have.
    """
    kinds = {
        "FREQ": values.get("FREQ", ""),
        "BYDAY": "N" if re.search(r"[0-9]", values.get("BYDAY", "")) else "A",
        "BYMONTHDAY": "T" if re.search(r"29|3[01]", values.get("BYMONTHDAY", "")) else "S",
    }
    order = ("FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS")
    return ";".join(f"{name}={kinds[name]}" if name in kinds else name for name in order if name in values)


def _wrong(rule: str) -> UserError:
    text = _("I cannot use the rule “{rule}”. Write for example `RRULE:FREQ=WEEKLY;BYDAY=TU`.", rule=shortened(rule))
    return UserError(text)


def occurrences(rule: str, start: datetime, zone: str, after: datetime) -> Iterator[datetime]:
    """Yield the occurrences of a series after a moment, in UTC and in order, up to five years ahead.

    `rule` is one that `checked` accepts, `start` (aware) the first that it may have. The time on the clocks of `zone`
    stays the same over the year. Where the clocks skip it, the occurrence is later by what they skip, as in calendars;
    where they show it twice, it is the first.
    """
    from dateutil.rrule import rrulestr

    here = ZoneInfo(zone)
    first = start.astimezone(here)
    last = max(first, after.astimezone(here)) + LONGEST
    count, until = re.search(r"COUNT=([0-9]+)", rule), re.search(r"UNTIL=([0-9TZ]+)", rule)
    endless = ";".join(part for part in rule.split(";") if not part.startswith(("COUNT=", "UNTIL=")))
    # dateutil works on clock times without a zone, and stops for a rule that nothing meets only at an UNTIL.
    bounded = f"{endless};UNTIL={min(last, _end(until[1], here) if until else last):%Y%m%dT%H%M%S}"
    found = islice(rrulestr(bounded, dtstart=first.replace(tzinfo=None)), int(count[1]) if count else None)
    moments = (each.replace(tzinfo=here).astimezone(UTC) for each in found)
    yield from (each for each in moments if each > after)


def _end(until: str, zone: ZoneInfo) -> datetime:
    """Return the moment, as the clocks of a zone show it, of an UNTIL: in UTC, in local time, or the whole day."""
    day, _sign, time = until.partition("T")
    text = f"{day}T{time.removesuffix('Z') or '235959'}"
    return datetime.fromisoformat(text).replace(tzinfo=UTC if time.endswith("Z") else zone).astimezone(zone)


def until(end: datetime) -> str:
    """Return the part of a rule that ends a series, in UTC as the RFC demands of moments with a zone."""
    return f";UNTIL={end.astimezone(UTC):%Y%m%dT%H%M%SZ}"
