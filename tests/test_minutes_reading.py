"""Marked lines of minutes as people type them."""

from __future__ import annotations

import pytest

from bot.model import Code, Link, Pre, Quote, Span, Style, Text, rich
from handlers.agreements.minutes._reading import UNDO, WORDS, MarkedLine, read
from storage import LineKind


def meant(text: str) -> list[tuple[str, str]]:
    return [(each.meaning, each.text) for each in read(rich(text))]


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("#topic Trees", LineKind.TOPIC),
        ("#Thema Trees", LineKind.TOPIC),
        ("# TOPIC Trees", LineKind.TOPIC),
        ("#agreed: Trees", LineKind.AGREED),
        ("#beschluss：Trees", LineKind.AGREED),
        ("  #action   Trees ", LineKind.ACTION),
        ("#AUFGABE Trees", LineKind.ACTION),
        ("#info Trees", LineKind.INFO),
        ("＃idea Trees", LineKind.IDEA),
        ("#Idee Trees", LineKind.IDEA),
        ("#link\tTrees", LineKind.LINK),
    ],
)
def test_words_count_in_both_languages_however_they_are_typed(typed: str, meaning: str) -> None:
    assert meant(typed) == [(meaning, "Trees")]


@pytest.mark.parametrize("typed", ["#undo", "# Undo", "#zurück", "#zurueck", "#ZURÜCK"])
def test_undo(typed: str) -> None:
    assert meant(typed) == [(UNDO, "")]


@pytest.mark.parametrize(
    "typed",
    [
        "topic Trees",
        "Our #topic is trees",
        "#1 Trees",
        "##topic Trees",
        "#action-plan",
        "#infotainment!",
        "#holidays",
        "#",
    ],
)
def test_ordinary_hashtags_are_no_lines(typed: str) -> None:
    assert meant(typed) == []


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("#agred", "agreed"),
        ("#beschlus", "beschluss"),
        ("#topics", "topic"),
        ("#aufgaben", "aufgabe"),
        ("#udno", "undo"),
    ],
)
def test_near_misses_are_suggested(typed: str, near: str) -> None:
    (line,) = read(rich(f"{typed} Trees"))
    assert (line.meaning, line.near) == ("", near)


def test_each_line_is_one_of_its_own_and_knows_what_follows_without_a_mark() -> None:
    first, second = read(rich("Good morning\n#topic Trees\n#agreed We plant 30.\n\nOaks, mostly\n"))
    assert (first, second) == (MarkedLine("topic", "Trees"), MarkedLine("agreed", "We plant 30."))
    assert (first.following, second.following) == ([], ["Oaks, mostly"])


LANGUAGES = {"de": ("deutsch",), "en": ("englisch",)}


def test_keys_below_an_action_point_belong_to_it() -> None:
    typed = "#action Plant trees | sdg: 13\nLead: Köln\nde: Bäume pflanzen\nnote: not kept"
    (line,) = read(rich(typed), LANGUAGES)
    assert line.text == "Plant trees\nsdg: 13\nLead: Köln\nde: Bäume pflanzen"
    assert line.following == ["note: not kept"]


@pytest.mark.parametrize("between", ["\n", " | "])
def test_a_line_may_have_its_text_in_a_second_language(between: str) -> None:
    (line,) = read(
        rich(f"#agreed We plant.{between}deutsch: Wir pflanzen.{between}en: again{between}PS: not kept"), LANGUAGES
    )
    assert (line.text, line.second) == ("We plant.", ("de", "Wir pflanzen."))
    assert " | ".join(line.following) == "en: again | PS: not kept"
    (link,) = read(rich("#link https://example.org | mit: Bild\nde: nein"), LANGUAGES)
    assert (link.text, link.second) == ("https://example.org | mit: Bild", None)


def test_what_is_quoted_is_somebody_elses() -> None:
    quoted = (Quote(rich("#agreed no")), Text("#agreed yes"), Pre("#agreed code"))
    assert [each.text for each in read(quoted)] == ["yes"]


def test_styles_do_not_matter_and_links_keep_their_addresses() -> None:
    styled = (
        Span(Style.BOLD, rich("#link ")),
        Link("https://example.org/a", rich("the plan")),
        Text(" of "),
        Code("us"),
    )
    assert [each.text for each in read(styled)] == ["the plan (https://example.org/a) of us"]
    shown = (Text("#link "), Link("https://example.org/", rich("example.org")))
    assert [each.text for each in read(shown)] == ["https://example.org/"]


def test_no_word_means_two_things() -> None:
    words = [word for each in WORDS.values() for word in each]
    assert len(words) == len(set(words))


def test_of_a_message_without_end_only_the_beginning_is_looked_at() -> None:
    assert len(read(rich("#inf\n" * 10_000))) == len(read(rich("#info x\n" * 10_000))) == 100
