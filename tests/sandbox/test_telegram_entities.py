"""Texts and entities are normalised as Telegram does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.telegram.entities import normalise, units
from bot.sandbox.telegram.errors import ApiError, Json


def entity(type: str, offset: int, length: int, **more: object) -> Json:
    return {"type": type, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "given_entities", "kept", "expected"),
    [
        ("  hi  ", [entity("bold", 0, 6)], "hi", [entity("bold", 0, 2)]),
        ("a\r\nb", [entity("bold", 3, 1)], "a\nb", [entity("bold", 2, 1)]),
        ("\u202eabc", [entity("bold", 1, 3)], "abc", [entity("bold", 0, 3)]),
        ("a\tb\x00c", [], "a b c", []),
        ("😀 hi", [entity("italic", 3, 2)], "😀 hi", [entity("italic", 3, 2)]),
        ("ab", [entity("bold", 1, 1), entity("bold", 0, 1)], "ab", [entity("bold", 0, 2)]),
        (
            "abcd",
            [entity("bold", 0, 3), entity("italic", 1, 3)],
            "abcd",
            [entity("bold", 0, 3), entity("italic", 1, 2), entity("italic", 3, 1)],
        ),
        (
            "abc",
            [entity("bold", 0, 3), entity("code", 1, 1)],
            "abc",
            [entity("bold", 0, 1), entity("code", 1, 1), entity("bold", 2, 1)],
        ),
        ("x", [entity("bold", 0, 0)], "x", []),
        ("x", [entity("text_link", 0, 1, url="nothing")], "x", []),
        ("x", [entity("text_mention", 0, 1, user={"id": 5})], "x", []),
        ("x", [entity("text_mention", 0, 1, user={"id": 7})], "x", [entity("text_mention", 0, 1, user={"id": 7})]),
        ("/help@bot me", [], "/help@bot me", [entity("bot_command", 0, 9)]),
        ("1/2 and/or /a/b", [], "1/2 and/or /a/b", []),
        ("ask @anna, not a@b.de", [], "ask @anna, not a@b.de", [entity("mention", 4, 5), entity("email", 15, 6)]),
        ("(https://x.org/a.)", [], "(https://x.org/a.)", [entity("url", 1, 15)]),
        ("https://x.org", [entity("code", 0, 13)], "https://x.org", [entity("code", 0, 13)]),
    ],
)
def test_normal_form(text: str, given_entities: list[Json], kept: str, expected: list[Json]) -> None:
    assert normalise(text, given_entities, {7}.__contains__) == (kept, expected)


@pytest.mark.parametrize(
    ("text", "wrong", "says"),
    [
        ("abc", entity("bold", 1, 3), "entity beginning at UTF-16 offset 1 ends after the end of the text"),
        ("😀", entity("bold", 1, 1), "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        ("😀", entity("bold", 0, 1), "entity ends in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        ("abc", entity("loud", 0, 1), 'unsupported entity type "loud"'),
        ("\ud83d", entity("bold", 0, 1), "strings must be encoded in UTF-8"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, wrong: Json, says: str) -> None:
    with pytest.raises(ApiError) as caught:
        normalise(text, [wrong], lambda _: True)
    assert says in caught.value.description


STYLES = st.sampled_from(["bold", "italic", "spoiler", "code", "pre", "blockquote", "text_link"])


@st.composite
def written(draw: st.DrawFn) -> tuple[str, list[Json]]:
    text = draw(st.text(st.characters(codec="utf-8"), max_size=20))
    starts = [units(text[:n]) for n in range(len(text) + 1)]
    entities = []
    for _ in range(draw(st.integers(0, 5))):
        begin, end = sorted((draw(st.sampled_from(starts)), draw(st.sampled_from(starts))))
        entities.append(entity(draw(STYLES), begin, end - begin, url="https://x.org"))
    return text, entities


@given(written())
def test_the_normal_form_nests_and_is_its_own_normal_form(given_text: tuple[str, list[Json]]) -> None:
    text, entities = normalise(*given_text, lambda _: True)
    spans = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    assert all(0 <= begin < end <= units(text) for begin, end in spans)
    for begin, end in spans:
        for other_begin, other_end in spans:
            crossing = begin < other_begin < end < other_end
            assert not crossing, entities
    again, entities_again = normalise(text, entities, lambda _: True)
    assert (again, entities_again) == (text, entities)
