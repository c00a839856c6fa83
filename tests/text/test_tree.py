from __future__ import annotations

import pytest
from hypothesis import given

from bot.model import Account, Code, Link, Mention, Moment, Pre, Quote, RichText, Span, Style, Text, bold, plain, rich
from bot.text import telegram
from bot.text.characters import clean_text
from bot.text.tree import after, mark_count, normalise, with_lines
from tests.text.trees import ink, trees

ITALIC, SPOILER = Style.ITALIC, Style.SPOILER
ANNA = Account.parse("matrix:@anna:example.org")
URL = "https://example.org"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (rich("a", "b"), rich("ab")),
        (rich(bold("a"), bold("b")), rich(bold("ab"))),
        (rich(Span(ITALIC, (bold("a"),)), bold("b")), rich(bold(Span(ITALIC, rich("a")), "b"))),
        (rich(Span(ITALIC, (bold("a"),))), rich(bold(Span(ITALIC, rich("a"))))),
        (rich(bold(Link(URL, rich("a")))), rich(Link(URL, rich(bold("a"))))),
        (rich("a", Quote(()), "b", Pre(" "), "c"), rich("a\nb\nc")),
        (rich(bold("a"), "\n", bold("b")), rich(bold("a\nb"))),
        (rich(bold("a\n"), "b"), rich(bold("a"), "\nb")),
        (rich("  a\n\n", Quote(rich("\nq\n")), "\n\nb \n"), rich("a", Quote(rich("q")), "b")),
        (rich(bold("a", Quote(rich("b")), "c")), rich(bold("a"), Quote(rich(bold("b"))), bold("c"))),
        (rich("a ", Code("x\ny"), " b"), rich("a", Pre("x\ny"), "b")),
        (rich("a ", Code("x\n"), "b"), rich("a ", Code("x"), "\nb")),
        (rich("a", Span(SPOILER, rich(Pre("x\ny"))), "b"), rich("a\n", Span(SPOILER, rich("x\ny")), "\nb")),
        (
            rich(Link(URL, rich("a", Link("https://b.org", rich("b"))))),
            rich(Link(URL, rich("a")), Link("https://b.org", rich("b"))),
        ),
        (rich(Link(URL, rich(Mention(ANNA, rich("Anna"))))), rich(Mention(ANNA, rich("Anna")))),
        (rich(Link("javascript:alert(1)", rich("a"))), rich("a")),
        (rich(Link("tg://user?id=1", rich("a"))), rich("a")),
        (rich(Link(" HTTPS://example.org/a b", rich("a"))), rich(Link("https://example.org/a%20b", rich("a")))),
        (rich(Moment(1, "12\n:00")), rich(Moment(1, "12 :00"))),
        (rich(Pre("\n  x\n", "py script")), rich(Pre("  x", "py"))),
        (rich(Pre(" \n"), Quote(rich(" ")), Code("")), ()),
        (rich("a\r\nb\u2028c\0d\ud800e\x1bf"), rich("a\nb\nc\ufffdd\ufffdef")),
        (rich("\ud83d\ude00"), rich("😀")),
    ],
)
def test_texts_that_look_alike_have_one_form(text: RichText, normal: RichText) -> None:
    assert normalise(text) == normal


@given(trees)
def test_the_normal_form_is_stable(text: RichText) -> None:
    normal = normalise(text)
    assert normalise(normal) == normal


@given(trees)
def test_the_normal_form_keeps_all_ink(text: RichText) -> None:
    assert ink(normalise(text)) == ink(clean_text(plain(text)))


@given(trees)
def test_the_normal_form_can_be_stored(text: RichText) -> None:
    characters = plain(normalise(text))
    assert characters.encode().decode() == characters
    assert "\0" not in characters


@pytest.mark.parametrize(
    ("text", "count", "rest"),
    [
        (rich("/news Head\ntext"), 11, rich("text")),
        (rich(bold("/news Head"), "\n", bold("text")), 6, rich(bold("Head"), "\n", bold("text"))),
        (rich("/news", Quote(rich("said"))), 6, (Quote(rich("said")),)),
        (rich("/news", Quote(rich("said")), "after"), 8, (Quote(rich("id")), Text("after"))),
        (rich("ab", Link("https://a.example", rich("cd")), "ef"), 3, rich(Link("https://a.example", rich("d")), "ef")),
        (rich("ab"), 5, ()),
    ],
)
def test_what_follows_some_characters_keeps_its_formatting(text: RichText, count: int, rest: RichText) -> None:
    assert after(text, count) == rest
    assert plain(text)[count:].lstrip("\n") == plain(rest)


def test_a_separator_stands_for_a_line_break_except_in_code() -> None:
    assert with_lines(rich(bold("a | b"), Code("c | d")), " | ") == rich(bold("a\nb"), Code("c | d"))


@given(trees)
def test_telegram_gets_no_more_entities_than_were_counted(text: RichText) -> None:
    assert len(telegram.render(text)[1]) <= mark_count(normalise(text))
