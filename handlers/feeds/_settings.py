"""What people can set for a feed, as keys after the command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from bot.commands.arguments import Arguments, Keys, near_key
from bot.dates import read_clock
from bot.text.catalogue import LazyText, LocaleContext, UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened
from bot.text.languages import language_code, locale_name
from bot.text.localtimes import LocalTime
from handlers.feeds._filters import phrases_of
from storage import City, Feed

KEYS: Keys = {
    "to": ("an",),
    "only": ("nur",),
    "not": ("nicht",),
    "approve": ("freigabe",),
    "digest": ("sammeln",),
    "newest": ("neueste",),
    "language": ("sprache",),
}
MOST_PHRASES = 20
LONGEST_PHRASE = 60
NEWEST = 5
"""Items that may be posted at once when a feed is added."""

_YES = frozenset({"yes", "ja", "on", "an", "ein"})
_NO = frozenset({"no", "nein", "off", "aus", "none", "keine", "kein", "-", ""})
_ALL = frozenset({"all", "alle", "everybody", "everyone", *_NO})


def read_settings(arguments: Arguments, cities: Sequence[City]) -> dict[str, Any]:
    """Return the fields of `Feed` that arguments set. `cities`: of the dialogue. Raises UserError."""
    for line in (*arguments.text.split("\n"), *arguments.items):
        _refuse(line)
    readers: Mapping[str, tuple[str, Callable[[str], Any]]] = {
        "to": ("cities", lambda text: _cities(text, cities)),
        "only": ("only", _phrases),
        "not": ("unless", _phrases),
        "approve": ("approve", _approve),
        "digest": ("digest", _digest),
        "newest": ("allowance", _newest),
        "language": ("language", _language),
    }
    return {name: read(arguments.values[key]) for key, (name, read) in readers.items() if key in arguments.values}


def _refuse(line: str) -> None:
    """Raise UserError for a line that is no setting."""
    if not line.strip():
        return
    if near := near_key(line, KEYS):
        text = _("I do not know “{line}”. Did you mean `{key}:`?", line=shortened(line), key=near)
        raise UserError(text, usage=True)
    raise UserError(_("I do not understand this line: “{line}”", line=shortened(line)), usage=True)


def _cities(text: str, cities: Sequence[City]) -> tuple[int, ...]:
    if fold(text) in _ALL:
        return ()
    by_name = {fold(each.name): each for each in cities}
    named = [each.strip() for each in text.replace(";", ",").split(",") if each.strip()]
    for name in named:
        if fold(name) not in by_name:
            names, other = [each.name for each in cities], shortened(name)
            raise UserError(
                _("“{name}” does not take part in this dialogue. Its cities: {names}", name=other, names=names)
            )
    found = {by_name[fold(name)].id for name in named}
    return () if len(found) == len(by_name) else tuple(sorted(found))


def _phrases(text: str) -> tuple[str, ...]:
    if fold(text) in _NO:
        return ()
    found = phrases_of(text)
    if not found:
        raise UserError(_("“{text}” contains no word that could be looked for.", text=shortened(text)))
    if len(found) > MOST_PHRASES or any(len(each) > LONGEST_PHRASE for each in found):
        raise UserError(
            _(
                "That is too much to look for: at most {most} words or phrases of {longest} characters each.",
                most=MOST_PHRASES,
                longest=LONGEST_PHRASE,
            )
        )
    return found


def _approve(text: str) -> bool:
    if fold(text) not in _YES | _NO:
        raise UserError(_("Shall every item be approved first? Please write `approve: yes` or `approve: no`."))
    return fold(text) in _YES


def _digest(text: str) -> str:
    return "" if fold(text) in _NO else f"{read_clock(text):%H:%M}"


def _newest(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text[:3]) <= NEWEST:
        raise UserError(_("How many of the newest items shall I post at once? At most {most}.", most=NEWEST))
    return int(text)


def _language(text: str) -> str:
    if fold(text) in _NO:
        return ""
    code = language_code(text)
    if code is None:
        raise UserError(_("I do not know the language “{language}”.", language=shortened(text)))
    return code


def described(feed: Feed, cities: Sequence[City]) -> list[LazyText]:
    """Return what is set for a feed, in words."""
    names = [each.name for each in cities if each.id in feed.cities]
    rows = [_("Goes to: {cities}", cities=names) if feed.cities else _("Goes to: all cities")]
    rows += [_("Only with: {phrases}", phrases=", ".join(feed.only))] if feed.only else []
    rows += [_("Not with: {phrases}", phrases=", ".join(feed.unless))] if feed.unless else []
    rows += [_("Every item has to be approved by a coordinator first.")] if feed.approve else []
    rows += [_("Collected, and posted at {time} in each city", time=clock(feed.digest))] if feed.digest else []
    rows += [_("Language: {language}", language=_in_words(feed.language))] if feed.language else []
    return rows


def clock(time_of_day: str) -> LocalTime:
    """Return a time of day, `08:00`, as each reader writes it."""
    return LocalTime(datetime.combine(date(2000, 1, 1), time.fromisoformat(time_of_day), UTC), "UTC")


def _in_words(language: str) -> Callable[[LocaleContext], LazyText]:
    return lambda reader: _("{setting}", setting=locale_name(language, reader.locale))
