from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Account, Code, Link, Mention, Moment, Pre, Quote, RichText, Span, Style, bold, plain, rich
from bot.text.characters import clean_text
from bot.text.telegram import Entity, fit, length, parse, render
from tests.text.trees import TROUBLE, ink, trees

ANNA = Account.parse("telegram:4711")
BEN = Account.parse("matrix:@ben:example.org")
URL = "https://example.org"

ROUND_TRIPS: list[tuple[RichText, str, list[Entity]]] = [
    (rich(bold("Hi"), " there"), "Hi there", [Entity("bold", 0, 2)]),
    (rich(Span(Style.STRIKE, rich("a"))), "a", [Entity("strikethrough", 0, 1)]),
    (rich("😀", bold("b")), "😀b", [Entity("bold", 2, 1)]),
    (rich(bold("a", Span(Style.ITALIC, rich("b")))), "ab", [Entity("bold", 0, 2), Entity("italic", 1, 1)]),
    (rich("a", Quote(rich("q"), folded=True), "b"), "a\nq\nb", [Entity("expandable_blockquote", 2, 1)]),
    (rich(Quote(rich("q")), Pre("x", "py")), "q\nx", [Entity("blockquote", 0, 1), Entity("pre", 2, 1, language="py")]),
    (rich(Link(URL, rich("here"))), "here", [Entity("text_link", 0, 4, url=URL)]),
    (rich(Mention(ANNA, rich("Anna"))), "Anna", [Entity("text_mention", 0, 4, user_id="4711")]),
    (rich(Moment(86400, "2 January")), "2 January", [Entity("date_time", 0, 9, unix_time=86400)]),
    (rich("run ", Code("ls")), "run ls", [Entity("code", 4, 2)]),
]


@pytest.mark.parametrize(("tree", "text", "entities"), ROUND_TRIPS)
def test_both_ways(tree: RichText, text: str, entities: list[Entity]) -> None:
    assert render(tree) == (text, entities)
    assert parse(text, entities) == tree


@pytest.mark.parametrize(
    ("text", "entities", "tree"),
    [
        (
            "abcdef",
            [Entity("bold", 0, 4), Entity("italic", 2, 4)],
            rich(bold("ab", Span(Style.ITALIC, rich("cd"))), Span(Style.ITALIC, rich("ef"))),
        ),
        ("abc", [Entity("bold", 1, 99)], rich("a", bold("bc"))),
        ("abc", [Entity("bold", -2, 3)], rich(bold("a"), "bc")),
        ("abc", [Entity("bold", 9, 1), Entity("bold", 1, 0), Entity("bold", 2, -1)], rich("abc")),
        ("a😀b", [Entity("bold", 2, 1)], rich("a", bold("😀"), "b")),
        ("a😀b", [Entity("bold", 0, 2)], rich(bold("a😀"), "b")),
        (
            "abcd",
            [Entity("text_link", 0, 2, url=URL), Entity("text_link", 0, 4, url=URL + "/outer")],
            rich(Link(URL, rich("ab")), Link(URL + "/outer", rich("cd"))),
        ),
        (
            "@anna #x /y",
            [Entity("mention", 0, 5), Entity("hashtag", 6, 2), Entity("bot_command", 9, 2)],
            rich("@anna #x /y"),
        ),
        ("example.org", [Entity("url", 0, 11)], rich("example.org")),
        ("👍", [Entity("custom_emoji", 0, 2)], rich("👍")),
        ("x", [Entity("telepathy", 0, 1)], rich("x")),
        ("x", [Entity("text_link", 0, 1, url="tg://user?id=1")], rich("x")),
        ("x", [Entity("text_link", 0, 1, url="javascript:1")], rich("x")),
        ("x", [Entity("text_mention", 0, 1), Entity("date_time", 0, 1)], rich("x")),
        ("a\nb\nc", [Entity("blockquote", 2, 2)], rich("a", Quote(rich("b")), "c")),
        ("abcd", [Entity("blockquote", 0, 3), Entity("blockquote", 1, 3)], rich(Quote(rich("abc")), Quote(rich("d")))),
        ("a\nb", [Entity("code", 0, 3)], rich(Pre("a\nb"))),
        ("a\nb", [Entity("pre", 0, 3), Entity("spoiler", 0, 3)], rich(Span(Style.SPOILER, rich("a\nb")))),
        ("q p", [Entity("blockquote", 0, 2), Entity("pre", 0, 3)], rich(Quote(rich(Pre("q"))), Pre("p"))),
    ],
)
def test_what_telegram_may_send(text: str, entities: list[Entity], tree: RichText) -> None:
    assert parse(text, entities) == tree


@pytest.mark.parametrize(
    ("tree", "text", "entities"),
    [
        (rich("  a ", bold(" ")), "a", []),
        (rich(bold(""), "a"), "a", []),
        (rich(Pre("  x")), "x", [Entity("pre", 0, 1)]),
        (rich(bold(Code("x"))), "x", [Entity("code", 0, 1)]),
        (rich(Span(Style.SPOILER, rich(Code("x")))), "x", [Entity("spoiler", 0, 1)]),
        (rich(Link(URL, rich(Code("x")))), "x", [Entity("text_link", 0, 1, url=URL)]),
        (rich(Quote(rich("a", Quote(rich("b")), "c"))), "a\nb\nc", [Entity("blockquote", 0, 5)]),
        (rich(Mention(BEN, rich("Ben"))), "Ben", []),
        (rich(Link("tg://user?id=1", rich("x"))), "x", []),
        (rich(Link("matrix:r/a:b.org", rich("room"))), "room (matrix:r/a:b.org)", []),
        (
            rich(Link("https://evil.org", rich("good.org"))),
            "good.org (https://evil.org)",
            [Entity("text_link", 10, 16, url="https://evil.org")],
        ),
    ],
)
def test_what_telegram_cannot_show(tree: RichText, text: str, entities: list[Entity]) -> None:
    assert render(tree) == (text, entities)


@given(trees)
def test_rendering_and_parsing_give_the_text_that_fits(tree: RichText) -> None:
    assert parse(*render(tree)) == fit(tree)


@given(trees)
def test_what_fits_fits(tree: RichText) -> None:
    assert fit(fit(tree)) == fit(tree)


@given(trees)
def test_entities_keep_telegrams_rules(tree: RichText) -> None:
    text, entities = render(tree)
    assert text == text.strip()
    assert [entity.offset for entity in entities] == sorted(entity.offset for entity in entities)
    for entity in entities:
        end = entity.offset + entity.length
        assert 0 <= entity.offset < end <= length(text)
        for other in entities:
            inside = [at for at in (other.offset, other.offset + other.length - 1) if entity.offset <= at < end]
            if other is entity or not inside:
                continue
            assert entity.type not in {"code", "pre"} or "quote" in other.type
            assert not ("quote" in entity.type and "quote" in other.type)
            assert len(inside) == 2 or (other.offset <= entity.offset and end <= other.offset + other.length)


entities = st.builds(
    Entity,
    st.sampled_from(
        [
            "bold",
            "italic",
            "spoiler",
            "code",
            "pre",
            "blockquote",
            "expandable_blockquote",
            "text_link",
            "text_mention",
            "date_time",
            "url",
            "?",
        ]
    ),
    st.integers(-3, 30),
    st.integers(-3, 30),
    url=st.sampled_from(["", URL, "tg://user?id=1"]),
    user_id=st.sampled_from(["", "4711"]),
    unix_time=st.none() | st.integers(),
)


@given(st.text(st.sampled_from(TROUBLE), max_size=30), st.lists(entities, max_size=8))
def test_no_entity_harms_the_text(text: str, found: list[Entity]) -> None:
    assert ink(parse(text, found)) == ink(clean_text(text))


@given(st.text())
def test_length_counts_utf16_units(text: str) -> None:
    assert length(text) == len(text.encode("utf-16-le")) // 2


def test_plain_text_stays_as_it_is() -> None:
    assert plain(parse("a  b\n\n c", [])) == "a  b\n\n c"
