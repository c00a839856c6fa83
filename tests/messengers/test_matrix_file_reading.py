"""What is read of the files in messages of other clients, whatever they claim."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media import Inspection
from bot.messengers.matrix.attachments import Address, Secret
from bot.messengers.matrix.content import attachment_of, text_of
from bot.messengers.matrix.file_reading import sticker_in
from bot.messengers.matrix.files import described
from bot.messengers.matrix.media import Upload
from bot.messengers.matrix.writing import message
from bot.model import Attachment, File, FileKind, Post, plain, rich

URL, SOURCE = "mxc://example.org/abc", "matrix:mxc://example.org/abc"
SEALED = Address("example.org", "small", Secret(bytes(32), bytes(16)), bytes(range(32)))
HASH = "L2Eyb[_3j[_3~qoffQofj[j[fQfQ"
VOICE, AUDIO = "org.matrix.msc3245.voice", "org.matrix.msc1767.audio"
ELEMENT: dict[str, Any] = {
    "msgtype": "m.image",
    "body": "market.jpg",
    "url": URL,
    "info": {
        "mimetype": "image/jpeg",
        "size": 9000,
        "w": 1200,
        "h": 800,
        "xyz.amorgan.blurhash": HASH,
        "thumbnail_url": "mxc://example.org/small",
        "thumbnail_info": {"w": 800, "h": 533, "mimetype": "image/jpeg", "size": 900},
    },
}


def attached(content: dict[str, Any]) -> Attachment:
    found = attachment_of(content)
    assert found
    return found


def changed(info: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return ELEMENT | more | {"info": ELEMENT["info"] | (info or {})}


def test_a_picture_of_another_client_is_read_whole() -> None:
    assert attached(ELEMENT) == Attachment(
        "photo",
        "market.jpg",
        9000,
        mime="image/jpeg",
        source=SOURCE,
        width=1200,
        height=800,
        filename="market.jpg",
        thumbnail="matrix:mxc://example.org/small",
        blurhash=HASH,
    )
    assert text_of(ELEMENT) == ()
    assert attached(changed(SEALED.content("thumbnail_url", "thumbnail_file"))).thumbnail == str(SEALED)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (changed({"mimetype": "image/gif"}), "animation"),
        (changed({"mimetype": "video/mp4", "fi.mau.gif": True}, msgtype="m.video"), "animation"),
        (changed({"mimetype": "video/mp4"}, msgtype="m.video"), "video"),
        ({"msgtype": "m.video", "body": "a.mp4", "url": URL}, "video"),
        ({"msgtype": "m.audio", "body": "a.mp3", "url": URL, "info": None}, "audio"),
        ({"msgtype": "m.audio", "body": "Voice", "url": URL, VOICE: {}}, "voice"),
        ({"msgtype": "m.file", "body": "a.pdf", "url": URL, "info": []}, "file"),
    ],
)
def test_kinds(content: dict[str, Any], kind: str) -> None:
    assert (attached(content).kind, attached(content).source) == (kind, SOURCE)


@pytest.mark.parametrize(
    ("names", "caption", "filename"),
    [
        ({"body": "a.png"}, "", "a.png"),
        ({"body": "a.png", "filename": "a.png", "formatted_body": "<b>a.png</b>"}, "", "a.png"),
        ({"body": "Look", "filename": "a.png"}, "Look", "a.png"),
        ({"body": "Look", "filename": ""}, "Look", "Look"),
        ({"body": "a.png", "filename": 5}, "", "a.png"),
        ({"body": 5, "filename": "a.png"}, "", "a.png"),
        ({"body": None}, "", ""),
    ],
)
def test_a_body_is_a_caption_only_beside_another_name(names: dict[str, Any], caption: str, filename: str) -> None:
    """MSC2530; for older clients the body is the name."""
    content = {key: value for key, value in (ELEMENT | names).items() if value is not None}
    text = text_of(content)
    assert text is not None
    assert (plain(text), attached(content).filename) == (caption, filename)


@pytest.mark.parametrize(
    "key",
    [
        {"page.codeberg.everypizza.msc4193.spoiler": True},
        {"town.robin.msc3725.content_warning": {"type": "town.robin.msc3725.spoiler"}},
    ],
)
def test_spoilers(key: dict[str, Any]) -> None:
    assert attached(ELEMENT | key).spoiler
    assert not attached(ELEMENT | dict.fromkeys(key, "yes")).spoiler


@pytest.mark.parametrize(
    ("claimed", "waveform"),
    [
        ([0, 512, 1024, 5000], (0, 512, 1024, 1024)),
        ([0] * 400 + [9] * 400, (0,) * 50 + (9,) * 50),
        ([*range(1000)], tuple(range(9, 1000, 10))),
        ([0, -1, 5], ()),
        ([0, 1.5], ()),
        ([True], ()),
        ({"0": 1}, ()),
        ([1] * 20_000, ()),
    ],
)
def test_a_waveform_is_read_only_if_it_is_one(claimed: object, waveform: tuple[int, ...]) -> None:
    heard = attached(changed(msgtype="m.audio") | {VOICE: {}, AUDIO: {"duration": 1500, "waveform": claimed}})
    expected = tuple(min(each, 1024) for each in waveform)
    assert (heard.waveform, heard.duration) == (expected, 1.5)


def test_the_body_of_a_sticker_stands_for_it() -> None:
    cat, emoji = sticker_in({"body": "A cat", "url": URL}), sticker_in({"body": "❤️", "url": URL})
    assert (cat.alt, cat.emoji, cat.filename) == ("A cat", "", "")
    assert (emoji.alt, emoji.emoji) == ("❤️", "❤️")


@pytest.mark.parametrize("kind", [each for each in FileKind if each is not FileKind.CONTACT])
def test_what_is_written_is_read(kind: FileKind) -> None:
    mime = {"voice": "audio/ogg", "audio": "audio/mpeg", "photo": "image/png", "animation": "image/gif"}
    file = File(
        kind=kind,
        source="s",
        name="n.bin",
        mime=mime.get(kind, "video/mp4"),
        width=60,
        height=40,
        duration=2.5,
        blurhash=HASH,
        waveform=(0, 1024),
        spoiler=True,
        alt="Words",
    )
    preview = Upload(file, SEALED, 7, Inspection(800, 600))
    media = described(Upload(file, Address("example.org", "abc"), 5, preview=preview))
    content = message(Post(rich("Look")), "t1", media=media)
    read = attached(content)
    assert (read.kind, read.mime, read.width, read.height, read.duration) == (
        {"document": "file", "video_note": "video", "sticker": "animation"}.get(kind, kind),
        file.mime,
        60,
        40,
        2.5,
    )
    assert (read.size, read.spoiler, read.alt, read.filename, read.thumbnail) == (
        5,
        True,
        "Words",
        "n.bin",
        str(SEALED),
    )
    assert read.waveform == ((0, 1024) if kind is FileKind.VOICE else ())
    assert read.blurhash == ("" if kind is FileKind.DOCUMENT else HASH)
    assert content["info"]["thumbnail_info"] == {"mimetype": file.mime, "size": 7, "w": 800, "h": 600, "duration": 2500}
    assert plain(text_of(content) or ()) == "Look"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["image/gif", HASH]),
    lambda more: st.lists(more, max_size=3) | st.dictionaries(st.text(max_size=3), more, max_size=3),
    max_leaves=5,
)
KEYS = [*ELEMENT, "filename", "file", "format", "formatted_body", VOICE, AUDIO, "m.alt_text", "m.audio_details"]
INFO = [*ELEMENT["info"], "duration", "thumbnail_file", "fi.mau.gif"]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(KEYS), ANYTHING),
    st.dictionaries(st.sampled_from(INFO), ANYTHING),
    st.sampled_from(["m.image", "m.video", "m.audio", "m.file"]),
)
def test_any_claim_is_survived(content: dict[str, Any], info: dict[str, Any], msgtype: str) -> None:
    """Trust: case 80."""
    for given_ in (content, content | {"info": info}, ELEMENT | content | {"info": info}):
        for found in (attached(given_ | {"msgtype": msgtype}), sticker_in(given_)):
            assert found.kind in {"photo", "video", "audio", "voice", "animation", "file", "sticker"}
            assert all(each is None or 0 < each <= 100_000 for each in (found.width, found.height))
            assert found.duration is None or 0 <= found.duration <= 1e6
            assert all(0 <= each <= 1024 for each in found.waveform)
            texts = (found.name, found.mime, found.source, found.alt, found.filename, found.thumbnail, found.blurhash)
            assert all(isinstance(each, str) for each in texts)
        text_of(given_ | {"msgtype": msgtype})
