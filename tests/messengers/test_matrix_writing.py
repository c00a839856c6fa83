"""What the Matrix adapter sends; no server needed."""

from __future__ import annotations

from bot.messengers.matrix.raw import Raw, as_dict
from bot.messengers.matrix.writing import DELIVERY, message, reaction, replacement
from bot.model import Account, Author, Button, MessengerName, Post, Quote, bold, rich
from bot.text.sizes import json_size

ANNA = Author("Anna <b>", "Köln", "mayor", key="p7")


def test_the_bots_own_words_are_a_notice() -> None:
    content = message(Post(rich("a ", bold("b & c"))), "t1")
    assert content == {
        "msgtype": "m.notice",
        "body": content["body"],
        "format": "org.matrix.custom.html",
        "formatted_body": "a <strong>b &amp; c</strong>",
        "m.mentions": {},
        DELIVERY: "t1",
    }


def test_an_author_stands_in_the_profile_and_before_the_text() -> None:
    content = message(Post(rich("hi"), ANNA), "t1", reply_to="$q")
    assert content["msgtype"] == "m.text"
    assert content["body"] == "Anna <b> · Köln · mayor: hi"
    prefix = "<strong data-mx-profile-fallback>Anna &lt;b&gt; · Köln · mayor: </strong>"
    assert content["formatted_body"] == f"{prefix}hi"
    profile = {"id": "p7", "displayname": "Anna <b> · Köln · mayor", "has_fallback": True}
    assert content["com.beeper.per_message_profile"] == profile
    assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": "$q"}}


def test_a_block_begins_on_a_line_of_its_own() -> None:
    content = message(Post((Quote(rich("old")),), ANNA), "t1")
    assert content["body"].startswith("Anna <b> · Köln · mayor: \n")
    assert "</strong><blockquote>" in content["formatted_body"]


def test_an_edit_carries_the_new_content_whole_and_pings_nobody_again() -> None:
    mentioned = (Account(MessengerName.MATRIX, "@ben:b"), Account(MessengerName.TELEGRAM, "47"))
    content = replacement(Post(rich("new"), ANNA, mentions=mentioned), "t2", "$old")
    new = content["m.new_content"]
    assert new["body"] == "Anna <b> · Köln · mayor: new"
    assert new["m.mentions"] == {"user_ids": ["@ben:b"]}
    assert new["com.beeper.per_message_profile"]["id"] == "p7"
    assert (content["body"], content["m.mentions"]) == (f"* {new['body']}", {})
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
    assert content[DELIVERY] == "t2"


def test_an_edit_that_would_be_too_large_shows_old_clients_how_it_begins() -> None:
    text = "щ" * 9_999
    content = replacement(Post(rich(text), ANNA), "t2", "$old")
    new = content["m.new_content"]
    assert new["body"].endswith(text)
    assert new["formatted_body"].endswith(text)
    assert content["body"] == f"* {new['body'][:500]}…"
    assert "formatted_body" not in content
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
    assert json_size(content) < 45_600


def test_a_card_ends_with_its_legend() -> None:
    buttons = (Button("yes", "👍", "a"), Button("no", "👎", "b"))
    assert message(Post(rich("Trees?"), buttons=buttons), "t")["body"] == "Trees?\n👍 yes · 👎 no"
    assert message(Post((Quote(rich("Trees?")),), buttons=buttons), "t")["body"].endswith("\n👍 yes · 👎 no")
    assert reaction("$e", "👍") == {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$e", "key": "👍"}}


def test_a_message_in_a_thread_is_a_reply_for_clients_without_threads() -> None:
    """Matrix, "Threading": a real reply within it does not fall back."""

    def relation(reply_to: str = "") -> Raw:
        return as_dict(message(Post(rich("a")), "t", reply_to, thread="$root")["m.relates_to"])

    head = {"rel_type": "m.thread", "event_id": "$root"}
    assert relation() == head | {"is_falling_back": True, "m.in_reply_to": {"event_id": "$root"}}
    assert relation("$root")["is_falling_back"] is True
    answer = head | {"is_falling_back": False, "m.in_reply_to": {"event_id": "$x"}}
    assert relation("$x") == answer
