"""How times of day are written: `14 Uhr`, `14.30 Uhr`, `2:30 p.m.`, `noon`, `11–13 Uhr`, `from 2 to 4pm`."""

from __future__ import annotations

import re
from datetime import time

from bot.dates.pieces import Filler, Piece, Rule, TimeOfDay, pieces, rule
from bot.dates.words import LONGEST, normalised
from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened

_HOUR = r"(?P<hour>[0-9]{1,2})"
_MINUTE = r"[:.](?P<minute>[0-9]{2})(?::[0-9]{2})?"
_HALF = r" ?(?P<half>[ap])\.? ?m\.?"
_END_HOUR = r"(?P<end_hour>[0-9]{1,2})"
_END_MINUTE = r"[:.](?P<end_minute>[0-9]{2})(?::[0-9]{2})?"
_END_HALF = r" ?(?P<end_half>[ap])\.? ?m\.?"
_TO = r" ?(?:-|to|until|till|bis|und|and) ?"

DAY = 24 * 60
"""Minutes in a day."""


def minutes(hour: str, minute: str | None = None, half: str | None = None) -> int | None:
    """Return a time of day in minutes after midnight, up to 24:00; None if there is no such time."""
    hours, minute_of_hour = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "p" else 0)
    total = hours * 60 + minute_of_hour
    return total if minute_of_hour < 60 and total <= DAY else None


def _clock(match: re.Match[str]) -> Piece | None:
    found = match.groupdict()
    start = minutes(found["hour"], found.get("minute"), found.get("half"))
    return None if start is None else TimeOfDay(((start, None),))


def _period(match: re.Match[str]) -> Piece | None:
    found = match.groupdict()
    end_half = found.get("end_half")
    end = minutes(found["end_hour"], found.get("end_minute"), end_half)
    start = minutes(found["hour"], found.get("minute"), found.get("half") or end_half)
    if start is None or end is None:
        return None
    if end_half and not found.get("half") and start > end:  # `11-1pm` begins in the morning
        start -= DAY // 2
    return TimeOfDay(((start, end),))


RULES: tuple[Rule, ...] = (
    rule(_HOUR + r":(?P<minute>[0-9]{2})(?::[0-9]{2})?(?: uhr)?", _clock),
    rule(_HOUR + rf"(?:{_MINUTE})?(?: ?uhr|{_HALF})", _clock),
    rule(r"noon|12 noon|mittags?", lambda _match: TimeOfDay(((DAY // 2, None),))),
    rule(_HOUR + r":(?P<minute>[0-9]{2})(?: uhr)?" + _TO + _END_HOUR + r":(?P<end_minute>[0-9]{2})(?: uhr)?", _period),
    rule(rf"(?:von |from |between )?{_HOUR}(?:{_MINUTE})?(?: ?uhr)?{_TO}{_END_HOUR}(?:{_END_MINUTE})? ?uhr", _period),
    rule(
        rf"(?:from |between )?{_HOUR}(?:{_MINUTE})?(?:{_HALF})?{_TO}{_END_HOUR}(?:{_END_MINUTE})?{_END_HALF}", _period
    ),
    rule(r"um|at|t|ab|von|from", lambda _match: Filler()),
)


def read_clock(text: str) -> time:
    """Return a time of day: `08:00`, `8 Uhr`, `8am`. Raises UserError."""
    found = [each for each in pieces(normalised(text[:LONGEST]), RULES) if not isinstance(each, Filler)]
    match found:
        case [TimeOfDay(((start, None),), None)] if len(text) <= LONGEST:
            return time(start // 60 % 24, start % 60)
        case _:
            wrong = _("I do not understand the time of day “{text}”. Write for example `08:30`.", text=shortened(text))
            raise UserError(wrong)
