"""Hostile JSON: it is parsed, and its content can be stored and passed on."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messengers.wire import DEEPEST, read_json, safe
from bot.model import is_id


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b'{"a": "\\ud800b"}', {"a": "\ufffdb"}),
        (b'{"\\ud83d\\ude00": "\\ud83d\\ude00"}', {"😀": "😀"}),
        (b'["x\\u0000y"]', ["x\ufffdy"]),
        (b'["\xed\xa0\x80"]', ["\ufffd\ufffd\ufffd"]),
        (b'[1, "\\\\ud800", "\\"]"]', [1, "\\ud800", '"]']),
        (b"[" + b"9" * 5000 + b", 7]", [None, 7]),
    ],
)
def test_what_no_database_takes_is_mended(payload: bytes, value: object) -> None:
    assert read_json(payload) == value


@pytest.mark.parametrize("opened", [b"[", b'{"a":'])
def test_what_is_nested_too_deeply_is_cut_and_the_rest_stays(opened: bytes) -> None:
    deep = opened * 50_000 + b'"]}["' + (b"]" if opened == b"[" else b"}") * 50_000
    value = read_json(b'{"before": 1, "deep": ' + deep + b', "behind": [2, {"x": "\\ud800"}]}')
    assert isinstance(value, dict)
    assert (value["before"], value["behind"]) == (1, [2, {"x": "\ufffd"}])
    depth, inner = 0, value["deep"]
    while inner is not None:
        depth, inner = depth + 1, inner[0] if isinstance(inner, list) else inner["a"]
    assert depth == DEEPEST - 1


@pytest.mark.parametrize("payload", [b"", b"{", b'{"a": }', b"[1]]", b"[" * 50_000, b"\xff"])
def test_what_is_no_json_is_said_to_be_none(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_json(payload)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
)


@given(values)
def test_everything_that_is_sound_stays_as_it_is(value: Any) -> None:
    sound = json.dumps(safe(value))
    assert read_json(sound.encode()) == json.loads(sound)
    json.dumps(read_json(json.dumps(value).encode()), ensure_ascii=False).encode()


def test_a_number_may_be_infinite() -> None:
    assert read_json(b"[1e999]") == [math.inf]


@pytest.mark.parametrize("id", ["$abc", "@anna:köln.example", "!r:x", "x" * 255, "1"])
def test_ids(id: str) -> None:
    assert is_id(id)


@pytest.mark.parametrize("id", ["", "\ud800", "a\0", "a\n", "\x7f", "a\ufffd", "x" * 256, "ä" * 128, None, 5, ["$a"]])
def test_what_is_no_id(id: object) -> None:
    assert not is_id(id)
