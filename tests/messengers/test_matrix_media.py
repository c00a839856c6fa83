"""How files are described, and what a homeserver may answer when they are fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.media import Inspection, as_it_is
from bot.messengers.base import PermanentError, Reason, SendError, TemporaryError
from bot.messengers.matrix.api import Api
from bot.messengers.matrix.attachments import Address, Secret
from bot.messengers.matrix.content import attachment_of, text_of
from bot.messengers.matrix.files import described, kept
from bot.messengers.matrix.media import Media, Upload
from bot.messengers.matrix.writing import message, replacement
from bot.model import Author, File, FileKind, Post, plain, rich

ADDRESS = Address("example.org", "abc123")
SEALED = Address("example.org", "abc123", Secret(bytes(32), bytes(16)), bytes(range(32)))
PNG, MP4 = b"\x89PNG\r\n\x1a\n", b"\0\0\0\x20ftypisom"
TEXT = File(kind=FileKind.DOCUMENT, source="stored:1", name="a.txt", mime="text/plain")
GRACE = Author("Grace", "Indianapolis", "", "k1")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def file(kind: FileKind, mime: str, **more: Any) -> File:
    return File(kind=kind, source="stored:1", name="file.bin", mime=mime, **more)


@pytest.mark.parametrize(
    ("kind", "claimed", "head", "msgtype", "mime"),
    [
        (FileKind.PHOTO, "image/png", PNG, "m.image", "image/png"),
        (FileKind.PHOTO, "", PNG, "m.image", "image/png"),
        (FileKind.PHOTO, "image/png", b"%PDF-1.4", "m.file", "application/pdf"),
        (FileKind.PHOTO, "image/png", b"<svg>", "m.file", "application/octet-stream"),
        (FileKind.ANIMATION, "video/mp4", b"GIF89a", "m.image", "image/gif"),
        (FileKind.ANIMATION, "video/mp4", MP4, "m.video", "video/mp4"),
        (FileKind.VIDEO_NOTE, "", MP4, "m.video", "video/mp4"),
        (FileKind.AUDIO, "audio/mp3", b"ID3\x04", "m.audio", "audio/mp3"),
        (FileKind.STICKER, "application/x-tgsticker", b"\x1f\x8b", "m.file", "application/x-tgsticker"),
        (FileKind.DOCUMENT, "image/png", PNG, "m.file", "image/png"),
    ],
)
def test_a_file_is_shown_as_what_it_is(kind: FileKind, claimed: str, head: bytes, msgtype: str, mime: str) -> None:
    content = described(Upload(as_it_is(file(kind, claimed), head), ADDRESS, 5))
    assert (content["msgtype"], content["info"]["mimetype"]) == (msgtype, mime)


def test_a_voice_message_says_so_and_how_long_it_is() -> None:
    voice = file(FileKind.VOICE, "audio/ogg", duration=2.5)
    content = described(Upload(voice, ADDRESS, 5, Inspection(duration=2.25, waveform=(0, 512, 1024))))
    assert content["info"] == {"mimetype": "audio/ogg", "size": 5, "duration": 2250}
    assert content["org.matrix.msc1767.audio"] == {"duration": 2250, "waveform": [0, 512, 1024]}
    heard = attachment_of({"body": "file.bin", **content})
    assert heard
    assert (heard.kind, heard.duration, heard.size, heard.source) == ("voice", 2.25, 5, str(ADDRESS))


def test_a_description_stands_in_for_a_missing_caption() -> None:
    chart = described(Upload(file(FileKind.PHOTO, "image/png", alt="Bars: 3 to 5"), ADDRESS, 5))
    alone, with_caption = (message(Post(text), "t1", media=chart) for text in ((), rich("Result")))
    assert (alone["body"], alone["filename"]) == ("Bars: 3 to 5", "file.bin")
    assert (with_caption["body"], with_caption["formatted_body"]) == ("Result", "Result")
    for content in (alone, with_caption):
        attachment = attachment_of(content)
        assert attachment
        assert attachment.alt == "Bars: 3 to 5"


def test_the_caption_of_an_edit_is_read_with_its_file() -> None:
    media = described(Upload(file(FileKind.DOCUMENT, "application/pdf"), SEALED, 5))
    content = replacement(Post(rich("Look"), GRACE), "t2", "$1", kept(message(Post(rich("old")), "t1", media=media)))
    new = content["m.new_content"]
    assert plain(text_of(new) or ()) == "Grace · Indianapolis: Look"
    assert (new["file"], new["filename"]) == (media["file"], "file.bin")
    assert kept({"msgtype": "m.text", "body": "no file"}) is None


def test_an_address_survives_as_a_source() -> None:
    for address in (ADDRESS, SEALED):
        assert Address.parse(str(address)) == address
        assert Address.of(address.content()) == address
    assert "AAAA" not in repr(SEALED)  # a log must not contain the key


@pytest.mark.parametrize("broken", [{"v": "v1"}, {"key": {"k": "AAAA"}}, {"iv": 5}, {"hashes": {}}, {"key": None}])
def test_keys_that_are_none_are_not_used(broken: dict[str, Any]) -> None:
    assert Address.of({"file": SEALED.content()["file"] | broken}) is None


async def test_older_homeservers_are_asked_at_the_old_address() -> None:
    async with homeserver({"/_matrix/media/v3/download/example.org/abc123": body(b"bytes")}) as media:
        assert await fetched(media) == b"bytes"


@pytest.mark.parametrize(
    ("status", "errcode", "error", "reason"),
    [
        (404, "M_NOT_FOUND", PermanentError, Reason.GONE),
        (413, "M_TOO_LARGE", PermanentError, Reason.TOO_LARGE),
        (429, "M_LIMIT_EXCEEDED", TemporaryError, None),
        (504, "M_NOT_YET_UPLOADED", TemporaryError, None),
        (502, "", TemporaryError, None),
    ],
)
async def test_an_error_is_never_taken_for_the_file(
    status: int, errcode: str, error: type[SendError], reason: Reason | None
) -> None:
    answer = refusal(status, errcode)
    async with homeserver({"/_matrix/client/v1/media/download/example.org/abc123": answer}) as media:
        with pytest.raises(error) as refused:
            await fetched(media)
        assert getattr(refused.value, "reason", None) == reason


async def test_our_token_goes_to_no_other_server() -> None:
    """Where the homeserver has its files elsewhere, it redirects."""
    seen: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization", ""))
        return web.Response(body=b"bytes")

    application = web.Application()
    application.router.add_get("/file", elsewhere)
    async with TestServer(application) as other:

        async def redirect(_request: web.Request) -> web.Response:
            raise web.HTTPTemporaryRedirect(other.make_url("/file"))

        async with homeserver({"/_matrix/client/v1/media/download/example.org/abc123": redirect}) as media:
            assert await fetched(media) == b"bytes"
    assert seen == [""]


async def test_redirects_come_to_an_end() -> None:
    path = "/_matrix/client/v1/media/download/example.org/abc123"

    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(path)

    async with homeserver({path: redirect}) as media:
        with pytest.raises(TemporaryError):
            await fetched(media)


async def test_the_limit_of_uploads_is_read_also_from_older_homeservers() -> None:
    for path in ("/_matrix/client/v1/media/config", "/_matrix/media/v3/config"):
        async with homeserver({path: body(b'{"m.upload.size": 1000}')}) as media:
            await media.refresh()
            assert media.limit == 1000


async def test_large_files_wait_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A homeserver without reserved addresses gets the bytes, and no more than MEMORY of them were kept."""
    got: list[bytes] = []

    async def upload(request: web.Request) -> web.Response:
        got.append(await request.read())
        return web.json_response({"content_uri": ADDRESS.mxc})

    rolled: list[bool] = []

    class WatchedSpool(SpooledTemporaryFile[bytes]):
        def rollover(self) -> None:
            rolled.append(True)
            super().rollover()

    monkeypatch.setattr("bot.messengers.matrix.spool.MEMORY", 10)
    monkeypatch.setattr("bot.messengers.matrix.spool.SpooledTemporaryFile", WatchedSpool)
    async with homeserver({"/_matrix/media/v3/upload": upload}, method="POST") as there:
        uploaded = await there.upload("t1", TEXT, opener(b"<svg>", b"0123456789"), encrypted=False)
    assert got == [b"<svg>0123456789"]
    assert (uploaded.address, uploaded.size, rolled) == (ADDRESS, 15, [True])


async def test_a_full_disk_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.messengers.matrix.spool.SpooledTemporaryFile.__class_getitem__", lambda _type: full)
    async with homeserver({}) as there:
        with pytest.raises(TemporaryError, match="No space left"):
            await there.upload("t1", TEXT, opener(b"text"), encrypted=False)


def opener(*chunks: bytes) -> Any:
    @asynccontextmanager
    async def open_file(_source: str) -> AsyncIterator[AsyncIterator[bytes]]:
        yield each()

    async def each() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return open_file


async def fetched(media: Media) -> bytes:
    return b"".join([chunk async for chunk in media.fetch(str(ADDRESS))])


def body(data: bytes) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=data)

    return answer


def refusal(status: int, errcode: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        if not errcode:
            return web.Response(status=status, text="<html>Bad gateway</html>")
        return web.json_response({"errcode": errcode, "error": "no"}, status=status)

    return answer


@asynccontextmanager
async def homeserver(paths: dict[str, Handler], method: str = "GET") -> AsyncIterator[Media]:
    """Run a homeserver that knows only these paths."""

    @web.middleware
    async def unknown(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in paths:
            return web.json_response({"errcode": "M_UNRECOGNIZED", "error": "unknown"}, status=404)
        return await handler(request)

    application = web.Application(middlewares=[unknown])
    for path, handler in paths.items():
        application.router.add_route(method, path, handler)
    async with TestServer(application) as server:
        api = Api(str(server.make_url("")), "secret-token")
        media = Media(api)
        try:
            yield media
        finally:
            await media.close()
            await api.close()
