"""The words of dates in German and English, in the form that `normalised` gives a text."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache

from bot.text.characters import INVISIBLE, fold

LONGEST = 200
"""Maximum length of a date in characters; nobody needs more, and it bounds the time that reading takes."""

_NAMES_OF_MONTHS = (
    ("january", "januar", "jan", "jaenner", "jaen"),
    ("february", "februar", "feb", "febr", "feber"),
    ("march", "maerz", "mar", "mrz", "maer"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "juni", "jun", "juno"),
    ("july", "juli", "jul"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dezember", "dec", "dez"),
)
_NAMES_OF_WEEKDAYS = (
    ("monday", "montag", "mon", "mo"),
    ("tuesday", "dienstag", "tue", "tues", "di"),
    ("wednesday", "mittwoch", "wed", "mi"),
    ("thursday", "donnerstag", "thu", "thur", "thurs", "do"),
    ("friday", "freitag", "fri", "fr"),
    ("saturday", "samstag", "sonnabend", "sat", "sa"),
    ("sunday", "sonntag", "sun", "so"),
)

MONTHS = {name: number for number, names in enumerate(_NAMES_OF_MONTHS, 1) for name in names}
WEEKDAYS = {name: number for number, names in enumerate(_NAMES_OF_WEEKDAYS) for name in names}
"""The number of each month and weekday (Monday is 0)."""

NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "ein", "eine", "einem", "einer", "eins"), 1),
    **dict.fromkeys(("two", "zwei"), 2),
    **dict.fromkeys(("three", "drei"), 3),
    **dict.fromkeys(("four", "vier"), 4),
    **dict.fromkeys(("five", "fuenf"), 5),
    **dict.fromkeys(("six", "sechs"), 6),
    **dict.fromkeys(("seven", "sieben"), 7),
    **dict.fromkeys(("eight", "acht"), 8),
    **dict.fromkeys(("nine", "neun"), 9),
    **dict.fromkeys(("ten", "zehn"), 10),
    **dict.fromkeys(("eleven", "elf"), 11),
    **dict.fromkeys(("twelve", "zwoelf"), 12),
    **dict.fromkeys(("fourteen", "vierzehn"), 14),
}
"""Numbers that are written in words."""

MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
WEEKDAY = rf"(?:{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\.?"
NUMBER = rf"(?:[0-9]{{1,4}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
"""Patterns of a month, a weekday and a number."""

_LONG_WEEKDAYS = "|".join(name for name in WEEKDAYS if len(name) > 5)
_TWO_IN_ONE = (
    (re.compile(r"\btonight\b"), "today evening"),
    (re.compile(r"\bheute morgen\b"), "heute morgens"),
    (re.compile(rf"\b({_LONG_WEEKDAYS})(abend|vormittag|nachmittag|mittag|morgen)"), r"\1 \2"),  # Freitagabend
    (re.compile(rf"\b({_LONG_WEEKDAYS}) morgen\b"), r"\1 morgens"),
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_WORD = re.compile(r"[a-z]{5,}")


def normalised(text: str) -> str:
    """Return the form in which dates are read: folded, with plain digits, dashes and spaces, and spelt correctly."""
    plain = fold(unicodedata.normalize("NFKC", _UNSEEN.sub("", text))).translate(_DASHES)
    for one, two in _TWO_IN_ONE:
        plain = one.sub(two, plain)
    return _WORD.sub(lambda word: _corrected(word[0]), plain)


def month(name: str) -> int:
    """Return the number of a month by a text that `MONTH` matches."""
    return MONTHS[name.rstrip(".")]


def weekday(name: str) -> int:
    """Return the number of a weekday by a text that `WEEKDAY` matches; Monday is 0."""
    return WEEKDAYS[name.rstrip(".")]


def number(text: str) -> int:
    """Return the number by a text that `NUMBER` matches."""
    return NUMBERS[text] if text in NUMBERS else int(text)


def _corrected(word: str) -> str:
    """Return the word of a date that a mistyped one must have been, or the word itself."""
    names = _spellings()
    if word.removesuffix("s") in names or word in NUMBERS:
        return word
    near = difflib.get_close_matches(word, names, n=4, cutoff=0.8)
    return near[0] if len({names[name] for name in near}) == 1 else word


@cache
def _spellings() -> dict[str, tuple[str, int]]:
    """Return what each word means in which a typing mistake is corrected: the names of months and weekdays, mostly."""
    months = {name: ("month", number) for name, number in MONTHS.items() if len(name) > 3}
    weekdays = {name: ("weekday", number) for name, number in WEEKDAYS.items() if len(name) > 5}
    return months | weekdays | {"tomorrow": ("day", 1), "uebermorgen": ("day", 2)}
