"""What is read from a date that somebody typed, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.text.catalogue import LazyText, UserError


@dataclass(frozen=True, slots=True)
class DateContext:
    """Who typed a date, and when: the current time (aware, UTC), their zone and their locale (`en_US`).

    The locale's territory decides how `4/3` is read; German and English words are understood in any case. Besides time
    zones, the names of `cities` (name, zone) are understood: `11 Uhr Kölner Zeit`. A time without a day is on `day`; if
    there is none, it is not a date.
    """

    now: datetime
    zone: str
    locale: str
    cities: tuple[tuple[str, str], ...] = ()
    day: date | None = None

    @property
    def today(self) -> date:
        """The current day where the date was typed."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class When:
    """A moment, a period of time or a day.

    `start` and `end` are in UTC; `zone` (tz database) is the one named in the text, or else the person's. Without a
    time, `timed` is false, `start` is the beginning of the day there and `end` is None. `rule` is the RRULE of a series
    (RFC 5545, section 3.3.10, without the property's name), of which `start` is the first, or "".
    """

    start: datetime
    end: datetime | None
    zone: str
    timed: bool
    rule: str = ""


class NotADate(UserError):
    """The text is not understood as a date at all."""


class AmbiguousDate(UserError):
    """The text has several meanings, the `readings`; or names a time that the clocks skip, which these are close to."""

    def __init__(self, text: LazyText, readings: Sequence[When]) -> None:
        """Store the readings in the order in which the text names them."""
        super().__init__(text)
        self.readings = tuple(readings)
