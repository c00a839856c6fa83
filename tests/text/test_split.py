from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Account, Link, Mention, Moment, Pre, Quote, RichText, Span, Style, Text, bold, plain, rich
from bot.text.pings import without_pings
from bot.text.split import split
from bot.text.telegram import fit, length, render
from tests.text.sizes import SIZE
from tests.text.trees import ink, trees

ANNA = Account.parse("matrix:@anna:example.org")
A, B = "a" * 40, "b" * 40


def rendered(part: RichText) -> int:
    """Return the length of the longer rendering, the one without pings."""
    return length(without_pings(*render(part))[0])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (rich(A), [rich(A)]),
        (rich(f"{A} {B}"), [rich(A), rich(B)]),
        (rich(f"{A}\n\n{A} x\n{B}"), [rich(A), rich(f"{A} x"), rich(B)]),
        (rich(f"{A}\nx y. {B}"), [rich(A), rich(f"x y. {B}")]),
        (rich(f"{A} x. y z {B}"), [rich(f"{A} x."), rich(f"y z {B}")]),
        (rich("a" * 64 + "\n" + B), [rich("a" * 64), rich(B)]),
        (rich(bold(A, " ", B)), [rich(bold(A)), rich(bold(B))]),
        (
            rich(Quote(rich(A, Quote(rich(B, "\n", A)))), "c"),
            [rich(Quote(rich(A))), rich(Quote(rich(Quote(rich(B))))), rich(Quote(rich(Quote(rich(A)))), "c")],
        ),
        (rich(Pre(f"{A}\n  {B}", "py")), [rich(Pre(A, "py")), rich(Pre(f"  {B}", "py"))]),
        (rich(Quote(rich(A), folded=True), B), [rich(Quote(rich(A), folded=True)), rich(B)]),
        (
            rich(Link("https://a.org", rich(A, " ", B))),
            [rich(Link("https://a.org", rich(A))), rich(Link("https://a.org", rich(B)))],
        ),
        (
            rich(A, " ", Moment(1, "on Monday at noon in Köln"), " x"),
            [rich(A), rich(Moment(1, "on Monday at noon in Köln"), " x")],
        ),
        (
            rich(A, " ", Mention(ANNA, rich("Anna von der Ahr-Weilerin"))),
            [rich(A), rich(Mention(ANNA, rich("Anna von der Ahr-Weilerin")))],
        ),
        (
            rich(Span(Style.SPOILER, rich("😀" * 40))),
            [rich(Span(Style.SPOILER, rich("😀" * 32))), rich(Span(Style.SPOILER, rich("😀" * 8)))],
        ),
        (rich("x" + "🇩🇪" * 20), [rich("x" + "🇩🇪" * 15), rich("🇩🇪" * 5)]),
        (rich("xx" + "👩‍💻" * 20), [rich("xx" + "👩‍💻" * 12), rich("👩‍💻" * 8)]),
        (rich("x" * 63 + "e\u0301" * 4), [rich("x" * 63), rich("e\u0301" * 4)]),
        (rich("x" * 64 + "。y"), [rich("x" * 64), rich("。y")]),
        (rich("x" * 63 + "。y"), [rich("x" * 63 + "。"), rich("y")]),
        (rich("@a" * 32), [rich("@a" * 21), rich("@a" * 11)]),
        (rich("@a " * 30), [rich(("@a " * 16).strip()), rich(("@a " * 14).strip())]),
        ((), [()]),
    ],
)
def test_parts(text: RichText, parts: list[RichText]) -> None:
    assert split(text, 64) == parts


def test_a_text_that_fits_stays_as_it_is() -> None:
    text = (Text("a "), Text("\n"), Mention(ANNA, (Text("Anna"),)))
    assert split(text, 64) == [text]


def test_an_honest_link_stays_honest_when_it_is_cut() -> None:
    url = "https://example.org/" + "x" * 44 + "evil.com/" + "y" * 60
    parts = split(rich(Link(url, rich(url))), 64)
    assert "".join(plain(fit(part)) for part in parts) == url
    assert max(map(rendered, parts)) <= 64


def test_an_address_is_spelled_out_once() -> None:
    parts = split(rich(A, " ", A, " ", Link("https://evil.org", rich("good.org"))), 64)
    assert ink("".join(render(part)[0] for part in parts)) == f"{A}{A}good.org(https://evil.org)"


long_trees = st.lists(trees, min_size=2, max_size=4).map(lambda texts: tuple(node for text in texts for node in text))


@given(long_trees, st.integers(64, 200))
def test_every_part_fits_and_nothing_is_lost(text: RichText, limit: int) -> None:
    parts = split(text, limit)
    assert max(map(rendered, parts)) <= limit
    assert ink("".join(render(part)[0] for part in parts)) == ink(render(text)[0])


@settings(max_examples=40)
@given(long_trees)
def test_parts_are_not_smaller_than_need_be(text: RichText) -> None:
    parts = split(text, 64)
    assert len(parts) <= 1 + rendered(text) // 8


@pytest.mark.parametrize("piece", ["x", "x ", "\n", "x\n\n", "🇩🇪", "👩\u200d", "\u0301", "a. ", "https://a.b/", "· : "])
def test_time_grows_with_the_length_only(piece: str) -> None:
    text = rich(piece * (SIZE // len(piece)))
    before = process_time()
    split(text, 64)
    assert process_time() - before < 3
