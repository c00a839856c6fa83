"""Files of other messengers as what they really are, and in the form in which Telegram shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import structlog

from bot.media import HEAD, Inspector, as_it_is, dimensions
from bot.messengers.base import OpenFile, SendError
from bot.messengers.telegram.contacts import card_in
from bot.model import File, FileKind, MessengerName, Post, Replace, Send

log = structlog.get_logger()

_OTHERS = frozenset(MessengerName) - {MessengerName.TELEGRAM}
_STICKER = 512
"""Pixels of the longer side of a static sticker."""
_SHOWN: dict[FileKind, dict[str, FileKind]] = {
    FileKind.PHOTO: {
        **dict.fromkeys(("image/jpeg", "image/jpg", "image/png", "image/webp"), FileKind.PHOTO),
        "image/gif": FileKind.ANIMATION,
    },
    FileKind.VIDEO: dict.fromkeys(("video/mp4", "video/quicktime"), FileKind.VIDEO),
    FileKind.ANIMATION: dict.fromkeys(("image/gif", "video/mp4"), FileKind.ANIMATION),
    FileKind.AUDIO: dict.fromkeys(("audio/mpeg", "audio/mp3", "audio/mp4", "audio/m4a", "audio/x-m4a"), FileKind.AUDIO),
    FileKind.VOICE: dict.fromkeys(("audio/ogg", "audio/opus", "application/ogg"), FileKind.VOICE),
    FileKind.VIDEO_NOTE: {"video/mp4": FileKind.VIDEO_NOTE},
}
"""As what files of a kind and type are shown (Bot API, "sendPhoto" and the like); any other is a document."""
_NEXT = {
    FileKind.STICKER: FileKind.PHOTO,
    FileKind.ANIMATION: FileKind.PHOTO,
    FileKind.VIDEO_NOTE: FileKind.VIDEO,
    FileKind.VOICE: FileKind.AUDIO,
}
"""As what a file is shown that cannot be shown as its own kind."""


class Preparation:
    """Looks at the files of one operation. `open` is an `OpenFile` for what it returns."""

    def __init__(self, inspector: Inspector, open_file: OpenFile) -> None:
        """Read files with `open_file`; `inspector` makes stickers."""
        self._inspector = inspector
        self._open_file = open_file
        self._made: dict[str, bytes] = {}

    def open(self, source: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open a file, or what was made of it."""
        return _opened(self._made[source]) if source in self._made else self._open_file(source)

    async def prepared(self, operation: Send | Replace) -> Send | Replace:
        """Return an operation with its files as they are to be sent. Raises SendError."""
        post = await self._post(operation.post)
        if isinstance(operation, Replace):
            return replace(operation, post=post)
        return replace(operation, post=post, more=tuple([await self._post(each) for each in operation.more]))

    async def _post(self, post: Post) -> Post:
        return replace(post, files=tuple([await self._file(each) for each in post.files])) if post.files else post

    async def _file(self, file: File) -> File:
        """Return a file of another messenger with its true type and size, and as the kind that shows it best."""
        if file.kind is FileKind.CONTACT and await card_in(file, self._open_file):
            return file
        if file.source.partition(":")[0] not in _OTHERS:  # the bot made it, or Telegram has it
            return replace(file, kind=FileKind.DOCUMENT) if file.kind is FileKind.CONTACT else file
        head = await self._head(file.source)
        file = as_it_is(file, head)
        if size := dimensions(head):
            file = replace(file, width=size[0], height=size[1])
        if file.thumbnail and not await self._is_preview(file.thumbnail):
            file = replace(file, thumbnail="")
        if file.kind is FileKind.STICKER and (sticker := await self._sticker(file)):
            return sticker
        return replace(file, kind=_kind(file.kind, file.mime))

    async def _is_preview(self, source: str) -> bool:
        """Whether a file can be a preview: a JPEG of at most 320 pixels (Bot API, "sendDocument")."""
        try:
            head = await self._head(source)
        except SendError as error:  # a file is worth more than its preview
            log.warning("sent without a preview", error=str(error))
            return False
        size = dimensions(head)
        return head.startswith(b"\xff\xd8\xff") and size is not None and max(size) <= 320

    async def _head(self, source: str) -> bytes:
        head = b""
        async with self._open_file(source) as chunks:
            async for chunk in chunks:
                head += chunk
                if len(head) >= HEAD:
                    break
        return head[:HEAD]

    async def _sticker(self, file: File) -> File | None:
        """Return a picture as a sticker; None if it cannot be one."""
        if file.mime == "image/webp" and max(file.width or 0, file.height or 0) == _STICKER:
            return file
        async with self._open_file(file.source) as chunks:
            made = await self._inspector.sticker(chunks)
        if not made:
            return None
        source = f"{file.source}#sticker"
        self._made[source] = made
        return replace(file, source=source, name="sticker.webp", mime="image/webp", size=len(made))


def _kind(kind: FileKind, mime: str) -> FileKind:
    """Return the kind as which Telegram shows a file of this type."""
    while kind is not FileKind.DOCUMENT:
        if shown := _SHOWN.get(kind, {}).get(mime):
            return shown
        kind = _NEXT.get(kind, FileKind.DOCUMENT)
    return kind


@asynccontextmanager
async def _opened(data: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    yield chunks()
