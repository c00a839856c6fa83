"""What people write crosses to the other messenger and back: nothing is lost, and nothing is added."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Account, Code, Link, Mention, Moment, Node, Pre, Quote, RichText, Span, Style, Text, plain, rich
from bot.text import html, telegram
from bot.text.tree import normalise
from tests.length import FULL
from tests.text import crossing
from tests.text.trees import ink

TEXTS = 100_000 if FULL else 300


def test_whatever_people_write_arrives_whole_and_calls_nobody() -> None:
    there, back = crossing.cross_at_random(Random(13), TEXTS)  # noqa: S311 - checks each of them
    assert len(there) == len(back) == TEXTS


# There and back

WORDS = st.text(st.sampled_from("abc .,:😀ä漢\u0301"), min_size=1, max_size=8).map(
    lambda text: "x" + " ".join(text.split()) + "x"
)
URLS = st.sampled_from(["https://example.org/a?b=1&c=2", "http://köln.de/", "mailto:anna@example.org"])
STYLES = st.sampled_from(Style)


def _inline(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    texts = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.builds(Span, STYLES, texts) | st.builds(Link, URLS, texts)


inline = st.recursive(st.builds(Text, WORDS | st.just("\n")), _inline, max_leaves=6)
paragraphs = st.lists(inline | st.builds(Code, WORDS), max_size=4).map(tuple)
codes = st.builds(Pre, WORDS | st.just("if x:\n    y"), st.sampled_from(["", "python"]))
blocks = st.lists(codes | st.builds(Quote, paragraphs), max_size=2).map(tuple)
both_can = st.tuples(paragraphs, blocks, paragraphs).map(lambda parts: normalise((*parts[0], *parts[1], *parts[2])))
"""Texts with the marks that both messengers have."""


@settings(max_examples=2000 if FULL else 60)
@given(both_can)
def test_from_telegram_and_back_the_same_message_returns(tree: RichText) -> None:
    text, entities = telegram.render(tree)
    crossed = html.parse(html.render(telegram.parse(text, entities)))
    assert telegram.render(crossed) == (text, entities)


@settings(max_examples=2000 if FULL else 60)
@given(both_can)
def test_from_matrix_and_back_the_same_html_returns(tree: RichText) -> None:
    source = html.render(telegram.fit(tree))
    crossed = telegram.parse(*telegram.render(html.parse(source)))
    assert html.render(crossed) == source


HERE, THERE = Account.parse("telegram:4711"), Account.parse("matrix:@anna:example.org")


@pytest.mark.parametrize(
    ("said", "returned"),
    [
        (rich(Quote(rich("q"), folded=True)), rich(Quote(rich("q")))),
        (rich(Moment(1, "noon", "t")), rich("noon")),
        (rich(Mention(HERE, rich("Anna"))), rich("Anna")),
        (rich(Link("tel:+49221", rich("call"))), rich("call (tel:+49221)")),
        (rich("a  b\n  c"), rich("a \u00a0b\n\u00a0\u00a0c")),
    ],
)
def test_what_telegram_alone_has_returns_as_text(said: RichText, returned: RichText) -> None:
    text, entities = telegram.render(said)
    assert html.parse(html.render(telegram.parse(text, entities))) == returned


@pytest.mark.parametrize(
    ("said", "returned"),
    [
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", rich(Quote(rich("a\nb")))),
        ("<strong><code>a</code></strong>", rich(Code("a"))),
        ("<a href='https://example.org'><code>a</code></a>", rich(Link("https://example.org", rich("a")))),
        ("<span data-mx-spoiler><code>a</code></span>", rich(Span(Style.SPOILER, rich("a")))),
        (f"<a href='https://matrix.to/#/{THERE.id}'>Anna</a>", rich("Anna")),
        ("<h2>a</h2><ul><li>b</ul>", rich(Span(Style.BOLD, rich("a")), "\n• b")),
        ("<font color=red>a</font><u data-mx-color='#f00'>b</u>", rich("a", Span(Style.UNDERLINE, rich("b")))),
    ],
)
def test_what_matrix_alone_has_returns_as_text(said: str, returned: RichText) -> None:
    assert telegram.parse(*telegram.render(html.parse(said))) == returned


# Nasty texts

NASTY = {
    "deep": "<b><i><blockquote><ul><li>" * 20_000 + "words",
    "tables": "<table><tr><td>" * 3_000 + "words" + "</table>" * 3_000,
    "rows": "<table>" + "<tr><td>a<th>b" * 3_000 + "<td>words",
    "wide": "<table><tr>" + "<td>a" * 3_000 + "<td>words",
    "details": "<details><summary>a" * 3_000 + "words",
    "maths": "<span data-mx-maths='" + "\\frac{" * 3_000 + "'>x</span>words",
    "formulas": "<span data-mx-maths='\\frac{a}{b}'>x</span>" * 3_000 + "words",
    "pre": "<pre><code>" * 3_000 + "words",
    "megabyte": "<p>word &amp; word<br></p>" * 45_000 + "words",
    "references": "&lt;" * 200_000 + "&#x110000;&#0;&bogus;words",
    "script": "<script>" + "x" * 500_000 + "</script><style>" + "y" * 500_000 + "</style>words",
    "open": "words<script>" + "x" * 900_000,
    "attributes": f"<a {'x=y ' * 100_000} href='https://example.org'>words</a>",
    "address": f"<a href='https://example.org/{'x' * 100_000}'>words</a>",
}


@pytest.mark.parametrize("source", NASTY.values(), ids=NASTY)
def test_nasty_html_is_read_in_a_moment_and_loses_no_word(source: str) -> None:
    made, seconds = crossing.timed(lambda: crossing.to_telegram(source))
    assert "words" in made[0]
    assert not {"script", "style"} & set(made[0].split("<"))
    assert seconds < 5  # some tenths of a second


def test_a_formula_is_no_more_than_text() -> None:
    tree = html.parse("<span data-mx-maths='\\text{@room <b>https://example.org</b>}'>x</span>")
    assert plain(tree) == "@room <b>https://example.org</b>"
    assert ink(html.render(tree)) == ink("@room &lt;b&gt;https://example.org&lt;/b&gt;")
