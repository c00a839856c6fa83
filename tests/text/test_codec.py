from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Moment, Quote, RichText, bold, rich
from bot.text.codec import dump, load
from bot.text.tree import normalise
from tests.text.trees import trees


@given(trees)
def test_what_is_dumped_loads_again(text: RichText) -> None:
    assert load(dump(text)) == text


@given(trees.map(normalise))
def test_it_crosses_json(text: RichText) -> None:
    assert load(json.loads(json.dumps(dump(text)))) == text


def test_it_is_compact() -> None:
    assert dump(rich("a", bold("b"), Moment(1, "c"), Quote(rich("d")))) == [
        "a",
        ["bold", "b"],
        ["moment", 1, "c"],
        ["quote", False, "d"],
    ]
    assert dump(()) == []


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        "text",
        {"a": 1},
        [1],
        [None],
        [[]],
        [["telepathy", "a"]],
        [["code", "a", "b"]],
        [["code", 1]],
        [["pre", "a"]],
        [["moment", "1", "a"]],
        [["moment", True, "a"]],
        [["quote", 1, "a"]],
        [["link"]],
        [["bold", 1]],
        [["mention", "telegram:anna"]],
        [["mention", "a"]],
        json.loads("[" + '["bold",' * 300 + '"a"' + "]" * 301),
    ],
)
def test_nonsense_is_refused(nonsense: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the contract promises no more
        load(nonsense)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["bold", "link", "quote", "mention", "a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(json_values)
def test_any_json_loads_or_is_refused(value: Any) -> None:
    try:
        text = load(value)
    except ValueError:
        return
    assert dump(text) == value
