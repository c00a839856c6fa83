"""Split a long text into parts that fit into messages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import accumulate
from math import inf

from bot.model import Account, Pre, RichText
from bot.text.characters import between_clusters
from bot.text.flat import Block, Flow, Look, Paragraph, Quotation, changed
from bot.text.links import honest, spelled_out
from bot.text.pings import without_pings
from bot.text.telegram import SCHEMES, length, render
from bot.text.tree import flatten, nest

SHORTEST = 64
"""The smallest limit for a part, in UTF-16 units."""

# Never split at a no-break space.
_BLANK_LINE = re.compile(r"\n\s*\n")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"[.!?…:;][\"'»“”)]?[^\S\xa0]|[。！？]")
_SPACE = re.compile(r"[^\S\xa0]")


def split(text: RichText, limit: int, per_line: int = 0, first: int | None = None) -> list[RichText]:
    """Split a text into one or more parts whose Telegram rendering has at most `limit` UTF-16 units.

    This also holds for the rendering without pings and with `per_line` extra units on each line. `limit` is at least
    SHORTEST; `first` is a lower one for the first part. White space at a split is dropped; styles and blocks continue
    in the next part. A text that fits is returned unchanged.
    """
    first = limit if first is None else min(first, limit)
    limit, first = limit - per_line, first - per_line
    blocks = changed(flatten(text), partial(spelled_out, schemes=SCHEMES))
    solid = _solid(blocks)
    units = _units(solid, per_line)
    # `units` overestimates by at most a factor of two, so render the text to measure it only in that range.
    if units[-1] <= first or (units[-1] <= 2 * first and _fits(text, first, per_line)):
        return [text]
    parts = _Cutter(_cuts(solid, units, first, limit)).parts(blocks)
    return [nest(part) for part in parts if part]


def _fits(text: RichText, limit: int, per_line: int) -> bool:
    whole = without_pings(*render(text))[0]
    return length(whole) + whole.count("\n") * per_line <= limit


def _solid(blocks: Iterable[Block]) -> str:
    """Return the characters of the blocks; in moments and mentions, spaces are no-break and line breaks are NUL."""
    return "\n".join(map(_solid_block, blocks))


def _solid_block(block: Block) -> str:
    match block:
        case Paragraph():
            named = ((run, run.look.moment is not None or isinstance(run.look.target, Account)) for run in block.runs)
            return "".join(
                _SPACE.sub("\xa0", run.text.replace("\n", "\0")) if whole else run.text for run, whole in named
            )
        case Pre():
            return block.text
        case Quotation():
            return _solid(block.blocks)


# Finding split positions


def _units(solid: str, per_line: int) -> list[int]:
    """Return an upper bound of the text's length up to each position, in UTF-16 units."""
    # An @ counts double: a joiner may be inserted after it.
    sizes = (1 + (char > "\uffff" or char == "@") + (per_line if char in "\n\0" else 0) for char in solid)
    return list(accumulate(sizes, initial=0))


def _cuts(solid: str, units: list[int], first: int, limit: int) -> Iterator[int]:
    """Yield the split positions, in characters."""
    start, room = 0, first
    while units[-1] - units[start] > room:
        end = bisect_right(units, units[start] + room) - 1
        start, room = _cut(solid, start, end), limit
        yield start


def _cut(solid: str, start: int, end: int) -> int:
    """Return the best split position after `start`; the part ends by `end`, not counting trailing white space."""
    half = (start + end) // 2
    for pattern, least in ((_BLANK_LINE, half), (_LINE, half), (_SENTENCE, half), (_SPACE, start)):
        found = [match.end() for match in pattern.finditer(solid, least, end + 1)]
        good = [at for at in found[-2:] if at <= end or solid[at - 1].isspace()]
        if good:
            return good[-1]
    return between_clusters(solid, start, end)


# Splitting


class _Cutter:
    """Distributes blocks over successive parts."""

    def __init__(self, cuts: Iterator[int]) -> None:
        self._cuts = cuts
        self._next: float = next(cuts, inf)
        self._at = 0
        self._quotes: list[bool] = []
        self._flow = Flow()
        self._parts: list[tuple[Block, ...]] = []

    def parts(self, blocks: Iterable[Block]) -> list[tuple[Block, ...]]:
        self._pour(blocks)
        self._end_part()
        return self._parts

    def _end_part(self) -> None:
        self._parts.append(changed(self._flow.end(), partial(honest, schemes=SCHEMES)))
        self._flow = Flow()
        for folded in self._quotes:
            self._flow.open_quote(folded=folded)

    def _pour(self, blocks: Iterable[Block]) -> None:
        for i, block in enumerate(blocks):
            if i:
                self._take("\n", _nothing)
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                for text, look in block.runs:
                    self._take(text, partial(self._write, look))
            case Pre():
                self._take(block.text, lambda piece: self._flow.pre(piece, block.language))
            case Quotation():
                self._quotes.append(block.folded)
                self._flow.open_quote(folded=block.folded)
                self._pour(block.blocks)
                self._flow.close_quote()
                self._quotes.pop()

    def _write(self, look: Look, piece: str) -> None:
        self._flow.write(piece, look)

    def _take(self, text: str, put: Callable[[str], None]) -> None:
        done = 0
        while self._next < self._at + len(text):
            cut = int(self._next) - self._at
            put(text[done:cut])
            self._end_part()
            done = cut
            self._next = next(self._cuts, inf)
        put(text[done:])
        self._at += len(text)


def _nothing(_piece: str) -> None:
    """Drop the line break between two blocks: it belongs to neither."""
