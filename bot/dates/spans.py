"""How weeks, and parts of months and years, are written: `KW 48`, `next week`, `Ende November`, `mid-December`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bot.dates.days import full_year, last_of_month, months_later
from bot.dates.pieces import Day, Piece, Rule, Week, rule
from bot.dates.words import MONTH, WEEKDAY, month, weekday

_START, _MIDDLE = ("anfang", "beginn", "beginning", "start", "early"), ("mitte", "mid", "middle")

_PART = (
    r"(?P<part>ende|end|anfang|beginn|beginning|start|early|mitte|mid|middle)"
    r"(?:[ -](?:of|der|des|von|vom|the|im))*[ -]"
)
_COMING = r"(?P<which>diese[nrs]?|this|naechste[nrs]?|nachste[nrs]?|kommende[nrs]?|next)"

ORDINALS = {
    **dict.fromkeys(("first", "1st", "ersten", "erster", "1."), 1),
    **dict.fromkeys(("second", "2nd", "zweiten", "zweiter", "2."), 2),
    **dict.fromkeys(("third", "3rd", "dritten", "dritter", "3."), 3),
    **dict.fromkeys(("fourth", "4th", "vierten", "vierter", "4."), 4),
    **dict.fromkeys(("last", "letzten", "letzter"), -1),
}
"""Which of the same weekdays in a month; -1 is the last."""

ORDINAL = rf"(?P<nth>{'|'.join(map(re.escape, ORDINALS))})"


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """Return the nth such weekday of a month, or its last if nth is -1."""
    if nth < 0:
        last = last_of_month(year, month)
        return last - timedelta((last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _part_of_month(match: re.Match[str]) -> Piece:
    year, number, part = full_year(match["year"]), month(match["month"]), match["part"]
    return Day(lambda today: _coming(today, year, lambda each: _in_month(each, number, part)))


def _nth(match: re.Match[str]) -> Piece:
    year, number = full_year(match["year"]), month(match["month"])
    nth, day = ORDINALS[match["nth"]], weekday(match["weekday"])
    return Day(lambda today: _coming(today, year, lambda each: nth_weekday(each, number, nth, day)))


def _coming(today: date, year: int | None, of_year: Callable[[int], date]) -> Sequence[date]:
    """Return the day of the given year, or the next one."""
    if year is not None:
        return [of_year(year)] if 1 <= year < date.max.year else []
    return [next(day for day in map(of_year, (today.year, today.year + 1)) if day >= today)]


def _in_month(year: int, month: int, part: str) -> date:
    if part in _START:
        return date(year, month, 1)
    return date(year, month, 15) if part in _MIDDLE else last_of_month(year, month)


def _part_of_this_month(match: re.Match[str]) -> Piece:
    part = match.groupdict().get("part") or "end"
    ahead = _is_next(match)

    def find(today: date) -> Sequence[date]:
        of = months_later(today.replace(day=1), ahead)
        return [_in_month(of.year, of.month, part)]

    return Day(find)


def _is_next(match: re.Match[str]) -> bool:
    which = match.groupdict().get("which") or ""
    return bool(which) and not which.startswith(("dies", "this"))


def _part_of_year(match: re.Match[str]) -> Piece:
    found, ahead = match.groupdict(), _is_next(match)
    year, part = full_year(found.get("year")), found.get("part") or "end"

    def find(today: date) -> Sequence[date]:
        of = year or today.year + ahead
        return [date(of, 1, 1) if part in _START else date(of, 7, 1) if part in _MIDDLE else date(of, 12, 31)]

    return Day(find)


def _part_of_week(match: re.Match[str]) -> Piece:
    ahead, part = _is_next(match), match.groupdict().get("part") or "end"
    days = 0 if part in _START else 2 if part in _MIDDLE else 4
    return Day(lambda today: [_monday(today) + timedelta(7 * ahead + days)])


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _weeks_later(weeks: int) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: Week(lambda today: _monday(today) + timedelta(7 * weeks))


def _calendar_week(match: re.Match[str]) -> Piece:
    week, year = int(match["week"]), full_year(match["year"])

    def find(today: date) -> date | None:
        years = (year,) if year else (today.isocalendar().year, today.isocalendar().year + 1)
        found = (_iso_monday(each, week) for each in years)
        return next((each for each in found if each and (year or each + timedelta(6) >= today)), None)

    return Week(find)


def _iso_monday(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


_WEEK_NAME = r"(?:(?:ende|end)(?: of| der| von)? )?(?:kw|kalenderwoche|calendar week|week|wk)"
_OF_YEAR = r"(?:(?:/| ?/ ?| )(?:of |in )?(?P<year>[0-9]{4}))?"

RULES: tuple[Rule, ...] = (
    rule(rf"{_PART}(?P<month>{MONTH})(?:,? (?P<year>[0-9]{{4}}))?", _part_of_month),
    rule(rf"{ORDINAL} (?P<weekday>{WEEKDAY}) (?:of|in|im) (?P<month>{MONTH})(?:,? (?P<year>[0-9]{{4}}))?", _nth),
    rule(rf"{_PART}(?:{_COMING} )?(?:monats?|month)|monatsende|month[ -]?end|eom", _part_of_this_month),
    rule(rf"{_PART}(?:{_COMING} )?(?:jahre?s?|year)|jahresende|year[ -]?end", _part_of_year),
    rule(rf"{_PART}(?P<year>[0-9]{{4}})", _part_of_year),
    rule(rf"{_PART}(?:{_COMING} )?(?:woche|week)", _part_of_week),
    rule(rf"{_WEEK_NAME}\.? ?(?P<week>[0-9]{{1,2}}){_OF_YEAR}", _calendar_week),
    rule(rf"(?P<week>[0-9]{{1,2}})\. ?(?:kw|kalenderwoche){_OF_YEAR}", _calendar_week),
    rule(r"(?:in )?(?:diese[rn]?|this) (?:woche|week)", _weeks_later(0)),
    rule(r"(?:in )?(?:der )?(?:naechste[rn]?|nachste[rn]?|kommende[rn]?|next) (?:woche|week)", _weeks_later(1)),
    rule(r"(?:in )?(?:der )?uebernaechste[rn]? woche|(?:the )?week after next", _weeks_later(2)),
)
