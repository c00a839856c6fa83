"""Find the due date in a text: `Plant trees by 15 December`, `Bis 15.12. Bäume pflanzen`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bot.dates.reading import read_when
from bot.dates.when import DateContext, NotADate, When
from bot.dates.words import LONGEST, MONTH, WEEKDAY
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened

_BY = re.compile(r"(?<![^\s(\[])(?:by|bis):?(?:\s+(?:zum|the))?\s+", re.IGNORECASE)
_MENTIONS = re.compile(r"(?:\s+@\S+)+\s*$")
_MOST = 20
_OTHER = re.compile(r"\s*(?:or|oder)\s+\S*\d", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")
_LONGEST_WITHIN = 6
"""Words of a date that is not at the end of its text."""
_VAGUE = re.compile(
    r"\W*(?:\d{1,3}(?:\.|st|nd|rd|th)?|[^\W\d]{1,2})\W*|.*(?<![-./\d])(?<!kw )(?<!week )\d{1,3}\W*"
    r"|.*\b(?:and|or|at|in|on|of|to|for|the|an?|und|oder|am|an|um|im|in|von|vom|de[rmn]|die|das|zu[mr]?)\W*",
    re.IGNORECASE,
)
"""What is no date unless the text ends there: `bis so viele …`, `bis zum 3. Stock`, `by Friday 30 trees`."""

_NO_DAY = "weihnachten|christmas|ostern|easter|sommer|summer|herbst|autumn|gestern|yesterday"
_HINT = re.compile(
    rf"(?<!\S)(?:by|bis|until|till|due|faellig)\s+(?:\S+\s+){{0,2}}(?:\S*\d|(?:{MONTH}|{WEEKDAY}|{_NO_DAY})(?!\w))"
    r"|\d\.\s?\d{1,2}\.(?:\d\d)*\W*$|\d-\d\d\W*$",
    re.IGNORECASE,
)


def find_due(text: str, context: DateContext) -> tuple[str, When] | None:
    """Return a text without its due date, and that date: what follows the last `by` or `bis` that a date follows.

    Mentions may come after the date; they remain in the text. None if there is no due date. Raises UserError for one
    that is in the past, impossible or ambiguous.
    """
    mentions = found[0] if (found := _MENTIONS.search(text, max(0, len(text) - LONGEST))) else ""
    typed = text.removesuffix(mentions)
    for each in reversed(list(_BY.finditer(typed, max(0, len(typed) - LONGEST)))[-_MOST:]):
        for end in (len(typed), *_ends_within(typed, each.end())):
            due = typed[each.end() : end].rstrip(",;:)]")
            try:
                when = read_when(due, context)
            except NotADate:
                continue
            stop = each.end() + len(due)
            if _OTHER.match(typed, stop):
                raise UserError(
                    _("“{text}” names more than one date. Please write one.", text=shortened(typed[each.end() :]))
                )
            return _without(typed, each.start(), stop) + mentions.rstrip(), when
    return None


def seems_due(text: str) -> bool:
    """Whether a text in which `find_due` finds no due date may be meant to name one: `bis Mai`, `due Friday`."""
    return _HINT.search(fold(text)) is not None


def _ends_within(text: str, start: int) -> Iterator[int]:
    """Yield where a date from `start` on may end before the end of the text, the longest one first."""
    tokens = list(islice(_TOKEN.finditer(text, start), _LONGEST_WITHIN + 1))[:-1]
    for each in reversed(tokens):
        if not _VAGUE.fullmatch(text, start, each.end()):
            yield each.end()


def _without(text: str, start: int, end: int) -> str:
    before, after = text[:start].rstrip(), text[end:]
    return f"{before}{after}" if before else after.lstrip(" \t\n,;:")
