"""Describe how a series repeats: `every 2 weeks, on Monday and Thursday, until 31 December 2027`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.localtimes import LocalDate

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHOWN_DAYS = r"(?:(?:\+?[1-4]|-1)?[A-Z]{2},?)*"
_SHOWN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"})


def rhythm(rule: str, zone: str) -> LazyText:
    """Return how a series with this rule repeats in a zone; an unusual rule is shown as it is."""
    values = dict(part.split("=", 1) for part in rule.split(";"))
    if not values.keys() <= _SHOWN or not re.fullmatch(_SHOWN_DAYS, values.get("BYDAY", "")):
        return _("by the rule `{rule}`", rule=rule)
    return lines(_every(values), *_details(values, zone), by=", ")


def weekday_name(number: int) -> LazyText:
    """Return the name of a weekday; Monday is 0."""
    monday = datetime(2024, 1, 1, tzinfo=UTC)
    return LazyText("{day}", params={"day": LocalDate(monday + timedelta(number), "UTC", weekday_only=True)})


def _every(values: Mapping[str, str]) -> LazyText:
    n = int(values.get("INTERVAL", "1"))
    match values["FREQ"]:
        case "DAILY":
            return n_("every day", "every {n} days", n)
        case "WEEKLY":
            return n_("every week", "every {n} weeks", n)
        case "MONTHLY":
            return n_("every month", "every {n} months", n)
        case _:
            return n_("every year", "every {n} years", n)


def _details(values: Mapping[str, str], zone: str) -> Iterator[LazyText]:
    if days := values.get("BYDAY"):
        yield _on(days)
    if numbers := values.get("BYMONTHDAY"):
        yield _("on day {days} of the month", days=numbers.split(","))
    if count := values.get("COUNT"):
        yield n_("once", "{n} times", int(count))
    if until := values.get("UNTIL"):
        end = datetime.fromisoformat(until)
        yield _("until {date}", date=(end.astimezone(ZoneInfo(zone)) if end.tzinfo else end).date())


def _on(days: str) -> LazyText:
    named = [_nth(day) if day[:-2] else weekday_name(_CODES.index(day)) for day in days.split(",")]
    if re.search(r"[0-9]", days):
        return _("on the {weekdays}", weekdays=named)
    return _("on {weekdays}", weekdays=named)


def _nth(day: str) -> LazyText:
    return _("{nth} {weekday}", nth=_ORDINALS[int(day[:-2])], weekday=weekday_name(_CODES.index(day[-2:])))


_ORDINALS = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}
