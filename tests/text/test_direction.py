"""Right-to-left text after a left-to-right attribution, and the other way round, stays in order."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import bidirectional

import pytest
from hypothesis import given

from bot.messengers.matrix.writing import message
from bot.messengers.telegram.content import content
from bot.model import Author, Code, Link, Post, Quote, RichText, Span, Style, bold, plain, rich
from bot.text.catalogue import LocaleContext, _, render
from bot.text.direction import FSI, PDI, attribution, isolated, under
from bot.text.pings import without_pings
from bot.text.split import split
from bot.text.telegram import length
from bot.text.telegram import render as render_telegram
from bot.text.tree import normalise
from tests.text.trees import ink, trees

ARABIC = "مرحبا 12 (نعم)."
ANNA = Author("Anna", "Köln", "mayor")
AMIR = Author("أمير", "Köln")


def shown(post: Post) -> tuple[str, str]:
    """Return the text of a post as sent to both messengers."""
    return content(post).text, message(post, "t")["body"]


def test_a_text_that_runs_as_its_attribution_does_gets_nothing() -> None:
    text = rich("Hello (yes).\n", bold("x"))
    assert under(ANNA, text) is text
    assert shown(Post(text, ANNA)) == ("Anna · Köln · mayor: Hello (yes).\nx",) * 2


def test_each_line_of_right_to_left_text_is_isolated() -> None:
    text = rich(f"{ARABIC}\nplain\n\n{ARABIC}")
    expected = f"Anna · Köln · mayor: {FSI}{ARABIC}{PDI}\nplain\n\n{FSI}{ARABIC}{PDI}"
    assert shown(Post(text, ANNA)) == (expected, expected)


def test_the_parts_of_an_attribution_are_isolated_and_so_is_what_follows_it() -> None:
    head = f"{FSI}أمير{PDI} · {FSI}Köln{PDI}"
    assert attribution(AMIR) == head
    assert shown(Post(rich("Hello (yes).\nWell."), AMIR)) == ((f"{head}: {FSI}Hello (yes).{PDI}\n{FSI}Well.{PDI}",) * 2)
    forward = replace(AMIR, forwards="forwards Ben (not verified)")
    assert attribution(forward) == f"{head} {FSI}forwards Ben (not verified){PDI}"


def test_quotations_too() -> None:
    telegram, matrix = shown(Post((Quote(rich(f"old {ARABIC}")), *rich("new")), ANNA))
    assert f"{FSI}old {ARABIC}{PDI}\nnew" in telegram
    assert f"> {FSI}old {ARABIC}{PDI}\nnew" in matrix


def test_isolates_cut_no_style_and_are_in_no_link_or_code() -> None:
    hidden = Span(Style.SPOILER, rich(f"{ARABIC}\n{ARABIC}"))
    assert under(ANNA, (hidden,)) == (Span(Style.SPOILER, rich(f"{FSI}{ARABIC}{PDI}\n{FSI}{ARABIC}{PDI}")),)
    link = Link("https://example.org", rich(ARABIC))
    assert under(ANNA, (link,)) == rich(FSI, link, PDI)
    assert under(ANNA, (Code(ARABIC),)) == rich(FSI, Code(ARABIC), PDI)


def test_names_in_the_bots_own_sentences_and_lists_are_isolated() -> None:
    text = plain(render(_("{who} and {names}", who="أمير (1)", names=["Ben", "سارة"]), LocaleContext()))
    assert text == f"{FSI}أمير (1){PDI} and Ben and {FSI}سارة{PDI}"


def test_what_may_be_typed_off_has_no_isolates() -> None:
    (code,) = render(_("`/pair {city}`", city="القاهرة"), LocaleContext())
    assert code == Code("/pair القاهرة")


@pytest.mark.parametrize("sign", ["א", "ע", "ݐ", "ࢠ", "\u200f", "\u202e", "\u2067", "ﷺ", "ﻻ", "𐤀", "𞤀", "ߐ"])
def test_every_script_that_runs_from_right_to_left_is_known(sign: str) -> None:
    assert isolated(sign) == f"{FSI}{sign}{PDI}"


def test_all_letters_of_unicode_that_run_from_right_to_left_are_known() -> None:
    letters = [chr(code) for code in range(0x110000) if bidirectional(chr(code)) in {"R", "AL", "AN"}]
    assert [char for char in letters if isolated(char) == char] == []


@given(trees)
def test_isolates_are_one_for_each_line_and_take_nothing_away(text: RichText) -> None:
    lines = plain(under(AMIR, text)).split("\n")
    bare = "\n".join(lines).replace(FSI, "").replace(PDI, "")
    assert ink(bare) == ink(plain(normalise(text)).replace(FSI, "").replace(PDI, ""))
    assert all(line.count(FSI) == (FSI in line) for line in lines)
    assert all(line.endswith(PDI) for line in lines if line.startswith(FSI))


@given(trees)
def test_a_text_is_cut_so_that_its_isolates_fit_too(text: RichText) -> None:
    long = rich(*text, f"\n{ARABIC}" * 20, *text)
    parts = split(long, 100, 2)
    assert all(length(without_pings(*render_telegram(under(AMIR, part)))[0]) <= 100 for part in parts)
