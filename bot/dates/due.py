"""Find the due date at the end of a text: `Plant trees by 15 December`."""

from __future__ import annotations

import re

from bot.dates.reading import read_when
from bot.dates.when import DateContext, NotADate, When
from bot.dates.words import LONGEST

_BY = re.compile(r"(?<!\S)(?:by|bis)(?:\s+(?:zum|the))?\s+", re.IGNORECASE)
_MOST = 20


def find_due(text: str, context: DateContext) -> tuple[str, When] | None:
    """Return a text without its due date, and that date: what follows the last `by` or `bis` that a date follows.

    None if there is none. Raises UserError for a date that is in the past, impossible or ambiguous.
    """
    for found in reversed(list(_BY.finditer(text, max(0, len(text) - LONGEST)))[-_MOST:]):
        try:
            return text[: found.start()].rstrip(), read_when(text[found.end() :], context)
        except NotADate:
            continue
    return None
