from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Account, Code, Link, Mention, Pre, RichText, bold, rich
from bot.text.pings import JOINER, without_pings
from bot.text.telegram import Entity, length, render
from tests.text.trees import trees

ANNA = Account.parse("telegram:4711")
URL = "https://example.org"


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("@anna", "@|anna"),
        ("ask @anna, or @Ben_2!", "ask @|anna, or @|Ben_2!"),
        ("(@anna) .@anna @@anna ×@anna", "(@|anna) .@|anna @@|anna ×@|anna"),
        ("ask\n@anna", "ask\n@|anna"),
        ("@\u202aanna", "@|\u202aanna"),
        ("@\u030aanna", "@|\u030aanna"),
        ("𞟠@anna 😀@anna", "𞟠@|anna 😀@|anna"),
        ("anna@example.org", "anna@example.org"),
        ("Jürgen.Groß@example.org", "Jürgen.Groß@example.org"),
        ("@ anna @", "@ anna @"),
        ("@анна", "@анна"),
        ("https://example.social/@anna", "https://example.social/@anna"),
        ("(Https://example.social/web/@anna)", "(Https://example.social/web/@anna)"),
        ("https://example.social/@anna/@ben", "https://example.social/@anna/@|ben"),
        ("https://@anna", "https://@|anna"),
        ("https://nowhere/@anna", "https://nowhere/@|anna"),
        ("ähttps://example.social/@anna", "ähttps://example.social/@|anna"),
        ("https://example.social/« @anna", "https://example.social/« @|anna"),
        ("example.social/@anna", "example.social/@|anna"),
    ],
)
def test_a_mere_name_calls_nobody(text: str, quiet: str) -> None:
    assert without_pings(text, []) == (quiet.replace("|", JOINER), [])


@pytest.mark.parametrize(
    ("tree", "quiet", "entities"),
    [
        (rich("😀 @anna ", bold("b")), "😀 @|anna b", [Entity("bold", 10, 1)]),
        (rich(bold("@anna"), " x"), "@|anna x", [Entity("bold", 0, 6)]),
        (rich(bold("@"), "anna"), "@|anna", [Entity("bold", 0, 1)]),
        (rich("@", bold("anna")), "@|anna", [Entity("bold", 2, 4)]),
        (rich("@a ", bold("b @c"), " @d"), "@|a b @|c @|d", [Entity("bold", 4, 5)]),
        (rich("@a ", Code("x @b"), " @c"), "@|a x @b @|c", [Entity("code", 4, 4)]),
        (rich("@a", Pre("@b"), "@c"), "@|a\n@b\n@|c", [Entity("pre", 4, 2)]),
        (rich(Code("@"), "anna"), "@|anna", [Entity("code", 0, 1)]),
        (rich(Link(URL, rich("@a"))), "@|a", [Entity("text_link", 0, 3, url=URL)]),
        (rich(Mention(ANNA, rich("@a"))), "@|a", [Entity("text_mention", 0, 3, user_id="4711")]),
        (
            rich(Link("https://example.org/", rich("https://example.org/")), "@anna"),
            "https://example.org/@|anna",
            [Entity("text_link", 0, 20, url="https://example.org/")],
        ),
    ],
)
def test_entities_stay_where_they_are(tree: RichText, quiet: str, entities: list[Entity]) -> None:
    assert without_pings(*render(tree)) == (quiet.replace("|", JOINER), entities)


@given(trees)
def test_each_entity_keeps_its_characters(tree: RichText) -> None:
    text, entities = render(tree)
    quiet, moved = without_pings(text, entities)
    assert quiet.replace(JOINER, "") == text.replace(JOINER, "")
    for entity, after in zip(entities, moved, strict=True):
        assert _under(quiet, after).replace(JOINER, "") == _under(text, entity).replace(JOINER, "")
        assert after.length > 0


@given(st.text(st.sampled_from("@ax _.\n😀ä\u2060\u202a/")))
def test_no_name_is_left_and_nothing_grows_by_more_than_its_signs(text: str) -> None:
    quiet, _ = without_pings(text, [])
    seen = re.sub("[\u2028-\u202e]", "", quiet)  # as Telegram parses it
    assert not re.search(r"(?<!\w)@[0-9A-Za-z_]{2}", seen)
    assert length(quiet) <= length(text) + text.count("@")
    assert without_pings(quiet, []) == (quiet, [])


def test_many_names_in_many_entities_take_no_time() -> None:
    text, entities = render(rich(*(part for _ in range(5000) for part in (Code("x"), " @anna "))))
    start = process_time()
    quiet, _ = without_pings(text, entities)
    assert process_time() - start < 10, "what takes time for every pair of them would take minutes"
    assert quiet.count(JOINER) == 5000


def _under(text: str, entity: Entity) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "surrogatepass")
