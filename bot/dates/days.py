"""How days are written: `15.12.`, `Dec 15, 2026`, `übermorgen`, `next Friday`, `Ende November`, `KW 48`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bot.dates.pieces import Day, Filler, Piece, Rule, Weekday, rule
from bot.dates.words import MONTH, NUMBER, WEEKDAY, month, number, weekday

_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year> ?[0-9]{4}|'?[0-9]{2})"
_LONG_YEAR = r"(?:,? (?P<year>[0-9]{4}|'[0-9]{2}))?"
_ORDINAL = r"(?:\.|st|nd|rd|th|ter|ten)?"


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a date, or None if the calendar does not have it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(month: int, day: int) -> Callable[[date], Sequence[date]]:
    """Find the next such date, which is within eight years even for 29 February."""

    def find(today: date) -> Sequence[date]:
        years = range(today.year, today.year + 9)
        found = (calendar_day(year, month, day) for year in years)
        return [each for each in found if each and each >= today][:1]

    return find


def _fixed(year: int, month: int, day: int) -> Callable[[date], Sequence[date]]:
    found = calendar_day(year, month, day)
    return lambda _today: [found] if found else []


def _dated(match: re.Match[str]) -> Piece:
    groups = match.groupdict()
    named = groups["month"].rstrip(".")
    number_of_month = int(named) if named.isdecimal() else month(named)
    day = int(groups["day"])
    if not groups.get("year"):
        return Day(_next(number_of_month, day))
    return Day(_fixed(_year(groups["year"]), number_of_month, day))


def _year(text: str) -> int:
    digits = text.strip(" '")
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _in(match: re.Match[str]) -> Piece:
    count = number(match["number"])
    if match["unit"].startswith(("mon",)):
        return Day(lambda today: [_months_later(today, count)])
    days = count * (7 if match["unit"].startswith("w") else 1)
    return Day(lambda today: [today + timedelta(days)])


def _months_later(day: date, months: int) -> date:
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(date(year, index + 1, 1) + timedelta(day.day - 1), _last_day(year, index + 1))


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


def _relative(days: int) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: Day(lambda today: [today + timedelta(days)])


RULES: tuple[Rule, ...] = (
    rule(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.]" + _DAY, _dated),
    rule(_DAY + r"\. ?(?P<month>[0-9]{1,2})\.?" + _YEAR + "?", _dated),
    rule(_DAY + _ORDINAL + rf"(?: of)? ?(?P<month>{MONTH})" + _LONG_YEAR, _dated),
    rule(rf"(?P<month>{MONTH}) ?(?:the )?" + _DAY + _ORDINAL + _LONG_YEAR, _dated),
    rule(rf"(?P<weekday>{WEEKDAY})", lambda match: Weekday(weekday(match["weekday"]))),
    rule(r"heute|today", _relative(0)),
    rule(r"morgen|tomorrow", _relative(1)),
    rule(r"uebermorgen|(?:the )?day after tomorrow", _relative(2)),
    rule(rf"in (?P<number>{NUMBER}) (?P<unit>tag|tagen|days?|wochen?|weeks?|monat|monaten|months?)", _in),
    rule(r"bis(?: zum)?|am|by|on|den|dem|der|the", lambda _match: Filler()),
)
