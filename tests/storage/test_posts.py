"""Queued posts as they are stored."""

from __future__ import annotations

import json

import pytest

from bot.model import Account, Author, Button, File, FileKind, MessengerName, NativePoll, Post, bold, rich
from storage.deliveries import posts

FULL = Post(
    rich("Hello ", bold("Anna")),
    Author("Grace", "Leeds", "mayor", "k1", "forwards Tom"),
    (Button("yes", "👍", "agree:1"),),
    (Account(MessengerName.TELEGRAM, "11"),),
    (
        File(kind=FileKind.PHOTO, source="stored:7", name="map.png", mime="image/png", size=0, alt="A map", width=4),
        File(kind=FileKind.VOICE, source="matrix:x", name="", mime="audio/ogg", duration=0.5, thumbnail="stored:9"),
    ),
    album="a1",
)


@pytest.mark.parametrize("post", [FULL, Post(()), Post(rich("x"))])
def test_a_post_comes_back_as_it_was(post: Post) -> None:
    packed = posts.dump(post)
    assert packed["v"] == posts.VERSION
    assert posts.load(json.loads(json.dumps(packed))) == post


def test_a_poll_comes_back_as_it_was() -> None:
    poll = NativePoll(question=rich("When?"), options=("Monday", "Friday"), multiple=True)
    assert posts.load_poll(json.loads(json.dumps(posts.dump_poll(poll)))) == poll


def test_every_field_has_a_name() -> None:
    packed = posts.dump(FULL)
    assert packed["author"]["city"] == "Leeds"
    assert packed["buttons"][0]["action"] == "agree:1"
    assert packed["files"][0] == {
        "kind": "photo",
        "source": "stored:7",
        "name": "map.png",
        "mime": "image/png",
        "size": 0,
        "alt": "A map",
        "width": 4,
    }


def test_a_post_of_version_0_comes_back() -> None:
    old = {"text": ["hi"], "author": ["Grace", "Leeds", "", "k1"], "buttons": [["yes", "👍", "agree:1"]]}
    assert posts.load(old) == Post(rich("hi"), Author("Grace", "Leeds", "", "k1"), (Button("yes", "👍", "agree:1"),))


def test_the_stored_files_of_a_post_are_known() -> None:
    assert sorted(posts.stored_files(posts.dump(FULL))) == [7, 9]
    assert list(posts.stored_files(None)) == []
