"""Texts broken into lines by their width in pixels."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

ELLIPSIS = "…"


class Ruler:
    """Measures texts."""

    def __init__(self) -> None:
        """Measure at 72 dots per inch, where a point is a pixel."""
        self._renderer = RendererAgg(1, 1, 72)

    def width(self, text: str, font: FontProperties) -> float:
        """Return the width of a text in pixels."""
        width: float = self._renderer.get_text_width_height_descent(text, font, ismath=False)[0]
        return width

    def shortened(self, text: str, font: FontProperties, width: float) -> str:
        """Return a text that fits into a width, with an ellipsis if something is left out."""
        if self.width(text, font) <= width:
            return text
        return text[: self._fitting(text, font, width, ELLIPSIS)].rstrip() + ELLIPSIS

    def wrapped(self, text: str, font: FontProperties, width: float, most: int) -> list[str]:
        """Return a text as at most `most` lines that fit into a width; the last one is shortened."""
        lines = list(self._lines(text, font, width))
        if len(lines) > most:
            lines[most - 1 :] = [self.shortened(" ".join(lines[most - 1 :]), font, width)]
        return lines

    def _lines(self, text: str, font: FontProperties, width: float) -> Iterator[str]:
        line = ""
        for word in text.split():
            longer = f"{line} {word}".lstrip()
            if self.width(longer, font) > width and self.width(word, font) <= width:
                yield line
                longer = word
            while self.width(longer, font) > width:  # a word that is longer than a line is divided
                end = max(self._fitting(longer, font, width), 1)
                yield longer[:end].rstrip()
                longer = longer[end:].lstrip()
            line = longer
        if line:
            yield line

    def _fitting(self, text: str, font: FontProperties, width: float, end: str = "") -> int:
        """Return how many characters of a text fit into a width, together with its `end`."""
        fits, too_many = 0, len(text) + 1
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if self.width(text[:middle] + end, font) <= width:
                fits = middle
            else:
                too_many = middle
        return fits
