"""Read periods of time, `7d`, `1 day`, `2 Std.`, `15 min`, `1h 30m`, and put them in words."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.dates.pieces import Length, Rule, rule
from bot.dates.words import NUMBER, normalised, number
from bot.text.catalogue import LazyText, UserError, _, n_
from bot.text.excerpts import shortened

_MINUTES = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), 60),
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen"), 24 * 60),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "woche", "wochen"), 7 * 24 * 60),
}
_UNIT = rf"(?:{'|'.join(sorted(_MINUTES, key=len, reverse=True))})\.?"

PERIOD = rf"{NUMBER} ?{_UNIT}(?:(?: |, | und | and )?[0-9]{{1,2}} ?{_UNIT})*(?![a-z0-9])"
"""The pattern of a period in a normalised text."""

RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:for |fuer |dauer:? |duration:? |length:? |\+ ?)?\(?(?P<period>{PERIOD})(?: lang| long)?\)?",
        lambda match: Length(period(match["period"])),
    ),
)
"""How the length of a meeting is written: `for 90 min`, `2 Std.`, `(90 min)`."""

_PERIOD = re.compile(PERIOD)
_PART = re.compile(rf"(?P<number>{NUMBER}) ?(?P<unit>{_UNIT})")
_SEPARATOR = re.compile(r"[,;\n]|\bund\b|\band\b", re.IGNORECASE)
_LONGEST = timedelta(days=366)
_MOST = 10
_MOST_CHARACTERS = 50


def period(text: str) -> timedelta:
    """Return the period by a text that `PERIOD` matches."""
    parts = _PART.finditer(text)
    return timedelta(minutes=sum(number(each["number"]) * _MINUTES[each["unit"].rstrip(".")] for each in parts))


def read_period(text: str) -> timedelta:
    """Return a period of at least a minute and at most a year: `7d`, `2 Std.`, `1h 30m`. Raises UserError."""
    found = _PERIOD.fullmatch(normalised(text)) if len(text) <= _MOST_CHARACTERS else None
    if found is None:
        wrong = _(
            "I do not understand the period “{text}”. Write for example `15 min`, `2 h` or `7 d`.", text=shortened(text)
        )
        raise UserError(wrong)
    if not timedelta(minutes=1) <= (time := period(found[0])) <= _LONGEST:
        raise UserError(_("A period is at least a minute and at most a year: “{text}” is not.", text=shortened(text)))
    return time


def read_periods(text: str) -> tuple[timedelta, ...]:
    """Return periods that are separated by commas or lines, the longest first and each once. Raises UserError."""
    parts = [part.strip() for part in _SEPARATOR.split(text, _MOST) if part.strip()]
    if len(parts) > _MOST:
        raise UserError(_("At most {n} periods, please.", n=_MOST))
    return tuple(sorted({read_period(part) for part in parts}, reverse=True))


def in_words(time: timedelta) -> LazyText:
    """Return a period in words, exact to the minute and at least one: `1 day and 2 hours`."""
    minutes = max(round(time / timedelta(minutes=1)), 1)
    (hours, minutes), days = divmod(minutes % (24 * 60), 60), minutes // (24 * 60)
    parts = [
        n_("{n} day", "{n} days", days),
        n_("{n} hour", "{n} hours", hours),
        n_("{n} minute", "{n} minutes", minutes),
    ]
    counted = zip(parts, (days, hours, minutes), strict=True)
    return LazyText("{parts}", params={"parts": [part for part, number in counted if number]})
