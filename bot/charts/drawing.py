"""Bars as a picture that can be read on a phone: in dark mode, in greyscale, and by people who do not see colours.

Everything is labelled where it is drawn, so that neither colours nor patterns have to be told apart. The background is
opaque and has a border, so that it stands out from a dark page.
"""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from bot.charts.glyphs import font, shown
from bot.charts.lines import Ruler
from bot.charts.model import BarChart, BarGroup, BarValue

WIDTH, MARGIN = 1080, 44
"""Pixels; a phone shows the whole width."""
INK, SOFT, PAPER, TRACK, BORDER = "#16191d", "#454b54", "#fcfcfa", "#e9e9e6", "#8a8f98"
LABELS = 340
"""Widest column of labels, in pixels."""
GAP = 16
"""Pixels between label, bar and value."""


class Fill(NamedTuple):
    """How a rectangle is filled."""

    colour: str
    hatch: str = ""
    edge: str = INK


FILLS = (
    Fill("#56b4e9"),
    Fill("#e69f00", "//"),
    Fill("#009e73", "."),
    Fill("#f0e442", "x"),
    Fill("#cc79a7", "\\\\"),
    Fill("#ffffff", "-"),
)
"""Of the bars: colours that colour-blind people can tell apart (Okabe and Ito, 2008), and hatching."""
TOTAL_FILL = Fill(INK)


class Size(NamedTuple):
    """Pixels: of the letters, and from one line or bar to the next."""

    letters: float
    height: float


class Sizes(NamedTuple):
    """The sizes of a chart's groups: of the bars, and pixels of the space before each."""

    total: Size
    bar: Size
    space: float


TITLE, LEGEND, GROUP, FOOTER = Size(44, 56), Size(30, 40), Size(35, 46), Size(28, 38)
ROOMY, DENSE = Sizes(Size(34, 54), Size(30, 42), 26), Sizes(Size(32, 44), Size(28, 34), 18)
MANY = 40
"""Bars from which on a chart is dense: messengers shrink pictures that are very high."""


def draw_bars(chart: BarChart) -> bytes:
    """Return a chart as a PNG file."""
    file = BytesIO()
    compose(chart).savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def compose(chart: BarChart) -> Figure:
    """Return a chart as a figure, at 72 dots per inch."""
    page = _Page()
    page.paragraph(chart.title, TITLE, bold=True, most=4)
    page.paragraph(chart.legend, LEGEND, colour=SOFT, most=3)
    bars = _Bars(page, chart)
    for group in chart.groups:
        bars.draw(group)
    page.space(ROOMY.space)
    for text in chart.footer:
        page.paragraph(text, FOOTER, colour=SOFT, most=8)
    return page.finish()


class _Page:
    """A figure that is filled from top to bottom; y counts downwards."""

    def __init__(self) -> None:
        self.ruler = Ruler()
        self.y: float = MARGIN
        self._figure = Figure(figsize=(WIDTH / 72, WIDTH / 72), dpi=72, facecolor=PAPER)
        self._downwards = Affine2D().scale(1, -1)

    def space(self, pixels: float) -> None:
        self.y += pixels

    def paragraph(self, text: str, size: Size, *, bold: bool = False, colour: str = INK, most: int) -> None:
        face = font(size.letters, bold=bold)
        for line in self.ruler.wrapped(shown(text), face, WIDTH - 2 * MARGIN, most):
            self.line(line, MARGIN, size.height, face, colour)
            self.y += size.height
        self.y += size.height / 4 if text else 0

    def line(self, text: str, x: float, height: float, face: FontProperties, colour: str = INK) -> None:
        """Draw a line of text, in the middle of a height from `y` on."""
        baseline = self.y + height / 2 + face.get_size_in_points() * 0.36
        self._figure.text(
            x, baseline, text, fontproperties=face, color=colour, parse_math=False, transform=self._downwards
        )

    def box(self, x: float, width: float, height: float, fill: Fill) -> None:
        """Draw a rectangle from `y` on."""
        box = Rectangle(
            (x, self.y), width, height, facecolor=fill.colour, edgecolor=fill.edge, hatch=fill.hatch, linewidth=2
        )
        box.set_transform(self._downwards)
        self._figure.add_artist(box)

    def finish(self) -> Figure:
        height = round(self.y + MARGIN)
        self._downwards.translate(0, height)
        self._figure.set_size_inches(WIDTH / 72, height / 72)
        self.y = 1
        self.box(1, WIDTH - 2, height - 2, Fill("none", edge=BORDER))
        return self._figure


class _Bars:
    """The bars of a chart, all in the same columns: label, bar, value."""

    def __init__(self, page: _Page, chart: BarChart) -> None:
        self._page = page
        self._maximum = chart.maximum
        bars = [bar for group in chart.groups for bar in group.bars]
        self._sizes = ROOMY if len(bars) <= MANY else DENSE
        self._fills = {
            label: FILLS[number % len(FILLS)]
            for number, label in enumerate(dict.fromkeys(bar.label for bar in bars if not bar.total))
        }
        widths = [page.ruler.width(shown(bar.label), self._face(bar)) for bar in bars]
        self._left = MARGIN + min(max(widths, default=0), LABELS) + GAP
        values = [page.ruler.width(shown(bar.text), self._face(bar)) for bar in bars if bar.value is not None]
        self._right = WIDTH - MARGIN - GAP - min(max(values, default=0), LABELS)

    def draw(self, group: BarGroup) -> None:
        self._page.space(self._sizes.space)
        self._page.paragraph(group.title, GROUP, bold=True, most=3)
        for bar in group.bars:
            self._bar(bar)

    def _bar(self, bar: BarValue) -> None:
        page, size, face = self._page, self._size(bar), self._face(bar)
        label = page.ruler.shortened(shown(bar.label), face, self._left - GAP - MARGIN)
        page.line(label, MARGIN, size.height, face)
        if bar.value is None:
            width = WIDTH - MARGIN - self._left
            page.line(page.ruler.shortened(shown(bar.text), face, width), self._left, size.height, face, SOFT)
        else:
            self._draw_value(bar, bar.value, size, face)
        page.space(size.height)

    def _draw_value(self, bar: BarValue, value: float, size: Size, face: FontProperties) -> None:
        page, whole = self._page, self._right - self._left
        length = whole * min(max(value / self._maximum, 0), 1)
        page.space(4)
        page.box(self._left, whole, size.height - 8, Fill(TRACK, edge="none"))
        page.box(self._left, length, size.height - 8, TOTAL_FILL if bar.total else self._fills[bar.label])
        page.space(-4)
        text = page.ruler.shortened(shown(bar.text), face, WIDTH - MARGIN - GAP - self._right)
        page.line(text, self._right + GAP, size.height, face)

    def _size(self, bar: BarValue) -> Size:
        return self._sizes.total if bar.total else self._sizes.bar

    def _face(self, bar: BarValue) -> FontProperties:
        return font(self._size(bar).letters, bold=bar.total)
