"""Writing from right to left, kept from changing the order of what stands around it.

Clients take the direction of a paragraph from its first letter. A name or a text in Arabic or Hebrew in a line that
runs from left to right, or the other way round, needs an isolate of its own (Unicode UAX #9, FSI and PDI), which
survives where `dir` attributes are taken out and in text without markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bot.model import Author, RichText, plain
from bot.text.flat import PLAIN, Run, changed
from bot.text.tree import flatten, nest

FSI, PDI = "\u2068", "\u2069"
"""Begin of an isolate that runs as its first letter does, and its end."""

# The blocks of scripts that are written from right to left, and the marks, embeddings and isolates that turn.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BREAKS = re.compile(r"(\n+)")


def has_right_to_left(text: str) -> bool:
    """Whether some of a text runs from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def isolated(text: str) -> str:
    """Return a single line that can stand in a sentence without changing its order."""
    return f"{FSI}{text}{PDI}" if has_right_to_left(text) else text


def attribution(author: Author) -> str:
    """Return the attribution as it is shown, its parts in the same order in every script."""
    if not has_right_to_left(str(author)):
        return str(author)
    parts = {key: f"{FSI}{part}{PDI}" for key in ("name", "city", "role", "forwards") if (part := getattr(author, key))}
    return str(Author(**{"name": "", "city": ""} | parts))


def turns(author: Author, text: RichText) -> bool:
    """Whether an attribution or the text behind it runs from right to left, so that they need isolates."""
    return has_right_to_left(str(author)) or has_right_to_left(plain(text))


def under(author: Author, text: RichText) -> RichText:
    """Return a text whose lines keep their order behind or below an attribution: only where it needs isolates."""
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
    """Return a sign in the style of its neighbour, so that it cuts no styled passage; never part of a link or code."""
    return Run(sign, run.look if run.look == PLAIN._replace(styles=run.look.styles) else PLAIN)
