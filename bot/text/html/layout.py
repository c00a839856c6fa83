"""Text set in lines as a browser would set it."""

from __future__ import annotations

import re

from bot.text.flat import PLAIN, Block, Flow, Look

_SPACES = re.compile(r"[ \t\n\f\r]+")


class Layout:
    """Takes text and breaks in the order of the source. White space collapses; breaks come before text only."""

    def __init__(self) -> None:
        self._flow = Flow()
        self._begun = False
        self._breaks = 0
        self._space: Look | None = None
        self._prefix = ""
        self._after_paragraph = False

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
        """Add text as it is."""
        if self._begun and self._breaks:
            self._flow.write("\n" * self._breaks)
        elif self._space is not None:
            self._flow.write(" ", self._space)
        if self._prefix:
            self._flow.write(self._prefix)
        self._flow.write(text, look)
        self._begun, self._breaks, self._space, self._prefix = True, 0, None, ""
        self._after_paragraph = False

    def space(self, look: Look) -> None:
        """Part what follows from what stands before it on the line."""
        if self._begun and not self._breaks and self._space is None:
            self._space = look

    def line_break(self, look: Look) -> None:
        """End the line, also an empty one; inline code goes on in the next."""
        if look.code:
            self.verbatim("\n", look)
        else:
            self._breaks += 1
            self._space = None

    def line(self) -> None:
        """Make what follows begin on a new line."""
        self._breaks = max(self._breaks, 1)
        self._space = None
        self._after_paragraph = False

    def paragraph(self) -> None:
        """Begin a paragraph: with a blank line before it if a paragraph has just ended."""
        least = 2 if self._after_paragraph else 1
        self.line()
        self._breaks = max(self._breaks, least)

    def end_paragraph(self) -> None:
        """End a paragraph."""
        self.line()
        self._after_paragraph = True

    def item(self, prefix: str) -> None:
        """Put `prefix` before the text that follows."""
        self._prefix = prefix

    def pre(self, text: str, language: str, look: Look) -> None:
        """Add a block of code."""
        self._block()
        self._flow.pre(text, language, look)

    def open_quote(self) -> None:
        """Begin a quote."""
        self._block()
        self._flow.open_quote()

    def close_quote(self) -> None:
        """End the innermost quote."""
        self._block()
        self._flow.close_quote()

    def end(self) -> tuple[Block, ...]:
        """Give what was set."""
        return self._flow.end()

    def _block(self) -> None:
        if self._prefix:
            prefix, self._prefix = self._prefix, ""
            self.verbatim(prefix, PLAIN)
        self._begun, self._breaks, self._space, self._prefix = False, 0, None, ""
