"""Parts of a document whose form is known only once all of them has been read."""

from __future__ import annotations

from collections.abc import Iterable

from bot.text.flat import Block, Paragraph, Run
from bot.text.grid import Cell, Grid
from bot.text.layout import item_sign


class CodeBlock:
    """A code block. The language of a `code` in it counts only if that contains the whole text."""

    def __init__(self, language: str) -> None:
        """Begin a block that names its own language, or none."""
        self._texts: list[str] = []
        self._own = language
        self._inner = ""
        self._depth = 0
        self._blank = self._whole = True

    def add(self, text: str) -> None:
        """Add text."""
        self._texts.append(text)
        if not text.isspace():
            self._blank = False
            self._whole = self._whole and self._depth > 0

    def begin_code(self, language: str) -> None:
        """Begin a `code` element in the block."""
        if self._depth == 0:
            self._whole = self._blank
            self._inner = language
        self._depth += 1

    def end_code(self) -> None:
        """End the innermost `code` element."""
        self._depth -= 1

    @property
    def text(self) -> str:
        """The text of the block."""
        return "".join(self._texts)

    @property
    def language(self) -> str:
        """The language of the text; may be empty."""
        return self._own or (self._inner if self._whole else "")


class ListNumbers:
    """The signs of the items of nested lists."""

    def __init__(self) -> None:
        """Begin outside of all lists."""
        self._next: list[int | None] = []

    def begin(self, first: int | None) -> None:
        """Begin a list, with the number of its first item or, as None, with bullets."""
        self._next.append(first)

    def end(self) -> None:
        """End the innermost list."""
        self._next.pop()

    def item(self) -> str:
        """Return what precedes the next item; one outside of all lists has a bullet."""
        number = self._next[-1] if self._next else None
        if number is not None:
            self._next[-1] = number + 1
        level = max(len(self._next) - 1, 0)
        return f"{'  ' * level}{item_sign(level, number)} "

    @property
    def indent(self) -> str:
        """What precedes the further lines of an item of the innermost list."""
        return "  " * len(self._next)


class TableReader:
    """A table whose rows and cells are read one after the other."""

    def __init__(self) -> None:
        """Begin a table."""
        self._table = Grid()
        self._heads = True

    def begin_row(self) -> None:
        """Begin a row; those without cells do not count."""
        if not self._table.rows or self._table.rows[-1]:
            self._table.rows.append([])

    def add_cell(self, content: Iterable[Block], *, head: bool) -> None:
        """Add a cell to the current row; `head`: it names a column."""
        if not self._table.rows:
            self.begin_row()
        self._table.rows[-1].append(_cell(content))
        if len(self._table.rows) == 1:
            self._heads = self._heads and head

    def set_caption(self, content: Iterable[Block]) -> None:
        """Set the caption."""
        self._table.caption = _cell(content)

    def end(self) -> Grid:
        """Return the table."""
        rows = [row for row in self._table.rows if any(row)]
        self._table.headed = self._heads and bool(rows) and rows[0] is self._table.rows[0]
        self._table.rows = rows
        return self._table


def _cell(content: Iterable[Block]) -> Cell:
    """Return the text of a cell on one line."""
    runs = (run for block in content if isinstance(block, Paragraph) for run in block.runs)
    return tuple(Run(run.text.replace("\n", " "), run.look) for run in runs)
