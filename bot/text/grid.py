"""Tables as text that can be read on a phone.

A narrow table of plain words is aligned in a code block. Any other one becomes a list: each row under its first cell,
with the head of its column before each further cell, so that links and styles stay and no line has to be scrolled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TypeAlias

from bot.model import Style
from bot.text.direction import has_right_to_left
from bot.text.flat import PLAIN, Look, Run

WIDTH = 32
"""Columns of a fixed-width font that fit on a phone's screen."""

Cell: TypeAlias = tuple[Run, ...]

_BOLD = Look(frozenset({Style.BOLD}))
_NUMBER = re.compile(r"[-+−]?[\d.,\s]*\d[\d.,\s]*[%€$£]?|[€$£]\s?[\d.,]*\d")
_GAP = "  "


@dataclass(slots=True)
class Grid:
    """A table; `headed`: whether its first row names the columns."""

    caption: Cell = ()
    rows: list[list[Cell]] = field(default_factory=list)
    headed: bool = False


def aligned(table: Grid) -> str:
    """Return a table with aligned columns, or an empty string if it has to be a list."""
    texts = [[_plain(cell) for cell in row] for row in table.rows]
    if max(map(len, texts), default=0) < 2 or not all(each is not None for row in texts for each in row):
        return ""
    columns = list(zip_longest(*[[each or "" for each in row] for row in texts], fillvalue=""))
    widths = [max(map(_width, column)) for column in columns]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > WIDTH:
        return ""
    shown = [_column(column, width, headed=table.headed) for column, width in zip(columns, widths, strict=True)]
    rows = [_GAP.join(row).rstrip() for row in zip(*shown, strict=True)]
    if table.headed and len(rows) > 1:
        rows.insert(1, "─" * max(map(_width, rows)))
    return "\n".join(rows)


def listed(table: Grid) -> Iterator[Run]:
    """Yield the rows of a table as a list."""
    heads = table.rows[0] if table.headed and len(table.rows) > 1 else []
    for number, row in enumerate(table.rows[1:] if heads else table.rows):
        if number:
            yield Run("\n\n" if heads else "\n", PLAIN)
        yield from _under(heads, row) if heads else _joined(filter(None, row), " | ")


def _under(heads: Sequence[Cell], row: Sequence[Cell]) -> Iterator[Run]:
    """Yield a row whose cells are each named by the head of its column; the first cell is its title."""
    first, *rest = row or [()]
    lines = [tuple(_bold(first))] if first else []
    for head, cell in zip_longest(heads[1:], rest, fillvalue=()):
        if cell:
            lines.append((*_regular(head), Run(": ", PLAIN), *cell) if head else cell)
    yield from _joined(lines, "\n")


def _joined(cells: Iterable[Cell], separator: str) -> Iterator[Run]:
    for number, cell in enumerate(cells):
        if number:
            yield Run(separator, PLAIN)
        yield from cell


def _bold(cell: Cell) -> Iterator[Run]:
    for run in cell:
        yield run._replace(look=run.look._replace(styles=run.look.styles | {Style.BOLD}))


def _regular(cell: Cell) -> Iterator[Run]:
    for run in cell:
        yield run._replace(look=run.look._replace(styles=run.look.styles - {Style.BOLD}))


def _plain(cell: Cell) -> str | None:
    """Return the text of a cell, or None if it would not be the same in a code block."""
    text = "".join(run.text for run in cell)
    plain = all(run.look in {PLAIN, _BOLD} for run in cell) and not has_right_to_left(text)
    return text if plain else None


def _column(cells: Sequence[str], width: int, *, headed: bool) -> Iterator[str]:
    """Yield the cells padded to a width: numbers, with the head above them, to the right."""
    body = [each for each in cells[headed:] if each]
    right = bool(body) and all(_NUMBER.fullmatch(each) for each in body)
    for each in cells:
        padding = " " * (width - _width(each))
        yield padding + each if right else each + padding


def _width(text: str) -> int:
    """Return the columns that a text takes in a fixed-width font."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.category(each) in {"Mn", "Me", "Cf"} else 1 + _is_wide(each) for each in text)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
