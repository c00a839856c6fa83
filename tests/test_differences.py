"""What has changed in a text is marked word by word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import RichText, Span, Style, plain
from handlers.agreements.actions._difference import difference

MARKS = {Style.STRIKE: "~", Style.BOLD: "*"}
LONG = "Wir pflanzen gemeinsam mit den Schulen am Ufer des Rheins jeweils fünfhundert Bäume und berichten. " * 3


def marked(text: RichText) -> str:
    """Return a text with its styles as signs."""
    return "".join(
        f"{MARKS[each.style]}{plain(each.children)}{MARKS[each.style]}" if isinstance(each, Span) else plain((each,))
        for each in text
    )


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        ("Plant 500 trees", "Plant 600 trees", "Plant ~500~ trees", "Plant *600* trees"),
        ("Plant trees by the Rhine", "Plant trees in a park", "Plant trees ~by the Rhine~", "Plant trees *in a park*"),
        ("Plant trees", "Plant trees today", "Plant trees", "Plant trees *today*"),
        ("One trip.", "One trip, then two.", "One trip.", "One trip*, then two*."),
        ("a\nb c", "a\nd c", "a\n~b~ c", "a\n*d* c"),
        ("Bäume pflanzen", "Radwege bauen", "Bäume pflanzen", "Radwege bauen"),
        ("", "Trees", "", "Trees"),
    ],
)
def test_what_is_gone_is_struck_and_what_is_new_is_bold(before: str, after: str, was: str, now: str) -> None:
    assert tuple(map(marked, difference(before, after))) == (was, now)


def test_of_a_long_text_only_the_surroundings_of_a_change_are_shown_again() -> None:
    was, now = difference(f"{LONG}Termin: Mai.", f"{LONG}Termin: Juni.")
    assert marked(was) == "… fünfhundert Bäume und berichten. Termin: ~Mai~."
    assert marked(now) == f"{LONG}Termin: *Juni*."


@given(st.text("ab, \n", max_size=30), st.text("ab, \n", max_size=30))
@settings(max_examples=50)
def test_the_new_text_is_whole(before: str, after: str) -> None:
    assert plain(difference(before, after)[1]) == after
