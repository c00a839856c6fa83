"""Isolate right-to-left text so that it does not reorder the text around it.

Clients derive a paragraph's direction from its first letter. An Arabic or Hebrew name or text in a left-to-right line,
or the reverse, needs its own isolate (Unicode UAX #9, FSI and PDI), which works in plain text and survives where `dir`
attributes are stripped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bot.model import Author, RichText, plain
from bot.text.flat import PLAIN, Run, changed
from bot.text.tree import flatten, nest

FSI, PDI = "\u2068", "\u2069"
"""The start and end of an isolate that takes its direction from its first letter."""

# The blocks of right-to-left scripts, and the right-to-left marks, embeddings, overrides and isolates.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BREAKS = re.compile(r"(\n+)")


def has_right_to_left(text: str) -> bool:
    """Whether any part of a text runs from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def isolated(text: str) -> str:
    """Return a single line, isolated if needed, that can be embedded in a sentence without reordering it."""
    return f"{FSI}{text}{PDI}" if has_right_to_left(text) else text


def attribution(author: Author) -> str:
    """Return the attribution as displayed, with its parts in the same order in every script."""
    if not has_right_to_left(str(author)):
        return str(author)
    parts = {key: f"{FSI}{part}{PDI}" for key in ("name", "city", "role", "forwards") if (part := getattr(author, key))}
    return str(Author(**{"name": "", "city": ""} | parts))


def turns(author: Author, text: RichText) -> bool:
    """Whether an attribution or the text after it needs isolates because it runs from right to left."""
    return has_right_to_left(str(author)) or has_right_to_left(plain(text))


def under(author: Author, text: RichText) -> RichText:
    """Return the text for display after an attribution, with its lines isolated where that is needed."""
    if not turns(author, text):
        return text
    turned = has_right_to_left(str(author))
    return nest(changed(flatten(text), lambda runs: _isolated_lines(runs, always=turned)))


def _isolated_lines(runs: Sequence[Run], *, always: bool) -> Iterator[Run]:
    for is_break, group in groupby(_cut_at_breaks(runs), key=lambda run: run.text[0] == "\n"):
        line = list(group)
        if is_break or not (always or has_right_to_left("".join(run.text for run in line))):
            yield from line
        else:
            yield from (_like(FSI, line[0]), *line, _like(PDI, line[-1]))


def _cut_at_breaks(runs: Iterable[Run]) -> Iterator[Run]:
    for run in runs:
        yield from (Run(piece, run.look) for piece in _BREAKS.split(run.text) if piece)


def _like(sign: str, run: Run) -> Run:
    """Return a character styled like its neighbour, so as not to split a style, but never part of a link or code."""
    return Run(sign, run.look if run.look == PLAIN._replace(styles=run.look.styles) else PLAIN)
