"""How times of day are written: `14 Uhr`, `14.30 Uhr`, `2:30 p.m.`, `noon`, `11–13 Uhr`, `from 2 to 4pm`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from itertools import product

from bot.dates.pieces import After, DayPart, Filler, PartOfDay, Piece, Rule, TimeOfDay, Until, fillers, pieces, rule
from bot.dates.words import LONGEST, NUMBER, normalised, number
from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened

DAY = 24 * 60
"""Minutes in a day."""
NOON = DAY // 2

_SECONDS = r"(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_ISO = rf"(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}}){_SECONDS}"
_NO_DAY = r"(?![.:/-] ?[a-z0-9])"
"""What was found is not the beginning of a day: `ab 15.1.`."""
_TO = r" ?(?P<to>-|to|until|till|bis|und|and) ?(?:um )?"


def _time(prefix: str) -> str:
    """Return the pattern of a time of day in digits, with any marks; its groups have names with a prefix."""
    hour = rf"(?P<{prefix}hour>[0-9]{{1,2}})(?:(?P<{prefix}sign>[:.])(?P<{prefix}minute>[0-9]{{2}}){_SECONDS})?"
    uhr = rf"(?P<{prefix}uhr>(?:uhr ?|h)(?P<{prefix}after>[0-9]{{2}})|uhr|(?<=[:.][0-9]{{2}})h)"
    mark = rf"(?: ?{uhr}| ?(?P<{prefix}half>[ap])(?:\.? ?m\b\.?))?"
    return hour + mark


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Return a time of day in minutes after midnight, up to 24:00; None if there is no such time."""
    hours, rest = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "p" else 0)
    total = hours * 60 + rest
    return total if rest < 60 and total <= DAY else None


class _Typed:
    """One time of day in a match, as it was typed."""

    def __init__(self, match: re.Match[str], prefix: str = "") -> None:
        """Read the groups with this prefix."""
        self.hour, self.sign, self.uhr, self.half = (match[prefix + each] for each in ("hour", "sign", "uhr", "half"))
        self.minute = match[prefix + "minute"] or match[prefix + "after"]

    @property
    def is_clear(self) -> bool:
        """Whether this alone is a time of day, not just a number or a date such as `10.12`."""
        return bool(self.uhr or self.half or self.sign == ":") or (self.sign == "." and not 1 <= int(self.minute) <= 12)

    @property
    def is_bare(self) -> bool:
        """Whether this is just a number up to 12, which may be meant in the morning or in the afternoon."""
        return not (self.sign or self.uhr or self.half) and 1 <= int(self.hour) <= 12

    def minutes(self) -> int | None:
        """Return the minutes after midnight; None if there is no such time."""
        return _minutes(self.hour, self.minute, self.half)

    def options(self, counts_to_12: bool) -> list[int | None]:
        """Return the minutes after midnight that may be meant, where hours may be counted to twelve."""
        if counts_to_12 and not (self.half or self.uhr) and 1 <= int(self.hour) <= 12:
            return [_minutes(self.hour, self.minute, half) for half in "ap"]
        return [self.minutes()]


def _clock(match: re.Match[str]) -> Piece | None:
    typed = _Typed(match)
    start = typed.minutes()
    return TimeOfDay(((start, None),)) if typed.is_clear and start is not None else None


def _with_offset(match: re.Match[str]) -> Piece | None:
    start = _minutes(match["hour"], match["minute"], None)
    return TimeOfDay(((start, None),), _offset(match["offset"] or "")) if start is not None else None


def _offset(text: str) -> timedelta | None:
    if not text:
        return None
    digits = text[1:].replace(":", "")
    time = timedelta(hours=int(digits[:2] or 0), minutes=int(digits[2:] or 0))
    return -time if text.startswith("-") else time


def _bare(match: re.Match[str]) -> Piece | None:
    """Read `at 2` and `um 14`; English counts to twelve, so the first may be meant in the morning or afternoon."""
    typed = _Typed(match)
    start = typed.minutes()
    if start is None:
        return None
    if typed.is_bare and match["word"] == "at":
        return TimeOfDay(((start % NOON, None), (start % NOON + NOON, None)))
    return TimeOfDay(((start, None),))


def _period(match: re.Match[str]) -> Piece | None:
    first, last, word = _Typed(match), _Typed(match, "end_"), match["word"] or ""
    if not (word or first.is_clear or last.is_clear or not (first.sign or last.sign)):
        return None  # `1.10-3.10` are days
    if (match["to"] in {"and", "und"} and not word.startswith(("be", "zw"))) or (first.sign, last.sign) == (":", "."):
        return None  # `22:00 - 16.12.` ends on another day
    both_bare = first.is_bare and last.is_bare and not word.startswith(("von", "zw"))  # German counts to 24
    counts_to_12 = bool(first.half or last.half or both_bare)
    options = product(first.options(counts_to_12), last.options(counts_to_12))
    found = [(start, end) for start, end in options if start is not None and end is not None]
    # `11–1pm` begins in the morning: of what it can mean, the shortest time is meant.
    shortest = min(((end - start) % DAY for start, end in found), default=0)
    return TimeOfDay(tuple(each for each in found if (each[1] - each[0]) % DAY == shortest)) if found else None


def _oclock(match: re.Match[str]) -> Piece | None:
    hour = int(match["hour"])
    return TimeOfDay(((hour % 12 * 60, None), (hour % 12 * 60 + NOON, None))) if 1 <= hour <= 12 else None


def _fixed(*options: int) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: TimeOfDay(tuple((each, None) for each in options))


def _after(match: re.Match[str]) -> Piece:
    hours = match["unit"].startswith(("h", "st"))
    return After(timedelta(minutes=number(match["number"]) * (60 if hours else 1)))


def _part(name: PartOfDay) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: DayPart(name)


_PARTS: dict[PartOfDay, str] = {
    "morning": r"frueh|morgens|vormittags?|(?:in the )?morning|am morgen",
    "afternoon": r"nachmittags?|abends?|(?:in the )?(?:afternoon|evening)",
    "night": r"nachts|at night|night",
}

RULES: tuple[Rule, ...] = (
    rule(_time(""), _clock),
    rule(rf"{_ISO} ?(?P<offset>z|\+[0-9]{{2}}(?::?[0-9]{{2}})?)", _with_offset),
    rule(rf"t{_ISO}(?P<offset>z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)?", _with_offset),
    rule(rf"(?P<word>at|um|ab|gegen) {_time('')}{_NO_DAY}", _bare),
    rule(rf"(?P<word>from |von |between |zwischen )?{_time('')}{_TO}{_time('end_')}{_NO_DAY}", _period),
    rule(r"(?:at )?(?P<hour>[0-9]{1,2}) o['’]?clock", _oclock),
    rule(r"(?:12 )?noon|midday|(?:12 uhr )?mittags?|12 uhr mittags", _fixed(NOON)),
    rule(r"midnight|mitternacht", _fixed(0, DAY)),
    *(rule(pattern, _part(name)) for name, pattern in _PARTS.items()),
    rule(rf"in (?P<number>{NUMBER}) ?(?P<unit>h|hours?|stunden?|std|min|minuten?|minutes?)\.?", _after),
    rule(r"bis(?: zum| einschliesslich)?|until|till|-|to", lambda _match: Until()),
    fillers(r"um|at|t|ab|von|from|uhr|[/@]|ca\.?"),
)


def read_clock(text: str) -> time:
    """Return a time of day: `08:00`, `8 Uhr`, `8am`, `8`. Raises UserError."""
    folded = normalised(text[:LONGEST])
    read = pieces(f"um {folded}" if folded.isdecimal() else folded, RULES)
    match [each for each in read if not isinstance(each, Filler)]:
        case [TimeOfDay(((start, None),), None)] if len(text) <= LONGEST:
            return time(start // 60 % 24, start % 60)
        case _:
            wrong = _("I do not understand the time of day “{text}”. Write for example `08:30`.", text=shortened(text))
            raise UserError(wrong)
