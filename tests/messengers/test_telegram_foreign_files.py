"""Files from other messengers: what they really are decides how they are sent, not what their sender claims."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.messengers.base import PermanentError, Reason
from bot.model import File, FileKind, Post, Replace, Send, rich
from bot.sandbox.telegram.images import jpeg, png
from tests.media.samples import HEIC, MP4, SVG, WEBM, claims_to_be, picture, voice
from tests.messengers.telegram_scene import ANNA, TelegramScene, scene
from tests.messengers.telegram_shelf import TelegramShelf


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


PHOTO, VIDEO, VOICE, STICKER = FileKind.PHOTO, FileKind.VIDEO, FileKind.VOICE, FileKind.STICKER
PE = b"MZ\x90\x00\x03" + bytes(200)
CASES: list[tuple[FileKind, str, bytes, str]] = [
    (PHOTO, "image/jpeg", jpeg(60, 40), "photo"),
    (PHOTO, "image/png", picture("WEBP"), "photo"),
    (PHOTO, "image/gif", picture("GIF", frames=2), "animation"),
    (PHOTO, "image/png", HEIC, "document"),
    (PHOTO, "image/png", SVG, "document"),
    (PHOTO, "image/jpeg", PE, "document"),
    (PHOTO, "image/png", claims_to_be(9_000, 2_000), "document"),
    (PHOTO, "image/png", png(2_100, 100), "document"),
    (VIDEO, "video/mp4", MP4, "video"),
    (VIDEO, "video/mp4", WEBM, "document"),
    (FileKind.ANIMATION, "video/mp4", MP4, "animation"),
    (FileKind.AUDIO, "audio/mpeg", voice(0.2, "WAV", "PCM_16"), "document"),
    (FileKind.AUDIO, "audio/mpeg", b"ID3" + bytes(200), "audio"),
    (VOICE, "audio/ogg", voice(0.2), "voice"),
    (VOICE, "audio/ogg", b"ID3" + bytes(200), "audio"),
    (STICKER, "image/png", picture("PNG"), "sticker"),
    (STICKER, "image/png", b"\x89PNG\r\n\x1a\n" + bytes(30), "photo"),
    (FileKind.DOCUMENT, "application/pdf", b"%PDF-1.7" + bytes(20), "document"),
]


async def test_the_bytes_decide_how_a_file_is_sent(here: TelegramScene) -> None:
    shelf = TelegramShelf(**{f"matrix:{number}": data for number, (_kind, _mime, data, _shown) in enumerate(CASES)})
    for number, (kind, mime, _data, _shown) in enumerate(CASES):
        file = File(kind=kind, source=f"matrix:{number}", name="a.b", mime=mime, width=60, height=40)
        await here.messenger.deliver(
            Send(chat=here.chat, post=Post((), ANNA, files=(file,)), token=f"t{number}"), shelf.open
        )
    kinds: list[str] = list(FileKind)
    standing = here.server.messages(here.group)
    shown = [next((kind for kind in kinds if kind in each), "text") for each in standing]
    expected = [kind for *_, kind in CASES]
    expected.insert(expected.index("sticker"), "text")  # no caption: its author is in a text before it
    assert shown == expected
    author = "Anna Weber · Köln · mayor"
    words = [each.get("caption", each.get("text")) for each in standing]
    assert [text for text in words if text] == [author] * len(CASES)
    sticker = next(each["sticker"] for each in standing if "sticker" in each)
    assert max(sticker["width"], sticker["height"]) == 512
    assert shelf.open_files == 0


async def test_another_kind_of_file_takes_the_place_of_one_where_telegram_allows_it(here: TelegramScene) -> None:
    shelf = TelegramShelf(**{"matrix:p": jpeg(60, 40), "matrix:v": voice(0.2), "matrix:s": picture("PNG")})
    photo = File(kind=PHOTO, source="matrix:p", name="", mime="image/jpeg")
    sent = await here.messenger.deliver(Send(chat=here.chat, post=Post(rich("a"), ANNA), token="t"))
    change = Replace(chat=here.chat, id=sent.id, post=Post(rich("b"), ANNA, files=(photo,)), token="u")
    await here.messenger.deliver(change, shelf.open)
    (standing,) = here.server.messages(here.group)
    assert ("photo" in standing, standing["caption"]) == (True, "Anna Weber · Köln · mayor: b")
    for kind, source in ((VOICE, "matrix:v"), (STICKER, "matrix:s")):
        file = File(kind=kind, source=source, name="", mime="")
        refused = Replace(chat=here.chat, id=sent.id, post=Post((), ANNA, files=(file,)), token="w")
        with pytest.raises(PermanentError):
            await here.messenger.deliver(refused, shelf.open)


async def test_a_file_crosses_without_a_preview_that_cannot_be_fetched(here: TelegramScene) -> None:
    shelf = TelegramShelf(**{"matrix:v": MP4})

    @asynccontextmanager
    async def opened(source: str) -> AsyncIterator[AsyncIterator[bytes]]:
        if source == "matrix:gone":
            raise PermanentError("404", Reason.GONE)
        async with shelf.open(source) as chunks:
            yield chunks

    film = File(kind=VIDEO, source="matrix:v", name="a.mp4", mime="video/mp4", thumbnail="matrix:gone")
    await here.messenger.deliver(Send(chat=here.chat, post=Post((), ANNA, files=(film,)), token="t"), opened)
    (standing,) = here.server.messages(here.group)
    assert "video" in standing
