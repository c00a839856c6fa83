"""Files as the Bot API takes them: by id or streamed, alone or in albums."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any, cast

import structlog
from telegram import (
    Bot,
    InputFile,
    InputMedia,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    MessageEntity,
)
from telegram.error import NetworkError

from bot.messengers.base import OpenFile, PermanentError, Reason, SendError
from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.filenames import file_name
from bot.messengers.telegram.attachments import file_id
from bot.messengers.telegram.contacts import send_contact
from bot.messengers.telegram.failures import NotSent, is_in_doubt
from bot.messengers.telegram.parts import Part
from bot.model import File, FileKind, MessengerName

log = structlog.get_logger()

_LARGEST = CAPABILITIES[MessengerName.TELEGRAM].upload_bytes or 0
_LARGEST_THUMBNAIL = 200_000
"""Maximum size of a thumbnail in bytes; Telegram ignores a larger one."""


@dataclass(frozen=True, slots=True)
class MediaMethod:
    """How files of one kind are sent: the bot's method, the class for albums and edits, and what describes them.

    `details` go with an upload, `shown` also with a file that Telegram has already.
    """

    name: str
    media: Callable[..., InputMedia] | None = None
    details: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    captioned: bool = True


_VEILED = ("has_spoiler", "show_caption_above_media")
"""What shows a picture veiled, or below its caption."""
_METHODS = {
    FileKind.PHOTO: MediaMethod("send_photo", InputMediaPhoto, shown=_VEILED),
    FileKind.VIDEO: MediaMethod(
        "send_video", InputMediaVideo, ("width", "height", "duration", "supports_streaming", "thumbnail"), _VEILED
    ),
    FileKind.ANIMATION: MediaMethod(
        "send_animation", InputMediaAnimation, ("width", "height", "duration", "thumbnail"), _VEILED
    ),
    FileKind.AUDIO: MediaMethod("send_audio", InputMediaAudio, ("duration", "title", "performer", "thumbnail")),
    FileKind.VOICE: MediaMethod("send_voice", details=("duration",)),
    FileKind.VIDEO_NOTE: MediaMethod("send_video_note", details=("length", "duration", "thumbnail"), captioned=False),
    FileKind.DOCUMENT: MediaMethod(
        "send_document", InputMediaDocument, ("disable_content_type_detection", "thumbnail")
    ),
    FileKind.STICKER: MediaMethod("send_sticker", details=("emoji",), captioned=False),
    FileKind.CONTACT: MediaMethod("send_contact", captioned=False),
}


class Stream:
    """The bytes of a file, read while the request is written, once for each attempt.

    `finished`: whether they have been read to their end. `error`: why they could not be.
    """

    def __init__(self, source: str, open_file: OpenFile) -> None:
        """Read the bytes of `source`."""
        self._source = source
        self._open_file = open_file
        self._reading: AsyncGenerator[bytes, None] | None = None
        self.finished = False
        self.error: Exception | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Start from the beginning."""
        self._reading = self._read()
        return self._reading

    async def aclose(self) -> None:
        """Close what the request has not read to the end."""
        if self._reading:
            with suppress(RuntimeError):  # a request that broke off is just being cancelled, and closes it
                await self._reading.aclose()

    async def _read(self) -> AsyncGenerator[bytes, None]:
        size = 0
        try:
            async with self._open_file(self._source) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    _check_size(size)
                    yield chunk
            self.finished = True
        except Exception as error:
            self.error = error
            raise


class Uploads:
    """The files of one request."""

    def __init__(self, open_file: OpenFile) -> None:
        """Open files with `open_file`."""
        self._open_file = open_file
        self._streams: list[Stream] = []

    async def file(self, file: File, *, attach: bool = False) -> tuple[InputFile | str, dict[str, Any]]:
        """Return a file as a parameter, and the parameters that describe it.

        A file that Telegram already has is sent by its id. `attach`: the parameter is nested in another one.
        """
        if id := file_id(file.source):
            return id, _told(file, _METHODS[file.kind].shown)
        stream = Stream(file.source, self._open_file)
        self._streams.append(stream)
        content = cast("IO[bytes]", stream)  # the library passes it on, and `Request` streams it
        return InputFile(content, file_name(file), attach=attach, read_file_handle=False), await self._details(file)

    async def media(self, file: File, caption: str = "", entities: Sequence[MessageEntity] = ()) -> InputMedia:
        """Return a file for an album or an edit. Raises PermanentError for a kind that can only be sent alone."""
        create = _METHODS[file.kind].media
        if create is None:
            raise PermanentError(f"Telegram cannot put a {file.kind} here", Reason.NOT_ALLOWED)
        media, details = await self.file(file, attach=True)
        return create(media, caption=caption or None, caption_entities=entities, **details)

    async def aclose(self) -> None:
        """Close all files."""
        for stream in self._streams:
            await stream.aclose()

    @property
    def broke_off(self) -> bool:
        """Whether a file was not read to its end, so that the request was incomplete and had no effect."""
        return not all(stream.finished for stream in self._streams)

    @property
    def error(self) -> Exception | None:
        """Why a file could not be read to its end."""
        return next((stream.error for stream in self._streams if stream.error), None)

    async def _details(self, file: File) -> dict[str, Any]:
        method = _METHODS[file.kind]
        told = _told(file, method.details + method.shown)
        if "thumbnail" in method.details and (preview := await self._thumbnail(file.thumbnail)):
            told["thumbnail"] = preview
        return told

    async def _thumbnail(self, source: str) -> InputFile | None:
        """Return the preview, or None, so that Telegram makes one: files that it already has cannot be used."""
        if not source or file_id(source):
            return None
        data = bytearray()
        try:
            async with self._open_file(source) as chunks:
                async for chunk in chunks:
                    data += chunk
                    if len(data) > _LARGEST_THUMBNAIL:
                        return None
        except SendError as error:
            log.warning("sent without a preview", error=str(error))
            return None
        return InputFile(bytes(data), "thumbnail.jpg", attach=True)


@asynccontextmanager
async def uploading(open_file: OpenFile) -> AsyncIterator[Uploads]:
    """Provide the files for one request. Raises the error of a file that could not be read.

    Raises NotSent if the connection broke before the request was complete.
    """
    uploads = Uploads(open_file)
    try:
        yield uploads
    except NetworkError as error:
        if uploads.error:
            raise uploads.error from None
        if uploads.broke_off and is_in_doubt(error):
            raise NotSent(error.message) from None
        raise
    finally:
        await uploads.aclose()


async def send_files(bot: Bot, part: Part, place: Mapping[str, Any], open_file: OpenFile) -> Sequence[Message]:
    """Send the files of a part with one call; `place` are the parameters that all methods have."""
    text, entities = part.content.text, part.content.entities
    if part.files[0].kind is FileKind.CONTACT:
        return [await send_contact(bot, part.files[0], {**place, "reply_markup": part.content.keyboard}, open_file)]
    async with uploading(open_file) as uploads:
        first, *others = part.files
        if not others:
            method = _METHODS[first.kind]
            media, details = await uploads.file(first)
            details |= _caption(text, entities) if method.captioned else {}
            send = getattr(bot, method.name)
            return [await send(**{first.kind: media}, **details, reply_markup=part.content.keyboard, **place)]
        captions = {part.captioned: (text, entities)}
        album = [await uploads.media(file, *captions.get(place, ())) for place, file in enumerate(part.files)]
        return await bot.send_media_group(media=cast("list[InputMediaPhoto]", album), **place)


async def edit_file(bot: Bot, part: Part, open_file: OpenFile, place: Mapping[str, Any]) -> None:
    """Replace the message at `place` by a file with its caption."""
    async with uploading(open_file) as uploads:
        media = await uploads.media(part.files[0], part.content.text, part.content.entities)
        await bot.edit_message_media(media, reply_markup=part.content.keyboard, **place)


def check_uploads(files: Sequence[File]) -> None:
    """Raise PermanentError if one of the files has to be uploaded and is too large for that."""
    for file in files:
        if not file_id(file.source):
            _check_size(file.size or 0)


def _check_size(size: int) -> None:
    if size > _LARGEST:
        raise PermanentError(f"Telegram takes files of up to {_LARGEST // 1_000_000} MB", Reason.TOO_LARGE)


def _told(file: File, names: Sequence[str]) -> dict[str, Any]:
    """Return what these parameters tell of a file, without those of which nothing is known."""
    details: dict[str, object] = {
        "width": file.width,
        "height": file.height,
        "length": file.width,
        "duration": None if file.duration is None else round(file.duration),
        "supports_streaming": True,
        "disable_content_type_detection": True,
        "has_spoiler": file.spoiler or None,
        "show_caption_above_media": file.caption_above or None,
        "title": file.title or None,
        "performer": file.performer or None,
        "emoji": file.emoji or None,
    }
    return {name: details[name] for name in names if details.get(name) is not None}


def _caption(text: str, entities: Sequence[MessageEntity]) -> dict[str, Any]:
    return {"caption": text, "caption_entities": entities} if text else {}
