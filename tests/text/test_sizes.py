from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Link, RichText, Span, Style, Text, bold, plain, rich
from bot.text.html import plain_body, render
from bot.text.sizes import fitting, json_size, size
from tests.text.trees import ink, trees

ENDLESS = "https://example.org/" + "x" * 5000


def test_bytes_are_counted_as_servers_do() -> None:
    assert json_size("ä\n😀", {"a": 1, "b": '"'}) == len('"ä\\n😀"'.encode()) + len('{"a":1,"b":"\\""}')
    assert size(rich("я")) == 8


@given(st.lists(trees, min_size=1, max_size=6), st.integers(1500, 4000))
def test_each_part_fits_and_no_word_is_lost(found: list[RichText], limit: int) -> None:
    text = tuple(node for tree in found for node in (*tree, Text("word " * 40)))
    parts = list(fitting(text, limit))
    for part in parts:
        written = json.dumps([plain_body(part), render(part)], ensure_ascii=False)
        assert len(written.encode(errors="surrogatepass")) <= limit + len("[, ]")
    words = ink("".join(map(plain, parts)))
    assert words.count("word") >= 40 * len(found)


def test_what_fits_is_given_as_it_is() -> None:
    text = rich("a ", bold("b"))
    assert list(fitting(text, size(text))) == [text]
    assert list(fitting(rich("x" * 100), 230)) == [rich("x" * 100)]
    assert len(list(fitting(rich("x" * 100), 200))) == 2


def test_every_letter_in_another_style_is_cut_until_it_fits() -> None:
    text: RichText = tuple(Span(Style.BOLD if n % 2 else Style.ITALIC, rich("щ")) for n in range(3000))
    parts = list(fitting(text, 10_000))
    assert "".join(map(plain, parts)) == "щ" * 3000
    assert all(5_000 <= size(part) <= 10_000 for part in parts)


def test_of_links_without_end_the_words_stay() -> None:
    parts = list(fitting(rich("see ", Link(ENDLESS, rich("page")), " and ", Link(ENDLESS, rich("this"))), 8000))
    assert parts == [rich("see page and this")]
    assert list(fitting(rich(Link(ENDLESS, rich("page"))), 11_000)) == [rich(Link(ENDLESS, rich("page")))]
