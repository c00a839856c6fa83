"""What a chart looks like: measured on the figure that is drawn."""

from __future__ import annotations

import itertools
from io import BytesIO

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox
from PIL import Image

from bot.charts.drawing import LABELS, MARGIN, WIDTH, compose, draw_bars
from bot.charts.glyphs import MISSING, font, shown
from bot.charts.lines import Ruler
from bot.charts.model import BarChart, BarGroup, BarValue
from tests.charts.charts import CITIES, TOPICS, chart


def _boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [(each.get_text(), each.get_window_extent(renderer)) for each in figure.texts]


def _bars(figure: Figure) -> list[Rectangle]:
    """Return the bars themselves, without what is behind them."""
    return [each for each in figure.artists if isinstance(each, Rectangle) and each.get_height() < 60][1::2]


@pytest.mark.parametrize("topics", [2, 3, 12])
@pytest.mark.parametrize("cities", [2, 6])
def test_nothing_overlaps_or_leaves_the_page(topics: int, cities: int) -> None:
    figure = compose(chart(TOPICS[-topics:], CITIES[:cities]))
    boxes = _boxes(figure)
    page = figure.bbox
    for (one, box), (other, there) in itertools.combinations(boxes, 2):
        assert not box.overlaps(there), (one, other)
    for text, box in boxes:
        assert box.x0 >= MARGIN - 2, text
        assert box.x1 <= WIDTH - MARGIN + 2, text
        assert page.y0 < box.y0 < box.y1 < page.y1, text


def test_no_bar_runs_into_a_text() -> None:
    figure = compose(chart())
    boxes = _boxes(figure)
    for bar in _bars(figure):
        extent = bar.get_window_extent()
        for text, box in boxes:
            assert not extent.overlaps(box), text


@pytest.mark.parametrize(("topics", "cities"), [(2, 2), (12, 2), (12, 6)])
def test_the_picture_is_as_wide_as_a_phone_and_as_high_as_it_must_be(topics: int, cities: int) -> None:
    picture = Image.open(BytesIO(draw_bars(chart([f"Topic {n}" for n in range(topics)], CITIES[:cities]))))
    assert picture.format == "PNG"
    assert picture.width == WIDTH == 1080
    rows = topics * (2 + cities)
    assert 34 * rows < picture.height < 60 * rows + 300
    assert picture.width + picture.height <= 10_000  # what Telegram takes as a photo


def test_the_letters_can_be_read_at_the_width_of_a_phone() -> None:
    for topics in (2, 12):
        texts = compose(chart([str(number) for number in range(topics)], CITIES)).texts
        assert min(float(each.get_fontsize()) for each in texts) * 360 / WIDTH > 9


def test_bars_are_as_long_as_their_values() -> None:
    values = (5.0, 2.5, 0.0, 7.0, None)
    bars = tuple(BarValue(f"City {n}", each, str(each)) for n, each in enumerate(values))
    lengths = [each.get_width() for each in _bars(compose(_one(*bars)))]
    assert lengths[1] == pytest.approx(lengths[0] / 2)
    assert lengths[2] == 0
    assert lengths[3:] == [lengths[0]]  # never beyond the end, and none where there is no value


def test_cities_differ_by_more_than_colour_and_keep_their_pattern() -> None:
    figure = compose(chart(TOPICS[:2], CITIES))
    patterns = [(each.get_hatch(), each.get_facecolor()) for each in _bars(figure)]
    first, second = patterns[:7], patterns[7:]
    assert first == second
    assert len({hatch for hatch, _colour in first[1:]}) == len(CITIES)
    assert first[0] not in first[1:]


def test_bars_can_be_told_from_the_paper_and_each_other_in_greyscale() -> None:
    picture = Image.open(BytesIO(draw_bars(chart(TOPICS[:2], CITIES[:2])))).convert("L")
    figure = compose(chart(TOPICS[:2], CITIES[:2]))
    shades = []
    for bar in _bars(figure)[:3]:
        box = bar.get_window_extent()
        area = (int(box.x0) + 3, int(picture.height - box.y1) + 3, int(box.x0) + 23, int(picture.height - box.y0) - 3)
        grey = picture.crop(area).tobytes()
        shades.append(sum(grey) / len(grey))
    paper = picture.crop((20, 20, 21, 21)).tobytes()[0]
    assert paper > 240
    for one, other in itertools.combinations((*shades, paper), 2):
        assert abs(one - other) > 5


def test_the_background_is_opaque_and_has_a_border() -> None:
    picture = Image.open(BytesIO(draw_bars(chart(TOPICS[:2])))).convert("RGBA")
    assert set(picture.getchannel("A").tobytes()) == {255}
    edge, inside = (picture.crop((x, 300, x + 1, 301)).tobytes()[0] for x in (1, 20))
    assert inside - edge > 60


def test_what_people_write_is_never_read_as_mathematics() -> None:
    texts = compose(chart(TOPICS[3:4])).texts
    assert f"1. {TOPICS[3]}" in " ".join(each.get_text() for each in texts)
    assert not any(each.get_parse_math() for each in texts)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Straße, Ä, ö, é, ğ, Łódź, “ ” „ – €", "Straße, Ä, ö, é, ğ, Łódź, “ ” „ – €"),
        ("Ko\u0308ln", "Köln"),
        ("🌳 Bäume 👩‍🚒", "Bäume"),
        ("气候 Klima", f"{MISSING}{MISSING} Klima"),
        ("a\u202eb\x00c\nd", "abc d"),
        ("🌳", ""),
    ],
)
def test_characters_without_a_glyph_are_replaced(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_long_words_are_divided_and_long_texts_shortened() -> None:
    ruler, face = Ruler(), font(30)
    lines = ruler.wrapped("1. " + "Wort" * 40 + " und viel mehr " * 40, face, 400, most=3)
    assert len(lines) == 3
    assert lines[0].startswith("1. Wort")
    assert lines[-1].endswith("…")
    assert all(ruler.width(each, face) <= 400 for each in lines)
    assert ruler.wrapped("kurz", face, 400, most=1) == ["kurz"]
    assert ruler.wrapped("", face, 400, most=1) == []


def test_equal_charts_are_equal_files() -> None:
    assert draw_bars(chart(TOPICS[:4])) == draw_bars(chart(TOPICS[:4]))


def test_columns_have_limits() -> None:
    figure = compose(_one(BarValue("Wort " * 50, 1, "Wert " * 50), BarValue("Köln", 1, "1")))
    for text, box in _boxes(figure):
        assert box.width <= LABELS + 2, text


def _one(*bars: BarValue) -> BarChart:
    return BarChart(title="Title", groups=(BarGroup("Group", bars),), maximum=5)
