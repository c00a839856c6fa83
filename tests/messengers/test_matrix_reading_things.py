"""Conversion of Matrix events with files, locations, polls and what only others know; no server needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messengers.matrix.raw import Raw
from bot.model import Attachment, Edit, LiveLocation, Location, PollChoice, PollSnapshot, plain, rich
from tests.messengers.matrix_events import ANNA, NOW, attached, event, read


@pytest.mark.parametrize(
    ("content", "attachment", "words"),
    [
        ({"msgtype": "m.image", "body": "a.png"}, attached("photo", "a.png"), ""),
        ({"msgtype": "m.image", "body": "a.png", "filename": "a.png"}, attached("photo", "a.png"), ""),
        ({"msgtype": "m.image", "body": "look", "filename": "a.png"}, attached("photo", "a.png"), "look"),
        ({"msgtype": "m.video", "body": "v", "info": {"size": 5}}, attached("video", "v", size=5), ""),
        ({"msgtype": "m.audio", "body": "v", "info": {"size": -5}}, attached("audio", "v"), ""),
        ({"msgtype": "m.audio", "body": "v", "org.matrix.msc3245.voice": {}}, attached("voice", "v"), ""),
        (
            {"msgtype": "m.file", "body": "../a\nb", "info": {"size": True}},
            attached("file", "../a b", filename="../a\nb"),
            "",
        ),
    ],
)
def test_files(content: Raw, attachment: Attachment, words: str) -> None:
    message = read(event(content))
    assert (message.attachment, plain(message.text)) == (attachment, words)


@pytest.mark.parametrize(
    ("content", "attachment", "words"),
    [
        ({"msgtype": "m.image", "body": "b.png"}, attached("photo", "b.png"), ""),
        ({"msgtype": "m.file", "body": "page 6", "filename": "b.pdf"}, attached("file", "b.pdf"), "page 6"),
        ({"msgtype": "m.text", "body": "page 6"}, None, "page 6"),
    ],
)
def test_an_edit_of_a_file_is_one_still(content: Raw, attachment: Attachment | None, words: str) -> None:
    change = {"m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": "$first"}}
    edit = read(event(content | change))
    assert (edit.ref.id, edit.attachment, plain(edit.text)) == ("$first", attachment, words)


@pytest.mark.parametrize(
    ("content", "name", "location"),
    [
        ({"body": "Dom", "geo_uri": "geo:50.94,6.96;u=5"}, "Dom", Location(50.94, 6.96, "Dom")),
        ({"body": "Location geo:50.94,6.96 at 2026", "geo_uri": "geo:50.94,6.96"}, "", Location(50.94, 6.96)),
        (
            {"body": "geo:1,2", "org.matrix.msc3488.location": {"uri": "geo:1,-2.5", "description": "Pier"}},
            "Pier",
            Location(1, -2.5, "Pier"),
        ),
        ({"body": "Dom", "geo_uri": "geo:x"}, "Dom", None),
        ({"body": "Dom", "geo_uri": "geo:91,0"}, "Dom", None),
        ({"geo_uri": 5}, "", None),
    ],
)
def test_a_location(content: Raw, name: str, location: Location | None) -> None:
    message = read(event({"msgtype": "m.location", **content}))
    assert (message.attachment, message.text) == (Attachment("location", name, thing=location), ())


LIVE = {"live": True, "timeout": 60_000, "m.ts": int(NOW.timestamp() * 1000), "description": "Tour"}


@pytest.mark.parametrize(
    ("content", "live"),
    [
        (LIVE, LiveLocation(None, NOW + timedelta(minutes=1))),
        (LIVE | {"m.ts": "x", "timeout": 0}, LiveLocation(None)),
        (LIVE | {"timeout": 2**52}, LiveLocation(None)),
    ],
)
def test_a_live_location_begins(content: Raw, live: LiveLocation) -> None:
    for type in ("m.beacon_info", "org.matrix.msc3672.beacon_info"):
        assert read(event(content, type, state_key=ANNA)).attachment == Attachment("location", "Tour", thing=live)
    assert read(event(content | {"live": False}, "m.beacon_info", state_key=ANNA)) is None
    assert read(event(content, "m.beacon_info")) is None


@pytest.mark.parametrize(
    ("type", "content", "attachment", "text"),
    [
        ("m.room.message", {"msgtype": "org.x", "body": "Hi"}, Attachment("other", "org.x"), "Hi"),
        ("org.x.thing", {"body": "Hi"}, Attachment("other", "org.x.thing"), "Hi"),
        ("org.x.thing", {"m.text": [{"body": "Hi"}]}, Attachment("other", "org.x.thing"), "Hi"),
        ("m.call.invite", {"version": "1"}, Attachment("call"), ""),
    ],
)
def test_what_is_not_known_says_so(type: str, content: Raw, attachment: Attachment, text: str) -> None:
    message = read(event(content, type))
    assert (message.attachment, plain(message.text)) == (attachment, text)


@pytest.mark.parametrize(
    ("type", "content", "more"),
    [
        ("org.x.thing", {"x": 1}, {}),
        ("org.x.thing", {"body": "Hi"}, {"state_key": ""}),
        ("m.key.verification.start", {"body": "Hi"}, {}),
        ("m.call.hangup", {"body": "Hi"}, {}),
    ],
)
def test_what_says_nothing_to_people_is_nothing(type: str, content: Raw, more: Raw) -> None:
    assert read(event(content, type, **more)) is None


def test_a_sticker() -> None:
    sticker = Attachment("sticker", "cat", source="matrix:mxc://a/b", alt="cat")
    assert read(event({"body": "cat", "url": "mxc://a/b"}, "m.sticker")).attachment == sticker


STABLE = {"question": {"m.text": [{"body": "Trees?"}]}, "answers": [{"m.text": [{"body": "yes"}]}, {"m.text": []}]}
UNSTABLE = {
    "question": {"org.matrix.msc1767.text": "Trees?"},
    "answers": [{"id": "1", "org.matrix.msc1767.text": "yes"}, 5],
}
TREES = Attachment("poll", "Trees?", thing=PollSnapshot(question=rich("Trees?"), options=(PollChoice(rich("yes")),)))


@pytest.mark.parametrize(
    ("type", "content"),
    [
        ("m.poll.start", {"m.poll": STABLE}),
        ("org.matrix.msc3381.poll.start", {"org.matrix.msc3381.poll.start": UNSTABLE}),
    ],
)
def test_a_foreign_poll_shows_question_and_answers(type: str, content: Raw) -> None:
    message = read(event(content, type))
    assert (message.attachment, message.text) == (TREES, ())
    change = {"m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": "$first"}}
    edit = read(event(content | change, type))
    assert isinstance(edit, Edit)
    assert (edit.ref.id, edit.attachment, edit.text) == ("$first", TREES, ())


@pytest.mark.parametrize(("most", "multiple"), [(1, False), (2, True), (True, False), ("2", False), (-1, False)])
def test_how_many_answers_a_foreign_poll_takes(most: object, *, multiple: bool) -> None:
    attached = read(event({"m.poll": STABLE | {"max_selections": most}}, "m.poll.start")).attachment
    assert attached
    assert isinstance(attached.thing, PollSnapshot)
    assert attached.thing.multiple is multiple
