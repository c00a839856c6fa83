"""Files to be sent on Telegram, and what is there then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.messengers.base import CHUNK
from bot.model import Author, Button, File, FileKind, Post, RichText, Send, rich
from bot.sandbox.samples import sample
from bot.sandbox.telegram import Json
from bot.sandbox.telegram.images import jpeg, png
from tests.messengers.telegram_scene import TelegramScene

PICTURE = png(640, 480)
YES = Button("yes", "👍", "y")


class TelegramShelf:
    """The bytes behind sources; some come to an end before their time."""

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.error: Exception | None = None
        self.stuck: asyncio.Event | None = None
        """Set once nothing more comes."""
        self.opened: list[str] = []
        self.open_files = 0
        self.closed = asyncio.Event()
        """Set while no file is open."""

    @asynccontextmanager
    async def open(self, source: str) -> AsyncIterator[AsyncIterator[bytes]]:
        self.opened.append(source)
        self.open_files += 1
        self.closed.clear()
        try:
            yield self._read(self.files[source.removeprefix("stored:")])
        finally:
            self.open_files -= 1
            if not self.open_files:
                self.closed.set()

    async def _read(self, data: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]
            if self.error:
                raise self.error
            if self.stuck:
                self.stuck.set()
                await asyncio.Event().wait()


SHELF = {
    "picture": PICTURE,
    "clip": b"moving pictures",
    "sound": b"a song",
    "voice": sample("voice.ogg"),
    "sticker": sample("sticker.webp"),
    "plan": b"%PDF",
    "tiny": jpeg(90, 90),
}


def file(kind: FileKind, source: str, name: str = "", **more: Any) -> File:
    return File(kind=kind, source=source if ":" in source else f"stored:{source}", name=name, mime="", **more)


PHOTO = file(FileKind.PHOTO, "picture", "a.png")
VIDEO = file(FileKind.VIDEO, "clip", "tour.mp4", width=640, height=480, duration=7.4)
PLAN = file(FileKind.DOCUMENT, "plan", "Plan für »2027«.pdf")
SONG = file(FileKind.AUDIO, "sound", "song.mp3", duration=61.0)
FOX = file(FileKind.STICKER, "sticker")


def post(
    here: TelegramScene,
    *files: File,
    text: str | RichText = "",
    author: Author | None = None,
    buttons: tuple[Button, ...] = (),
    reply_to: str = "",
) -> Send:
    words = rich(text) if isinstance(text, str) else text
    return Send(chat=here.chat, post=Post(words, author, buttons, files=files), token="t1", reply_to=reply_to)


def seen(here: TelegramScene) -> list[tuple[str, str]]:
    """Return the kind and the text of each message in the group."""
    kinds: list[str] = [*FileKind, "poll", "text"]
    return [
        (next(kind for kind in kinds if kind in each), str(each.get("caption", each.get("text", ""))))
        for each in here.server.messages(here.group)
    ]


def last(here: TelegramScene) -> Json:
    return here.server.messages(here.group)[-1]
