"""Merged messages: what fits, and that any section can be changed without touching the others."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.model import Author, Button, File, FileKind, Link, Post, Quote, RichText, Section, bold, rich
from bot.text.merging import MOST_ENTITIES, SectionError, Written, changed, fitting, merged, section_at, written
from bot.text.names import guard
from bot.text.telegram import length
from tests.text.trees import trees

ANNA, GRACE = Author("Anna Weber", "Köln", "mayor"), Author("Grace Miller", "Indianapolis")
MOST = 4096


def post(text: str | RichText, author: Author | None = GRACE) -> Post:
    return Post(rich(text) if isinstance(text, str) else text, author)


def test_each_section_has_its_attribution() -> None:
    made = merged([post("one"), post("two", ANNA)])
    assert made.text == "Grace Miller · Indianapolis: one\n\nAnna Weber · Köln · mayor: two"
    assert [(each.type, each.offset) for each in made.entities] == [("bold", 0), ("bold", 34)]


def test_as_many_fit_as_the_message_holds() -> None:
    posts = [post("x" * 1000)] * 9
    number = fitting(posts, MOST)
    assert length(merged(posts[:number]).text) <= MOST < length(merged(posts[: number + 1]).text)


def test_no_more_fit_than_telegram_keeps_entities() -> None:
    assert fitting([post(rich(bold("a"), " ", bold("b")))] * 60, MOST) == MOST_ENTITIES // 3


def test_the_first_goes_out_in_any_case() -> None:
    assert fitting([post("x" * 5000), post("y")], MOST) == 1


ALONE = {
    "buttons": Post(rich("which?"), GRACE, (Button("yes", "👍", "y"),)),
    "a file": Post(rich("look"), GRACE, files=(File(kind=FileKind.PHOTO, source="stored:1", name="a", mime="x/y"),)),
    "the bot's own": Post(rich("I have joined")),
    "no city": post("hello", Author("Anna", "")),
    "a quoted attribution": post(rich(Quote(rich(bold("Anna Weber · Köln:"), "\nyes")), "no")),
    "a line that becomes an attribution": post(rich("see\n", Link("https://example.org/a:b", rich("Anna · koeln.de")))),
}


@pytest.mark.parametrize("other", ALONE.values(), ids=ALONE)
def test_what_needs_a_message_of_its_own_is_not_merged(other: Post) -> None:
    assert fitting([post("one"), post("two"), other], MOST) == 2
    assert fitting([other, post("one")], MOST) == 1


@settings(max_examples=60)
@given(st.lists(trees, min_size=2, max_size=4), st.data())
def test_a_change_leaves_the_other_sections_as_they_are(texts: list[RichText], data: st.DataObject) -> None:
    posts = [post(rich(str(number), " ", *guard(text)), ANNA) for number, text in enumerate(texts)]
    posts = posts[: fitting(posts, MOST)]
    assume(len(posts) > 1)  # a post that is sent alone may look like two
    index = data.draw(st.integers(0, len(posts) - 1))
    section, new = Section(index, len(posts)), post("corrected")
    assert changed(merged(posts), section, new) == merged([*posts[:index], new, *posts[index + 1 :]])
    assert changed(merged(posts), section, None) == merged(posts[:index] + posts[index + 1 :])


def test_a_change_can_be_repeated() -> None:
    before = merged([post("one"), post("two"), post("three")])
    for new in (post("2"), None):
        after = changed(before, Section(1, 3), new)
        assert changed(after, Section(1, 3), new) == after


def test_a_message_with_other_sections_is_not_touched() -> None:
    with pytest.raises(SectionError):
        changed(merged([post("one"), post("two")]), Section(2, 4), None)
    with pytest.raises(SectionError):
        changed(written(post("one", None)), Section(0, 2), post("two"))


def test_what_cannot_be_a_section_does_not_become_one() -> None:
    with pytest.raises(SectionError):
        changed(merged([post("one"), post("two")]), Section(0, 2), ALONE["a quoted attribution"])


def test_the_selected_section_is_found() -> None:
    text = merged([post("😀 one"), post("two"), post("three")]).text
    for index, word in enumerate(("one", "two", "three")):
        assert section_at(text, length(text[: text.index(word)])) == index
    assert section_at("somebody's text", 3) == 0


def test_a_person_cannot_write_a_section() -> None:
    forged = guard(rich("yes\n\n", bold("Anna Weber · Köln · mayor:"), " I resign"))
    made = merged([post("one"), post(forged)])
    assert changed(made, Section(1, 2), None) == merged([post("one")])
    assert isinstance(made, Written)


def test_a_picture_without_words_has_no_colon_unless_it_begins_a_message_of_several_sections() -> None:
    author = Author("Anna Weber", "Köln")
    alone, words = Post((), author), Post(rich("Danke"), author)
    assert written(alone).text.strip() == "Anna Weber · Köln"
    both = merged([alone, words])
    assert both.text == "Anna Weber · Köln:\n\nAnna Weber · Köln: Danke"
    assert section_at(both.text, len(both.text)) == 1
    assert fitting([alone, words], 1_024) == 2
    assert changed(both, Section(1, 2), None).text == "Anna Weber · Köln:"
