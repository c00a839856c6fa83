"""What can be set about a poll: the keys, and the words that their values are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.commands.context import DialogueContext
from bot.dates import NotADate, read_period, read_when
from bot.text.catalogue import LazyText, UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened
from bot.voting import Method, Weight
from storage import Electorate, PollChange

KEYS = {
    "method": ("verfahren", "methode"),
    "closes": ("ende", "close", "closing", "schluss"),
    "quorum": ("mindestens",),
    "weight": ("gewicht", "gewichtung"),
    "voters": ("wer", "who"),
    "ballot": ("wahl", "ballots"),
    "results": ("ergebnis", "ergebnisse", "result"),
}
"""What can be said about a poll."""

MOST_QUORUM = 1000
LONGEST_OPEN = timedelta(days=366)

_LAST_MINUTE = time(23, 59)
_QUORUM = re.compile(r"(?P<number>\d{1,6})(?:\s+[^\d%]*)?")
_UNTIL = re.compile(r"^(?:bis|until|till|by)(?:\s+zum)?\s+", re.IGNORECASE)

_Words = Mapping[object, tuple[str, ...]]
_METHODS: _Words = {
    Method.SCORE: ("score", "scores", "points", "punkte", "punkt", "0-5"),
    Method.RANK: ("rank", "ranks", "ranked", "ranking", "rang", "raenge", "rangfolge", "reihenfolge"),
    Method.APPROVAL: ("approval", "approve", "zustimmung"),
    Method.SINGLE: ("single", "single choice", "einzeln", "einzelwahl"),
}
_WEIGHTS: _Words = {
    Weight.CITY: ("city", "cities", "stadt", "staedte"),
    Weight.PERSON: ("person", "people", "persons", "personen"),
}
_VOTERS: _Words = {
    Electorate.ALL: ("all", "everybody", "everyone", "alle"),
    Electorate.STAFF: ("staff", "fachleute", "fachkraefte", "fachkraft"),
    Electorate.MAYORS: ("mayors", "mayor", "buergermeister", "buergermeisterinnen"),
}
_BALLOTS: _Words = {False: ("open", "offen"), True: ("secret", "geheim")}
_RESULTS: _Words = {True: ("live", "laufend"), False: ("after", "danach", "nachher")}

_EXAMPLES: Mapping[str, LazyText] = {
    "method": _("`method: score` (points from 0 to 5), `rank`, `approval` or `single`"),
    "weight": _("`weight: city` or `weight: person`"),
    "voters": _("`voters: all`, `staff` or `mayors`"),
    "ballot": _("`ballot: open` or `ballot: secret`"),
    "results": _("`results: live` (while people vote) or `results: after` (the close)"),
    "quorum": _("`quorum: 3` (people in each city)"),
    "closes": _("`closes: 15 December, 18:00` or `closes: in 5 days`"),
}


def read(ctx: DialogueContext, values: Mapping[str, str]) -> PollChange:
    """Return the fields that the values of `KEYS` set. Raises UserError for what is not understood or impossible."""
    change: dict[str, Any] = {}
    for key, text in values.items():
        field, reader = _READERS[key]
        change[field] = reader(ctx, key, text)
    return cast("PollChange", change)


def discreet(fields: PollChange) -> PollChange:
    """Return fields by which the count of a poll that becomes secret is shown after the close, unless they say when.

    A count that moves with each ballot shows what it says.
    """
    return {"live": False, **fields} if fields.get("secret") else fields


def _one_of(words: _Words) -> Callable[[DialogueContext, str, str], object]:
    values = {word: value for value, known in words.items() for word in known}

    def reader(_ctx: DialogueContext, key: str, text: str) -> object:
        word = fold(text).strip(" .!")
        if word not in values:
            raise _wrong(key, text)
        return values[word]

    return reader


def _quorum(_ctx: DialogueContext, key: str, text: str) -> int:
    found = _QUORUM.fullmatch(text)
    if found is None:
        raise _wrong(key, text)
    if not 1 <= int(found["number"]) <= MOST_QUORUM:
        raise UserError(
            _(
                "The quorum is how many people have to vote in each city, from 1 to {most}: “{text}” is not possible.",
                most=MOST_QUORUM,
                text=shortened(text),
            )
        )
    return int(found["number"])


def _closing(ctx: DialogueContext, key: str, text: str) -> datetime:
    """Return when a poll closes: at a time, at the end of a day, or after a period."""
    if not text:
        raise _wrong(key, text)
    at = _moment(ctx, _UNTIL.sub("", text))
    if at <= ctx.now:
        raise UserError(_("“{text}” has passed: please write a time in the future.", text=shortened(text)))
    if at > ctx.now + LONGEST_OPEN:
        raise UserError(_("A poll can be open for a year at most: “{text}” is later.", text=shortened(text)))
    return at


def _moment(ctx: DialogueContext, text: str) -> datetime:
    try:
        when = read_when(text, ctx.date_context())
    except NotADate:
        if period := _period(text):
            return ctx.now + period
        raise
    if when.rule:
        raise UserError(_("A poll closes once: please write one date instead of “{text}”.", text=shortened(text)))
    if when.timed:
        return when.end or when.start
    day = when.start.astimezone(ZoneInfo(when.zone)).date()
    return datetime.combine(day, _LAST_MINUTE, ZoneInfo(when.zone)).astimezone(UTC)


def _period(text: str) -> timedelta | None:
    try:
        return read_period(text)
    except UserError:
        return None


def _wrong(key: str, text: str) -> UserError:
    example = _EXAMPLES[key]
    if not text:
        return UserError(_("Please add a value: {example}", example=example))
    return UserError(_("I do not understand “{text}”. Possible: {example}", text=shortened(text), example=example))


_READERS: Mapping[str, tuple[str, Callable[[DialogueContext, str, str], object]]] = {
    "method": ("method", _one_of(_METHODS)),
    "closes": ("closes_at", _closing),
    "quorum": ("quorum", _quorum),
    "weight": ("weight", _one_of(_WEIGHTS)),
    "voters": ("voters", _one_of(_VOTERS)),
    "ballot": ("secret", _one_of(_BALLOTS)),
    "results": ("live", _one_of(_RESULTS)),
}
"""The field that each key sets, and how its value is read."""
