"""Lay out text in lines as a browser would."""

from __future__ import annotations

import re

from bot.model import Style
from bot.text.flat import PLAIN, Block, Flow, Look, Run
from bot.text.grid import Grid, aligned, listed

_SPACES = re.compile(r"[ \t\n\f\r]+")
_BULLETS = "•◦▪"


def item_sign(level: int, number: int | None) -> str:
    """Return what precedes an item of a list at a level of nesting, from 0; `number`: None for bullets."""
    return _BULLETS[min(level, len(_BULLETS) - 1)] if number is None else f"{number}."


class Layout:
    """Collects text and breaks in source order. White space collapses; breaks are written only before more text.

    `indent` is put before each line that does not begin with the prefix of an item.
    """

    def __init__(self) -> None:
        self._flow = Flow()
        self._begun = False
        self._breaks = 0
        self._space: Look | None = None
        self._prefix = ""
        self._after_paragraph = False
        self.indent = ""

    def words(self, text: str, look: Look) -> None:
        """Add text whose white space collapses."""
        text = _SPACES.sub(" ", text)
        words = text.strip(" ")
        if text[:1] == " ":
            self.space(look)
        if words:
            self.verbatim(words, look)
            if text[-1] == " ":
                self.space(look)

    def verbatim(self, text: str, look: Look) -> None:
        """Add text verbatim."""
        if self._begun and self._breaks:
            self._flow.write("\n" * self._breaks + ("" if self._prefix else self.indent))
        elif self._space is not None:
            self._flow.write(" ", self._space)
        if self._prefix:
            self._flow.write(self._prefix)
        self._flow.write(text, look)
        self._begun, self._breaks, self._space, self._prefix = True, 0, None, ""
        self._after_paragraph = False

    def space(self, look: Look) -> None:
        """Separate the following text from the preceding text on the line."""
        if self._begun and not self._breaks and self._space is None:
            self._space = look

    def line_break(self, look: Look) -> None:
        """End the line, even an empty one; inline code continues on the next."""
        if look.code:
            self.verbatim("\n", look)
        else:
            self._breaks += 1
            self._space = None

    def line(self) -> None:
        """Start the following text on a new line."""
        self._breaks = max(self._breaks, 1)
        self._space = None
        self._after_paragraph = False

    def paragraph(self) -> None:
        """Begin a paragraph, preceded by a blank line if another has just ended."""
        least = 2 if self._after_paragraph else 1
        self.line()
        self._breaks = max(self._breaks, least)

    def end_paragraph(self) -> None:
        """End a paragraph."""
        self.line()
        self._after_paragraph = True

    def heading(self) -> None:
        """Start a heading, preceded by a blank line."""
        self.line()
        self._breaks = 1 if self._prefix else 2

    def item(self, prefix: str) -> None:
        """Put `prefix` before the following text."""
        self._prefix = prefix

    def pre(self, text: str, language: str, look: Look) -> None:
        """Add a code block."""
        self._block()
        self._flow.pre(text, language, look)

    def table(self, table: Grid) -> None:
        """Add a table in the form that can be read on a phone."""
        self._block()
        bold = (Run(run.text, run.look._replace(styles=run.look.styles | {Style.BOLD})) for run in table.caption)
        self._flow.add([Run("\n", PLAIN), *bold])
        if text := aligned(table):
            self._flow.pre(text)
        else:
            self._flow.add([*listed(table), Run("\n", PLAIN)])

    def open_quote(self, *, folded: bool = False) -> None:
        """Begin a quote."""
        self._block()
        self._flow.open_quote(folded=folded)

    def close_quote(self) -> None:
        """End the innermost quote."""
        self._block()
        self._flow.close_quote()

    def end(self) -> tuple[Block, ...]:
        """Return the finished blocks."""
        return self._flow.end()

    def _block(self) -> None:
        if self._prefix:
            prefix, self._prefix = self._prefix, ""
            self.verbatim(prefix, PLAIN)
        self._begun, self._breaks, self._space, self._prefix = False, 0, None, ""
