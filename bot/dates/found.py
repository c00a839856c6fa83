"""What was found in a text: at most one piece of each kind, and the same of its end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dates import clocks, days, periods, repeats, spans, zones
from bot.dates.pieces import (
    After,
    Day,
    DayPart,
    Filler,
    Length,
    Piece,
    Repeat,
    SlashedDay,
    TimeOfDay,
    Times,
    Until,
    Week,
    Weekday,
    Zone,
    pieces,
)
from bot.dates.when import DateContext, NotADate
from bot.dates.words import LONGEST, normalised
from bot.text.catalogue import _
from bot.text.excerpts import shortened

_RULES = (*days.RULES, *spans.RULES, *clocks.RULES, *periods.RULES, *repeats.RULES, *zones.RULES)


@dataclass(slots=True)
class Found:
    """The pieces of a text."""

    text: str
    day: Day | SlashedDay | None = None
    weekday: Weekday | None = None
    week: Week | None = None
    time: TimeOfDay | None = None
    part: DayPart | None = None
    after: After | None = None
    length: Length | None = None
    zone: Zone | None = None
    repeat: Repeat | None = None
    times: Times | None = None
    end: Found | None = None

    @property
    def has_day(self) -> bool:
        """Whether any piece names a day or a week."""
        return bool(self.day or self.weekday or self.week)


_FIELDS: dict[type[Piece], str] = {
    Day: "day",
    SlashedDay: "day",
    Weekday: "weekday",
    Week: "week",
    TimeOfDay: "time",
    DayPart: "part",
    After: "after",
    Length: "length",
    Zone: "zone",
    Repeat: "repeat",
    Times: "times",
}


def find(text: str, context: DateContext) -> Found:
    """Return the pieces of a text. Raises NotADate."""
    if len(text) > LONGEST:
        raise not_a_date(text)
    whole = found = Found(text)
    for piece in pieces(normalised(text), (*_RULES, *zones.rules_of(context.cities))):
        if isinstance(piece, Until) and (whole.time or whole.repeat) and whole.end is None:
            whole.end = found = Found(text)
        elif not isinstance(piece, Filler | Until):
            _put(piece, found)
    if whole.repeat and not all(rule.startswith("FREQ=") for rule in whole.repeat.rules):
        raise not_a_date(text)
    return whole


def _put(piece: Piece | None, found: Found) -> None:
    if isinstance(piece, Repeat) and found.repeat:
        piece, found.repeat = _merged(piece, found.repeat), None
    if piece is None or getattr(found, _FIELDS[type(piece)]):
        raise not_a_date(found.text)
    setattr(found, _FIELDS[type(piece)], piece)


def _merged(one: Repeat, other: Repeat) -> Repeat | None:
    """Return how a series repeats that is written in two parts: `alle 14 Tage donnerstags`."""
    match sorted((*one.rules, *other.rules), key=lambda rule: "BY" in rule):
        case [rhythm, days] if "BY" not in rhythm and re.fullmatch(r"FREQ=WEEKLY;BYDAY=[A-Z,]+", days):
            return Repeat((f"{rhythm};{days.removeprefix('FREQ=WEEKLY;')}",))
        case [rhythm, days] if rhythm.startswith("FREQ=MONTHLY") and "BY" not in rhythm and days.startswith("BYDAY="):
            return Repeat((f"{rhythm};{days}",))
        case _:
            return None


def not_a_date(text: str) -> NotADate:
    """Create the error for a text that is not understood."""
    example = _("Write for example `15 December, 11:00–13:00`.")
    return NotADate(_("I do not understand the date “{text}”. {example}", text=shortened(text), example=example))
