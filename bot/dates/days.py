"""How days are written: `15.12.`, `4/3/2027`, `Dec 15, 2026`, `übermorgen`, `next Friday`, `in 2 Wochen`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from bot.dates.pieces import Day, Piece, Rule, SlashedDay, Weekday, fillers, rule
from bot.dates.words import MONTH, NUMBER, WEEKDAY, month, number, weekday

_DAY = r"(?P<day>[0-9]{1,2})"
_SHORT_YEAR = r"'[0-9]{2}|(?:2[5-9]|[3-9][0-9])(?! ?(?:[:.]|uhr|min))"
"""Two digits that are no hour."""
_YEAR_AFTER_NAME = rf"(?:,?[ -]?(?P<year>[0-9]{{4}}|{_SHORT_YEAR}))?"
_ORDINAL = r"(?:\.|st|nd|rd|th|ter|ten)?"

Find = Callable[[date], Sequence[date]]


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a date, or None if the calendar does not have it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming(month: int, day: int) -> Find:
    """Find the next such date, which is within eight years even for 29 February."""
    return lambda today: _first(today, (calendar_day(today.year + ahead, month, day) for ahead in range(9)))


def of_year(year: int | None, month: int, day: int) -> Find:
    """Find a date by its year, or the next such one."""
    if year is None:
        return coming(month, day)
    found = calendar_day(year, month, day)
    return lambda _today: [found] if found else []


def last_of_month(year: int, month: int) -> date:
    """Return the last day of a month before the year 9999."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last."""
    years, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(date(years, index + 1, 1) + timedelta(day.day - 1), last_of_month(years, index + 1))


def full_year(text: str | None) -> int | None:
    """Return the year of two or four digits, if any: `26` is 2026."""
    digits = (text or "").strip(" '-")
    if not digits:
        return None
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _first(today: date, found: Iterator[date | None]) -> Sequence[date]:
    return next(([each] for each in found if each and each >= today), [])


def _numeric(match: re.Match[str]) -> Piece | None:
    number_of_month = int(match["month"])
    if not match["year"] and not 1 <= number_of_month <= 12:
        return None  # `14.30` is a time
    return Day(of_year(full_year(match["year"]), number_of_month, int(match["day"])))


def _named(match: re.Match[str]) -> Piece:
    return Day(of_year(full_year(match["year"]), month(match["month"]), int(match["day"])))


def _slashed(match: re.Match[str]) -> Piece:
    return SlashedDay(int(match["first"]), int(match["second"]), full_year(match["year"]))


def _of_month(match: re.Match[str]) -> Piece:
    day = int(match["day"])

    def find(today: date) -> Sequence[date]:
        firsts = (months_later(today.replace(day=1), ahead) for ahead in range(3))
        return _first(today, (calendar_day(each.year, each.month, day) for each in firsts))

    return Day(find)


def _in(match: re.Match[str]) -> Piece:
    count, unit = number(match["number"]), match["unit"]
    if unit.startswith(("mon", "jahr", "year")):
        months = min(count if unit.startswith("mon") else 12 * count, _CENTURY)
        return Day(lambda today: [months_later(today, months)])
    weeks = unit.startswith("w")
    return Day(lambda today: [today + timedelta(count * (7 if weeks else 1))], loose=weeks)


def _today_and(days: int) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: Day(lambda today: [today + timedelta(days)])


def _weekday(*, later: bool = False, weeks: int = 0) -> Callable[[re.Match[str]], Piece]:
    return lambda match: Weekday(weekday(match["weekday"]), later, weeks)


_CENTURY = 1200
_UNIT = r"(?P<unit>days?|weeks?|months?|years?|tag|tagen?|wochen?|monat|monaten?|jahr|jahren?)"
_WEEKDAY = rf"(?P<weekday>{WEEKDAY})"
_NEXT = r"(?:next|coming|naechste[nrs]?|nachste[nrs]?|kommende[nrs]?)"
_THIS = r"(?:this|diese[nrs]?)"

RULES: tuple[Rule, ...] = (
    rule(rf"(?P<year>[0-9]{{4}})(?P<by>[-/.])(?P<month>[0-9]{{1,2}})(?P=by){_DAY}", _numeric),
    rule(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-{_DAY}(?=t[0-9])", _numeric, whole=False),
    rule(rf"{_DAY}\. ?(?P<month>[0-9]{{1,2}})\.?(?P<year> ?[0-9]{{4}}|'?[0-9]{{2}})?", _numeric),
    rule(r"(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})(?:/(?P<year>[0-9]{4}|'?[0-9]{2}))?", _slashed),
    rule(r"(?P<first>[0-9]{1,2})-(?P<second>[0-9]{1,2})-(?P<year>[0-9]{4})", _slashed),
    rule(rf"{_DAY}{_ORDINAL}(?: of)?[ -]?(?P<month>{MONTH}){_YEAR_AFTER_NAME}", _named),
    rule(rf"(?P<month>{MONTH})[ -]?(?:the )?{_DAY}{_ORDINAL}{_YEAR_AFTER_NAME}", _named),
    rule(rf"{_DAY}(?:\.|st|nd|rd|th)", _of_month),
    rule(_WEEKDAY, _weekday()),
    rule(rf"{_THIS} {_WEEKDAY}", _weekday()),
    rule(rf"{_NEXT} {_WEEKDAY}", _weekday(later=True)),
    rule(rf"(?:uebernaechste[nrs]? {_WEEKDAY})", _weekday(later=True, weeks=1)),
    rule(rf"(?:a week on {_WEEKDAY})", _weekday(later=True, weeks=1)),
    rule(rf"(?:{_WEEKDAY} week)", _weekday(later=True, weeks=1)),
    rule(r"heute|today", _today_and(0)),
    rule(r"morgen|tomorrow", _today_and(1)),
    rule(r"uebermorgen|(?:the )?day after tomorrow", _today_and(2)),
    rule(rf"(?:heute |today )?in (?P<number>{NUMBER}) {_UNIT}", _in),
    rule(rf"(?P<number>{NUMBER}) {_UNIT} from (?:now|today)", _in),
    fillers(r"am|by|on|of|den|dem|der|the|zum"),
    fillers(r"(?:bis )?spaetestens|no later than|at the latest|(?:the )?end of (?:the )?day|eod"),
    fillers(r"einschliesslich|einschl\.?|inklusive|inkl\.?|inclusive"),
)
