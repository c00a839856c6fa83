"""What a file is by its bytes, and what becomes of claims that do not match."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media import BINARY, as_it_is, type_of
from bot.model import File, FileKind
from tests.media.samples import HEIC, MP4, SVG, TGS, WEBM, picture, voice

SAMPLES = {
    "image/png": picture("PNG"),
    "image/jpeg": picture("JPEG"),
    "image/gif": picture("GIF"),
    "image/webp": picture("WEBP"),
    "image/bmp": b"BM" + bytes(40),
    "image/tiff": b"II*\0" + bytes(40),
    "image/heic": HEIC,
    "image/avif": HEIC.replace(b"heic", b"avif"),
    "video/mp4": MP4,
    "video/quicktime": MP4.replace(b"isom", b"qt  "),
    "audio/mp4": MP4.replace(b"isom", b"M4A "),
    "video/webm": WEBM,
    "video/x-matroska": WEBM.replace(b"webm", b"mkv "),
    "audio/ogg": voice(),
    "audio/mpeg": b"\xff\xfb\x90\x64" + bytes(40),
    "audio/aac": b"\xff\xf1\x50\x80" + bytes(40),
    "audio/flac": b"fLaC" + bytes(40),
    "audio/wav": b"RIFF\0\0\0\0WAVEfmt ",
    "application/gzip": TGS,
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\x03\x04" + bytes(40),
    "video/x-ms-wmv": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40),
    "application/x-ole-storage": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40),
    "application/vnd.rar": b"Rar!\x1a\x07\x00" + bytes(40),
}
OTHER_NAMES = {"application/vnd.rar": "application/x-rar-compressed"}


@pytest.mark.parametrize("mime", SAMPLES)
def test_types_are_told_by_the_first_bytes(mime: str) -> None:
    assert type_of(SAMPLES[mime]) in {mime, OTHER_NAMES.get(mime)}
    for length in range(12):
        assert isinstance(type_of(SAMPLES[mime][:length]), str)


@pytest.mark.parametrize(
    "text", [b"", b"Agenda\n1. Welcome", b"a;b;c\n1;2;3", "Grüße".encode(), "Grüße".encode("utf-16"), bytes(100)]
)
def test_text_is_not_recognised(text: bytes) -> None:
    assert type_of(text) in {"", "text/plain"}


@pytest.mark.parametrize(
    "markup",
    [
        "<html>".encode("utf-16"),
        b"\xfe\xff" + "\n<svg>".encode("utf-16-be"),
        SVG,
        b"<!DOCTYPE html>",
        b"  \n<html>",
        b"<?xml version='1.0'?>",
        b"<x",
    ],
)
def test_markup_is_nothing_that_could_be_shown(markup: bytes) -> None:
    assert type_of(markup) == BINARY


@pytest.mark.parametrize(
    ("kind", "claimed", "found", "shown", "mime"),
    [
        (FileKind.PHOTO, "image/jpg", "image/jpeg", FileKind.PHOTO, "image/jpg"),
        (FileKind.PHOTO, "image/jpeg", "image/png", FileKind.PHOTO, "image/png"),
        (FileKind.PHOTO, "image/png", "video/mp4", FileKind.DOCUMENT, "video/mp4"),
        (FileKind.PHOTO, "image/heif", "image/heic", FileKind.PHOTO, "image/heif"),
        (FileKind.AUDIO, "audio/x-m4a", "video/mp4", FileKind.AUDIO, "audio/x-m4a"),
        (FileKind.VOICE, "audio/ogg; codecs=opus", "audio/ogg", FileKind.VOICE, "audio/ogg"),
        (FileKind.VOICE, "audio/ogg", "application/pdf", FileKind.DOCUMENT, "application/pdf"),
        (FileKind.STICKER, "application/x-tgsticker", "application/gzip", FileKind.DOCUMENT, "application/x-tgsticker"),
        (FileKind.AUDIO, "audio/x-ms-wma", "video/x-ms-wmv", FileKind.AUDIO, None),
        (FileKind.AUDIO, "audio/midi", "video/x-ms-wmv", FileKind.DOCUMENT, "video/x-ms-wmv"),
        (FileKind.STICKER, "video/webm", "video/webm", FileKind.STICKER, "video/webm"),
        (FileKind.DOCUMENT, "", "image/png", FileKind.DOCUMENT, "image/png"),
        (FileKind.DOCUMENT, "application/vnd.oasis.opendocument.text", "application/zip", FileKind.DOCUMENT, None),
        (FileKind.DOCUMENT, "image/png", "application/zip", FileKind.DOCUMENT, "application/zip"),
        (FileKind.DOCUMENT, "application/pdf", "application/zip", FileKind.DOCUMENT, "application/zip"),
        (FileKind.DOCUMENT, "application/vnd.ms-excel", "application/x-ole-storage", FileKind.DOCUMENT, None),
        (FileKind.DOCUMENT, "text/plain", "application/zip", FileKind.DOCUMENT, "application/zip"),
        (FileKind.PHOTO, "image/x-ms-bmp", "image/bmp", FileKind.PHOTO, None),
        (FileKind.DOCUMENT, "application/x-gpx", "application/vnd.rar", FileKind.DOCUMENT, None),
    ],
)
def test_a_claim_that_does_not_match_gives_way(
    kind: FileKind, claimed: str, found: str, shown: FileKind, mime: str | None
) -> None:
    file = as_it_is(File(kind=kind, source="s", name="n", mime=claimed), SAMPLES[found])
    assert (file.kind, file.mime) == (shown, mime or claimed)


@pytest.mark.parametrize(
    ("kind", "claimed", "mime"),
    [
        (FileKind.DOCUMENT, "text/csv", "text/csv"),
        (FileKind.DOCUMENT, "text/html", BINARY),
        (FileKind.DOCUMENT, "", BINARY),
        (FileKind.DOCUMENT, "video/mp4", BINARY),
        (FileKind.PHOTO, "image/png", BINARY),
    ],
)
def test_what_is_not_recognised_is_never_shown(kind: FileKind, claimed: str, mime: str) -> None:
    file = as_it_is(File(kind=kind, source="s", name="n", mime=claimed), b"Agenda")
    assert (file.kind, file.mime) == (FileKind.DOCUMENT, mime)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", *(each[:16] for each in SAMPLES.values())]))
def test_any_bytes_are_survived(data: bytes, start: bytes) -> None:
    assert isinstance(type_of(start + data), str)
