"""Find the due date at the end of a text: `Plant trees by 15 December`."""

from __future__ import annotations

import re

from bot.dates.reading import read_when
from bot.dates.when import DateContext, NotADate, When
from bot.dates.words import LONGEST

_BY = re.compile(r"(?<!\S)(?:by|bis)(?:\s+(?:zum|the))?\s+", re.IGNORECASE)
_MENTIONS = re.compile(r"(?:\s+@\S+)+\s*$")
_MOST = 20


def find_due(text: str, context: DateContext) -> tuple[str, When] | None:
    """Return a text without its due date, and that date: what follows the last `by` or `bis` that a date follows.

    Mentions may come after the date; they remain in the text. None if there is no due date. Raises UserError for one
    that is in the past, impossible or ambiguous.
    """
    mentions = found[0] if (found := _MENTIONS.search(text, max(0, len(text) - LONGEST))) else ""
    typed = text.removesuffix(mentions)
    for each in reversed(list(_BY.finditer(typed, max(0, len(typed) - LONGEST)))[-_MOST:]):
        try:
            return typed[: each.start()].rstrip() + mentions.rstrip(), read_when(typed[each.end() :], context)
        except NotADate:
            continue
    return None
