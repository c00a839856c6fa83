"""Dates, times, periods and series as people write them, in German and English (ADR 26).

context = DateContext(ctx.now, person.zone, person.locale)
when = read_when("Dienstag, 15. Dezember, 11–13 Uhr", context)
echo(when, [("Köln", "Europe/Berlin"), ("Indianapolis", "America/Indiana/Indianapolis")])
"""

from bot.dates.clocks import read_clock
from bot.dates.due import find_due, seems_due
from bot.dates.echo import echo, echo_for_reader
from bot.dates.periods import in_words, read_period, read_periods
from bot.dates.reading import read_when
from bot.dates.typed import typed
from bot.dates.when import AmbiguousDate, DateContext, NotADate, When

__all__ = [
    "AmbiguousDate",
    "DateContext",
    "NotADate",
    "When",
    "echo",
    "echo_for_reader",
    "find_due",
    "in_words",
    "read_clock",
    "read_period",
    "read_periods",
    "read_when",
    "seems_due",
    "typed",
]
