from __future__ import annotations

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Author, Code, Pre, Quote, RichText, Span, Style, Text, bold, plain, rich
from bot.text.html import parse
from bot.text.names import MARK, city_name, clean_name, guard, utf8_safe
from bot.text.tree import normalise
from tests.text.sizes import SIZE
from tests.text.trees import TROUBLE, ink, trees


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Anna Weber", "Anna Weber"),
        ("שרה כהן", "שרה כהן"),
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("Mu\u0308ller", "Müller"),
        ("क्षत्रिय", "क्षत्रिय"),
        ("Anna 👩\u200d💻 ❤\ufe0f 👍🏽 🇩🇪", "Anna 👩\u200d💻 ❤\ufe0f 👍🏽 🇩🇪"),
        ("\u202eanna\u202c \u2066\u2069\u200e\u200f\u061c", "anna"),
        ("An\u200b\u200c\u200d\ufeff\u00ad\u2060na", "Anna"),
        ("An\x00na\x1b[0m\ud800", "Anna [0m"),
        ("Anna\nWeber\r\n\t Mayor", "Anna Weber Mayor"),
        ("A" + "\u0300\u0301\u0302\u0303" * 3 + "nna", "À\u0301\u0302nna"),
        ("\u0301\u0302Anna", "Anna"),
        ("x" * 10_000, "x" * 47 + "…"),
        ("Anna · Köln: agreed", "Anna - Köln agreed"),
        ("X (Berlin):", "X (Berlin)"),
        ("A•B‧C∙D⋅E・FᐧG", "A-B-C-D-E-F-G"),
        ("A：B∶", "A B"),
        ("@room", "＠room"),
        ("<b>Anna</b>", "<b>Anna</b>"),
        ("", "?"),
        (" \n\u200b\u3164\u2800", "?"),
        ("\u200b" * 10_000 + "Anna", "?"),
        ("\u0301" * 10_000, "?"),
    ],
)
def test_names(name: str, clean: str) -> None:
    assert clean_name(name, "?") == clean


names = st.text(st.sampled_from(TROUBLE), max_size=80) | st.text(max_size=80)


@given(names)
def test_a_clean_name_is_clean(name: str) -> None:
    clean = clean_name(name, "?")
    assert clean_name(clean, "?") == clean
    assert 0 < len(clean) <= 48
    assert clean == " ".join(clean.split())
    assert not set(clean) & set("·•:\u202e\u2066\u200b\n\0")
    assert {unicodedata.category(char) for char in clean}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize(
    "name",
    ["Köln", "Frankfurt (Oder)", "6th of October", "Washington, D.C.", "Halle/Saale", "St. John’s", "القاهرة", "東京"],
)
def test_names_as_cities_have_them(name: str) -> None:
    assert city_name(f" {name}\u200b ") == name


@given(names)
def test_a_name_adds_no_part_to_an_attribution(name: str) -> None:
    author = Author(clean_name(name, "?"), "Köln")
    assert str(author).count("·") == 1
    assert ":" not in str(author)


HEADERS = [
    "Mayor Smith · Leeds: agreed",
    "Mayor Smith · Leeds · Mayor: agreed",
    "Mayor•Leeds:",
    "M ‧ L：x",
    "M ∙ L ∶ x",
    "M ⋅ L: x",
    "M ・ L: x",
    "M ᐧ L: x",
    "\u200b \u2066\u3164Mayor \u200b·\u200b Leeds\u200b:",
    "\u00a0\u2003Mayor · Leeds: x",
    "Mayor · Leeds:5 million",
    "\u202eMayor · Leeds: x",
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_line_like_an_attribution_is_marked(header: str) -> None:
    guarded = plain(guard(rich(header)))
    assert guarded.startswith(MARK)
    for separator in ("\n", "\r", "\u2028", "\x85", "\v"):
        guarded = plain(guard(rich(f"well{separator}{header}{separator}yes"))).split("\n")[1]
        assert guarded.startswith(MARK)


HEADER = HEADERS[0]


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        (rich(bold("Mayor · Leeds:"), " yes"), rich(MARK, bold("Mayor · Leeds:"), " yes")),
        (
            rich("a\n", bold("Mayor"), " · ", Code("Leeds"), ": yes"),
            rich(f"a\n{MARK}", bold("Mayor"), " · ", Code("Leeds"), ": yes"),
        ),
        (rich("a", Quote(rich("b\n", HEADER)), HEADER), rich("a", Quote(rich(f"b\n{MARK}{HEADER}")), MARK + HEADER)),
        (rich(Pre(f"a\n{HEADER}", "py")), rich(Pre(f"a\n{MARK}{HEADER}", "py"))),
        (rich(Span(Style.SPOILER, rich(HEADER))), rich(MARK, Span(Style.SPOILER, rich(HEADER)))),
        (rich("yes" + "\u00a0" * 300 + HEADER), rich(MARK + "yes" + "\u00a0" * 300 + MARK + HEADER)),
        (parse(f"<p>yes</p><div>{HEADER}</div>"), rich(f"yes\n{MARK}{HEADER}")),
    ],
)
def test_neither_style_nor_place_helps(text: RichText, guarded: RichText) -> None:
    assert guard(text) == guarded


@pytest.mark.parametrize(
    "line",
    [
        "Mayor Smith: agreed",
        "• item: text",
        "\u200b • item: text",
        "Thursday · 10:30",
        "Agenda · https://example.org",
        "a · b",
        "a: b · c",
        "a ·:",
        "│ Mayor · Leeds: agreed",
    ],
)
def test_other_lines_stay(line: str) -> None:
    assert guard(rich(line)) == normalise(rich(line))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\u202eb", "a\u202eb\u202c"),
        ("a\u2066b\u202bc", "a\u2066b\u202bc\u202c\u2069"),
        ("a\u202ab\nc", "a\u202ab\u202c\nc"),
        ("a\u2067b\u2069c", "a\u2067b\u2069c"),
        ("a\u2069b\u202cc", "abc"),
        ("a\u2066\u202eb\u2069c", "a\u2066\u202eb\u2069c"),
        ("a\u202e\u2066b\u202cc", "a\u202e\u2066bc\u2069\u202c"),
        ("\ud800a\0", "\ufffda\ufffd"),
    ],
)
def test_lines_are_closed(text: str, safe: str) -> None:
    assert plain(guard(rich(text))) == safe


def test_a_direction_that_a_style_opens_ends_behind_it() -> None:
    assert guard(rich("a", bold("\u202eb"))) == rich("a", bold("\u202eb"), "\u202c")


@given(trees)
def test_guarding_takes_nothing_away(text: RichText) -> None:
    def bare(text: RichText) -> str:
        return ink(plain(text).translate(dict.fromkeys(map(ord, "│\u202e\u202c\u2066\u2069"))))

    assert bare(guard(text)) == bare(normalise(text))


@given(trees)
def test_guarding_twice_is_guarding_once(text: RichText) -> None:
    assert guard(guard(text)) == guard(text)


@given(trees, st.sampled_from(HEADERS), trees)
def test_no_text_hides_a_header(before: RichText, header: str, after: RichText) -> None:
    guarded = plain(guard((*before, Text("\n" + header + "\n"), *after)))
    assert [line for line in guarded.split("\n") if ink(header) in ink(line) and "│" not in line] == []


@given(st.text(st.characters(exclude_categories=[])))
def test_utf8_safe(text: str) -> None:
    safe = utf8_safe(text)
    assert safe.encode().decode() == safe
    assert "\0" not in safe
    assert len(safe.encode("utf-16-le")) == len(text.encode("utf-16-le", "surrogatepass"))


BAIT = [
    "· ",
    "·:",
    "a·b:",
    "\u202e",
    "\u2069",
    "\u202e\u2069",
    "\u2066",
    " ",
    "\u200b",
    "\n",
    "a · b: c\n",
    "\u00a0" * 20 + "a",
    ":",
    "10:30 ·",
]


@pytest.mark.parametrize("bait", BAIT)
def test_time_grows_with_the_length_only(bait: str) -> None:
    text = bait * (SIZE // len(bait))
    before = process_time()
    guard((Text(text), bold(text)))
    clean_name(text, "?")
    assert process_time() - before < 2
