"""The pieces that a date consists of, and the rules that find them in a text.

A text is read from left to right: at each place the rule that matches most text wins, and nothing may be left over. So
the time depends only on the length of the text, and the order of the pieces is free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Day:
    """A day, found by the current date. Several mean that the text is ambiguous; none that there is no such day.

    A `loose` one is only near: together with a weekday, it stands for that day of its week.
    """

    find: Callable[[date], Sequence[date]]
    loose: bool = False


@dataclass(frozen=True, slots=True)
class SlashedDay:
    """A day such as `4/3`, whose two numbers are in the order of the writer's country; `year` may be missing."""

    first: int
    second: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next such day of the week (Monday is 0), `weeks` later; `later` means that it cannot be today."""

    number: int
    later: bool = False
    weeks: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """A week, by its Monday, found by the current date; None if there is no such week."""

    find: Callable[[date], date | None]


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day, or from one to another, in minutes after midnight; several if the text is ambiguous.

    With an `offset` from UTC, the moment does not depend on any zone.
    """

    options: tuple[tuple[int, int | None], ...]
    offset: timedelta | None = None


PartOfDay: TypeAlias = Literal["morning", "afternoon", "night"]


@dataclass(frozen=True, slots=True)
class DayPart:
    """A part of the day, which completes a time: `8 Uhr abends`."""

    name: PartOfDay


@dataclass(frozen=True, slots=True)
class After:
    """A moment that is so much later than now."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Length:
    """How long it takes."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone, by its name in the tz database."""

    name: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a series repeats: parts of an RRULE (RFC 5545) without an end. Several mean that the text is ambiguous."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """How often a series takes place."""

    count: int


@dataclass(frozen=True, slots=True)
class Until:
    """What follows is the end."""


@dataclass(frozen=True, slots=True)
class Filler:
    """A word that changes nothing: `on`, `um`."""


Piece: TypeAlias = (
    Day | SlashedDay | Weekday | Week | TimeOfDay | DayPart | After | Length | Zone | Repeat | Times | Until | Filler
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of piece is written: a pattern, and what a match of it means (None: nothing after all)."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Piece | None]


def rule(pattern: str, read: Callable[[re.Match[str]], Piece | None], *, whole: bool = True) -> Rule:
    """Create a rule; its match ends with a whole word or number unless its pattern looks ahead itself."""
    return Rule(re.compile(rf"(?:{pattern})(?![a-z0-9])" if whole else pattern), read)


def fillers(pattern: str) -> Rule:
    """Create a rule for words that change nothing."""
    return rule(pattern, lambda _match: Filler())


_BETWEEN = re.compile(r"[ ,;]*")
_END = re.compile(r"[ ,;.!]*$")


def pieces(text: str, rules: Sequence[Rule]) -> Iterator[Piece | None]:
    """Yield the pieces of a normalised text, and None in the end if the rest is not understood."""
    at = _skipped(text, 0)
    while not _END.match(text, at):
        found = _longest(text, at, rules)
        if found is None:
            yield None
            return
        piece, end = found
        yield piece
        at = _skipped(text, end)


def _skipped(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _longest(text: str, at: int, rules: Sequence[Rule]) -> tuple[Piece, int] | None:
    best: tuple[Piece, int] | None = None
    for each in rules:
        match = each.pattern.match(text, at)
        if match and (best is None or match.end() > best[1]) and (piece := each.read(match)):
            best = piece, match.end()
    return best
