"""Conversion of Matrix events; no server needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.state import MOST_PINS, Malformed
from bot.model import CUSTOM_EMOJI, Deletion, Edit, Message, Migration, Presence, Reaction, bold, plain, rich
from bot.model import Membership as BotMembership
from bot.text.characters import is_blank
from tests.messengers.matrix_events import ANNA, ME, NOW, event, read, room, state, text

HTML = {"format": "org.matrix.custom.html"}


def test_formatted_text_is_read_only_in_the_format_that_we_know() -> None:
    assert read(event(text("x", formatted_body="<b>hi</b>", **HTML))).text == rich(bold("hi"))
    assert read(event(text("x", formatted_body="<b>hi</b>", format="org.example.other"))).text == rich("x")
    assert read(event(text("x", formatted_body=7, **HTML))).text == rich("x")


def test_a_word_that_clients_take_for_a_heading_keeps_its_sign() -> None:
    html = "<h1>topic Trees</h1><p>as planned</p>"
    typed = {"msgtype": "m.text", "format": "org.matrix.custom.html", "formatted_body": html}
    assert plain(read(event({"body": "# topic Trees\nas planned", **typed})).text).startswith("# topic Trees\n")
    assert plain(read(event({"body": "topic Trees\nas planned", **typed})).text).startswith("topic Trees\n")


def test_an_emote_does_not_repeat_the_display_name() -> None:
    assert plain(read(event({"msgtype": "m.emote", "body": "waves"})).text) == "* waves"


@pytest.mark.parametrize("key", ["m.forwarded", "org.matrix.msc4553.forwarded", "com.famedly.app.forwarded"])
def test_a_forward_names_its_origin_as_far_as_it_is_told(key: str) -> None:
    def origin(claim: Any) -> tuple[bool, str | None]:
        message = read(event(text("x", **{key: claim})))
        return message.forwarded, message.origin

    assert origin({"sender": ANNA, "room_id": "!elsewhere:test"}) == (True, "Anna")
    assert origin({"sender": "@far:away"}) == (True, "@far:away")
    assert origin({"room_id": "!elsewhere:test", "sender": 7}) == (True, "")
    assert origin(True) == (True, "")
    assert origin(False) == (False, None)


def test_an_edit_of_a_forward_is_one_still() -> None:
    new = text("y", **{"m.forwarded": {"sender": ANNA}})
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    assert read(event(text("* y", **{"m.new_content": new, "m.relates_to": relation}))).origin == "Anna"


REPLY = {"m.relates_to": {"m.in_reply_to": {"event_id": "$q"}}}


def test_the_fallback_of_a_reply_is_only_what_the_writer_claims() -> None:
    message = read(event(text(f"> <{ANNA}> first\n> second\n\nanswer", **REPLY)))
    assert plain(message.text) == "answer"
    assert (message.reply.to.id, message.reply.author, message.reply.excerpt) == ("$q", "", ())
    assert plain(message.reply.claimed) == "first\nsecond"
    html = "<mx-reply><blockquote>first</blockquote></mx-reply><i>answer</i>"
    assert plain(read(event(text("> x\n\nanswer", formatted_body=html, **HTML, **REPLY))).text) == "answer"


def test_a_quotation_that_is_no_fallback_stays() -> None:
    assert plain(read(event(text("> first\n\nanswer"))).text) == "> first\n\nanswer"
    message = read(event(text("answer", **REPLY)))
    assert (message.reply.author, message.reply.excerpt) == ("", ())


@pytest.mark.parametrize(
    "body",
    [
        "> runs until 2027\n\nThat is wrong, it is 2028.",
        "> first\n> second\n\nanswer",
        f"> see <{ANNA}> there\n\nanswer",
        f">> <{ANNA}> first\n\nanswer",
        f"> <{ANNA}> first\nanswer",
        f"text\n> <{ANNA}> first\n\nanswer",
        "> <anna> first\n\nanswer",
    ],
)
def test_in_an_answer_the_writers_own_quotation_stays(body: str) -> None:
    message = read(event(text(body, **REPLY)))
    assert (plain(message.text), message.reply.to.id, message.reply.excerpt) == (body, "$q", ())


def test_only_a_fallback_of_the_message_answered_is_one() -> None:
    body = f"> <{ANNA}> first\n\n> mine\n\nanswer"
    for answered, shown in ((ANNA, "> mine\n\nanswer"), ("", "> mine\n\nanswer"), ("@ben:b", body)):
        message = EventReader(room(), ME, NOW, answered).read(event(text(body, **REPLY)))
        assert isinstance(message, Message)
        assert plain(message.text) == shown
    assert plain(read(event(text(f"> * <{ANNA}> waves\n>\n> twice\n\nanswer", **REPLY))).text) == "answer"


def test_an_edit_of_an_answer_keeps_no_fallback_and_every_other_quotation() -> None:
    change = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$first"}}
    for answered, shown in ((ANNA, "new"), (None, f"> <{ANNA}> first\n\nnew")):
        raw = event(text("* new", **{"m.new_content": text(f"> <{ANNA}> first\n\nnew")}, **change))
        edit = EventReader(room(), ME, NOW, answered).read(raw)
        assert isinstance(edit, Edit)
        assert plain(edit.text) == shown
    own = event(text("* new", **{"m.new_content": text("> runs until 2027\n\nno")}, **change))
    assert plain(EventReader(room(), ME, NOW, ANNA).read(own).text) == "> runs until 2027\n\nno"  # type: ignore[union-attr]


def test_in_a_thread_only_a_real_reply_is_one() -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    assert read(event(text("x", **{"m.relates_to": thread | {"is_falling_back": True}}))).reply is None
    answer = read(event(text("x", **{"m.relates_to": thread | {"is_falling_back": False}})))
    assert (answer.reply.to.id, answer.thread.to.id) == ("$last", "$root")


@pytest.mark.parametrize("root", [None, 5, "", "x" * 300, {"$": 1}])
def test_a_thread_without_a_root_is_none(root: object) -> None:
    relation = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    assert read(event(text("x", **relation))).thread is None


def test_of_what_cannot_be_decrypted_is_known_what_it_answers() -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    sealed = event({"ciphertext": "…", "m.relates_to": thread}, "m.room.encrypted")
    placeholder = EventReader(room(), ME, NOW).unreadable(sealed)
    assert placeholder.reply
    assert placeholder.thread
    assert (placeholder.reply.to.id, placeholder.thread.to.id) == ("$last", "$root")


def test_edits_and_removals_of_both_ages() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    edit = read(event({**text("* new"), "m.new_content": text("new"), "m.relates_to": relation}))
    assert isinstance(edit, Edit)
    assert (edit.id, edit.ref.id, plain(edit.text)) == ("$e", "$old", "new")
    for raw in (
        event({"redacts": "$old"}, "m.room.redaction"),
        event({}, "m.room.redaction", redacts="$old"),
    ):
        deletion = read(raw)
        assert isinstance(deletion, Deletion)
        assert (deletion.id, deletion.ref.id) == ("$e", "$old")


def test_what_is_not_said_to_people_is_nothing() -> None:
    assert read(event(text("x"), sender=ME)) is None
    assert read(event({}, unsigned={"redacted_because": {}})) is None
    assert read(event({"msgtype": "m.key.verification.request", "body": "x"})) is None
    assert read(event({"x": 1}, "org.example.other")) is None


def test_times_that_cannot_be_are_put_right() -> None:
    def at(claimed: object) -> datetime:
        message = read(event(text("x"), origin_server_ts=claimed))
        assert isinstance(message, Message)
        return message.at

    hour_ago = NOW - timedelta(hours=1)
    assert at(int(hour_ago.timestamp() * 1000)) == hour_ago
    for wrong in (2**52, 10**30, -1, 1.5, "now", None, True):
        assert at(wrong) == NOW
    assert at(0) == datetime(2014, 9, 1, tzinfo=UTC)


def test_lone_surrogates_and_nul_are_put_right() -> None:
    message = read(event(text("a\ud800b\0c\ud83d\ude00")))
    assert plain(message.text).encode() == "a\ufffdbc😀".encode()


POWER = {"users": {ANNA: 100}, "events": {"m.room.tombstone": 100}}
TOMBSTONE = state("m.room.tombstone", {"replacement_room": "!new"})


def test_a_tombstone_counts_only_by_someone_with_the_power() -> None:
    """Trust: case 34."""
    by_anna, by_eve = TOMBSTONE | {"origin_server_ts": 1}, TOMBSTONE | {"sender": "@eve:evil"}
    place = room(state("m.room.power_levels", POWER))
    migration = read(by_anna, place)
    assert isinstance(migration, Migration)
    assert migration.to.id == "!new"
    assert read(by_eve, place) is None
    assert read(by_anna | {"state_key": "x"}, place) is None
    assert read(by_anna | {"content": {"replacement_room": "#alias:evil"}}, place) is None


def test_a_room_is_private_between_two() -> None:
    mine = state("m.room.member", {"membership": "join"}, ME, unsigned={"prev_content": {"is_direct": True}})
    named = state("m.room.name", {"name": "Köln"})
    for events, count, private in [
        ((mine, named), 2, True),
        ((named,), 2, False),
        ((), 2, True),
        ((mine,), 3, False),
    ]:
        place = room(*events)
        place.count({"m.joined_member_count": count - 1, "m.invited_member_count": 1, "m.heroes": []})
        assert place.private is private


def test_who_brought_us_in_is_named_when_we_join() -> None:
    joined = state("m.room.member", {"membership": "join"}, ME, sender=ME)
    invited = {"prev_content": {"membership": "invite"}, "prev_sender": ANNA}
    membership = read(joined | {"unsigned": invited})
    assert isinstance(membership, BotMembership)
    assert (membership.presence, membership.sender.name) == (Presence.JOINED, "Anna")
    assert read(joined | {"unsigned": {"prev_content": {"membership": "join"}}}) is None


def test_once_encrypted_always_encrypted() -> None:
    place = room(state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}))
    place.update(state("m.room.encryption", {}))
    place.update(state("m.room.name", {"name": "Köln"}))
    assert place.encrypted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "msgtype",
        "body",
        "format",
        "formatted_body",
        "filename",
        "info",
        "size",
        "geo_uri",
        "m.relates_to",
        "m.in_reply_to",
        "event_id",
        "rel_type",
        "key",
        "m.new_content",
        "is_falling_back",
        "m.poll",
        "question",
        "answers",
        "m.text",
        "redacts",
        "replacement_room",
        "membership",
        "displayname",
        "org.matrix.msc3381.poll.start",
        "is_direct",
        "users",
        "events",
        "state_default",
        "room_version",
        "users_default",
        "events_default",
        "prev_content",
        ME,
        "creator",
        "name",
        "alias",
    ]
)
WORDS = st.sampled_from(
    ["m.text", "m.emote", "m.image", "m.audio", "m.location", "m.replace", "m.annotation", "m.thread", "$e", "@a:b"]
)
CONTENT = st.recursive(JSON | WORDS, lambda inner: st.dictionaries(KEYS, inner, max_size=6), max_leaves=12)
TYPES = st.sampled_from(
    [
        "m.room.message",
        "m.sticker",
        "m.reaction",
        "m.room.redaction",
        "m.room.tombstone",
        "m.poll.start",
        "m.room.member",
        "m.room.name",
        "m.room.power_levels",
        "m.room.create",
        "m.room.encryption",
        "org.matrix.msc3381.poll.start",
    ]
)
EVENT = st.fixed_dictionaries(
    {"type": TYPES | JSON, "content": CONTENT},
    optional={
        "event_id": st.just("$e") | JSON,
        "sender": st.sampled_from([ANNA, ME]) | JSON,
        "state_key": st.sampled_from(["", ME, ANNA]) | JSON,
        "origin_server_ts": JSON,
        "unsigned": CONTENT,
        "redacts": JSON,
    },
)


def test_a_reaction_with_a_picture_goes_by_its_name() -> None:
    def key(**more: Any) -> str:
        relation = {"rel_type": "m.annotation", "event_id": "$a", "key": "mxc://here/x"}
        return str(read(event({"m.relates_to": relation, **more}, "m.reaction")).key)

    assert key(shortcode=":party_parrot:") == ":party_parrot:"
    assert key(**{"com.beeper.reaction.shortcode": "cat"}) == ":cat:"
    assert key(shortcode=7) == CUSTOM_EMOJI


def pinned(now: Any, before: Any = None, **more: Any) -> list[tuple[str, bool]]:
    what = {"state_key": "", "unsigned": {"prev_content": before}} | more
    raw = event({"pinned": now}, "m.room.pinned_events", **what)
    changes = EventReader(room(), ME, NOW).pins(raw)
    assert len({each.id for each in changes}) == len(changes)
    return [(each.ref.id, each.pinned) for each in changes]


def test_pins_are_what_has_changed() -> None:
    assert pinned(["$a", "$b"]) == [("$a", True), ("$b", True)]
    assert pinned(["$a", "$c"], {"pinned": ["$a", "$b"]}) == [("$b", False), ("$c", True)]
    assert pinned(["$a", "$a", 7, None], {"pinned": "odd"}) == [("$a", True)]
    assert pinned(["$a"], sender=ME) == []
    assert pinned(["$a"], state_key="x") == []
    assert len(pinned([f"${number}" for number in range(99)])) == MOST_PINS


@given(st.lists(EVENT, max_size=4), EVENT)
def test_no_json_makes_us_stumble(before: list[Raw], raw: Raw) -> None:
    """Trust: case 80."""
    place = room(*before)
    place.count(raw["content"])
    try:
        result = read(raw, place)
    except Malformed:
        return
    EventReader(place, ME, NOW).pins(raw)
    assert place.private in {True, False}
    assert isinstance(place.title, str)
    assert place.successor is None or isinstance(place.successor, dict)
    if isinstance(result, Message | Edit):
        plain(result.text).encode()
    if isinstance(result, Reaction):
        assert result.key


@pytest.mark.parametrize("html", ["<p></p>", "<p> </p><br>", "<b>&#x3164;</b>", "<blockquote></blockquote>"])
def test_empty_html_says_nothing(html: str) -> None:
    assert is_blank(plain(read(event(text("", formatted_body=html, **HTML))).text))
