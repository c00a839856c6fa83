"""Transfer of files to and from the homeserver's media repository, never whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
import structlog

from bot.media import BINARY, LARGEST, NOTHING, Inspection, Inspector, as_it_is
from bot.messengers.base import CHUNK, OpenFile, PermanentError, Reason, SendError, TemporaryError
from bot.messengers.matrix.api import Api, Rejected, Unreachable, path, result
from bot.messengers.matrix.attachments import Address, Secret, decrypt
from bot.messengers.matrix.memory import Recent
from bot.messengers.matrix.raw import Raw, size
from bot.messengers.matrix.spool import Spool, limited, spooled
from bot.model import File, FileKind

log = structlog.get_logger()

LARGEST_DOWNLOAD = 100_000_000
"""Bytes of a download at most, where the homeserver does not name a limit."""
_REFRESH = 3600.0
"""Seconds after which the homeserver's limit is queried again."""
_TRANSFER = aiohttp.ClientTimeout(total=600, sock_connect=30, sock_read=30)
_LOOKED_AT = frozenset({FileKind.PHOTO, FileKind.ANIMATION, FileKind.STICKER, FileKind.VOICE})
"""Kinds of which clients show something before they have loaded them."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file, with its true type and kind; its size in bytes, what was found out about it, and a preview."""

    file: File
    address: Address
    size: int
    found: Inspection = NOTHING
    preview: Upload | None = None


@dataclass(slots=True)
class _Attempt:
    """An upload under way: where it goes, so that a retry goes there too, and with what it is encrypted."""

    secret: Secret | None
    reserved: Address | None = None
    done: Upload | None = None


class Media:
    """The media repository of our homeserver."""

    def __init__(self, api: Api) -> None:
        """Use the session of `api`."""
        self._api = api
        self._inspector = Inspector()
        self._attempts = Recent[tuple[str, str], _Attempt](1_000)
        self.limit: int | None = None
        """The largest upload in bytes, None if the homeserver names no limit; as of the last `refresh`."""
        self._fresh_until = float("-inf")

    async def refresh(self) -> None:
        """Query the upload limit, unless it is known from within the last hour; without an answer keep the old one."""
        now = asyncio.get_running_loop().time()
        if now < self._fresh_until:
            return
        for where in (path("media", "config", version="v1"), path("config", below="media")):
            try:
                self.limit = size((await self._api.call("GET", where)).get("m.upload.size"))
                self._fresh_until = now + _REFRESH
            except Rejected as error:
                if error.status == 404:  # older than Matrix 1.11
                    continue
                log.warning("the limit of uploads is unknown", error=str(error))
            except Unreachable as error:
                log.warning("the limit of uploads is unknown", error=str(error))
            return

    async def close(self) -> None:
        """End the process that looks at files."""
        await self._inspector.close()

    async def upload(self, token: str, file: File, open_file: OpenFile, *, encrypted: bool) -> Upload:
        """Upload a file and its preview; with the same `token` and source only once, as long as this process lives.

        Raises Rejected, Unreachable (the message has not been sent then), or SendError.
        """
        attempt = self._attempt(token, file.source, encrypted=encrypted)
        if attempt.done is None:
            done = await self._uploaded(attempt, file, open_file)
            preview = await self._preview(token, file, done.found, open_file, encrypted=encrypted)
            attempt.done = replace(done, found=replace(done.found, thumbnail=None), preview=preview)
        return attempt.done

    def _attempt(self, token: str, source: str, *, encrypted: bool) -> _Attempt:
        attempt = self._attempts.get((token, source))
        if attempt is None:
            attempt = _Attempt(Secret() if encrypted else None)
            self._attempts.note((token, source), attempt)
        return attempt

    async def _preview(
        self, token: str, file: File, found: Inspection, open_file: OpenFile, *, encrypted: bool
    ) -> Upload | None:
        """Upload the thumbnail that was made, or the one that came with a file that could not be looked at.

        Return None if there is none that can be used: a file is worth more than its preview.
        """
        made = found.thumbnail
        source = f"{file.source}#thumbnail" if made else file.thumbnail
        if not source or (found.width and not made):
            return None
        attempt = self._attempt(token, source, encrypted=encrypted)
        opened = _opener(made.data) if made else open_file
        picture = File(kind=FileKind.DOCUMENT if made else FileKind.PHOTO, source=source, name="", mime="")
        try:
            done = await self._uploaded(attempt, picture, opened)
        except (SendError, Rejected, Unreachable) as error:
            log.warning("sent without a preview", error=str(error))
            return None
        if made:
            return replace(done, found=Inspection(made.width, made.height))
        return replace(done, found=replace(done.found, thumbnail=None)) if done.found.width else None

    async def _uploaded(self, attempt: _Attempt, file: File, open_file: OpenFile) -> Upload:
        await self.refresh()
        try:
            async with open_file(file.source) as chunks, spooled(chunks, attempt.secret, self.limit) as spool:
                file = as_it_is(file, spool.head)
                address = await self._placed(attempt, spool, BINARY if attempt.secret else file.mime)
                looked_at = file.kind in _LOOKED_AT and spool.size <= LARGEST
                found = await self._inspector.inspect(file.mime, spool.plain()) if looked_at else NOTHING
                return Upload(file, address, spool.size, found)
        except OSError as error:
            raise TemporaryError(f"no temporary file for an upload: {error.strerror}") from error

    async def _placed(self, attempt: _Attempt, spool: Spool, mime: str) -> Address:
        """Upload what was read, and return its address. Raises as `upload`."""
        try:
            address = await self._stored(attempt, spool, mime)
        except Unreachable as error:
            raise Unreachable(str(error), perhaps_done=False) from error
        except Rejected as error:
            if error.status == 413:
                self._fresh_until = float("-inf")
                raise PermanentError("the homeserver accepts no file of this size", Reason.TOO_LARGE) from error
            if error.errcode == "M_FORBIDDEN":
                raise PermanentError(str(error), Reason.NOT_ALLOWED) from error
            if not error.errcode:  # from a proxy in front of the homeserver
                raise Unreachable(str(error), perhaps_done=False) from error
            raise
        return replace(address, secret=attempt.secret, digest=spool.digest if attempt.secret else b"")

    async def _stored(self, attempt: _Attempt, file: Spool, mime: str) -> Address:
        """Upload to a reserved address (MSC2246) where the homeserver has them: a retry uploads nothing twice."""
        attempt.reserved = attempt.reserved or await self._reserve()
        if attempt.reserved:
            where = path("upload", attempt.reserved.server, attempt.reserved.media, below="media")
            try:
                await self._send("PUT", where, file, mime)
            except Rejected as error:
                if error.errcode == "M_CANNOT_OVERWRITE_MEDIA":  # an attempt whose answer was lost
                    return attempt.reserved
                if error.status != 404:
                    raise
                attempt.reserved = None  # expired
            else:
                return attempt.reserved
        answer = await self._send("POST", path("upload", below="media"), file, mime)
        return _address(answer)

    async def _reserve(self) -> Address | None:
        try:
            return _address(await self._api.call("POST", path("create", version="v1", below="media")))
        except Rejected as error:
            if error.logged_out:
                raise
            return None  # older than Matrix 1.7, or too many that were reserved and never used

    async def _send(self, method: str, where: str, file: Spool, mime: str) -> Raw:
        headers = {"Content-Type": mime, "Content-Length": str(file.size)}
        async with self._api.request(method, where, file.chunks(), headers=headers, timeout=_TRANSFER) as answer:
            return await result(answer)

    async def fetch(self, source: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file, decrypted and verified. Raises SendError."""
        try:
            address = Address.parse(source)
            async with aclosing(self._download(address)) as chunks:
                async for chunk in decrypt(chunks, address) if address.secret else chunks:
                    yield chunk
        except Unreachable as error:
            raise TemporaryError(str(error)) from error
        except Rejected as error:
            raise _unavailable(error) from error
        except ValueError as error:
            raise PermanentError(str(error)) from error

    async def _download(self, address: Address) -> AsyncGenerator[bytes, None]:
        await self.refresh()
        most = self.limit or LARGEST_DOWNLOAD
        where = ("download", address.server, address.media)
        for known in (path("media", *where, version="v1"), path(*where, below="media")):
            async with self._api.request("GET", known, timeout=_TRANSFER) as answer:
                if answer.status == 404 and await _is_unknown(answer):
                    continue  # older than Matrix 1.11
                if answer.status != 200:
                    await result(answer)
                async for chunk in limited(answer.content.iter_chunked(CHUNK), most):
                    yield chunk
                return
        raise Rejected(404, "M_UNRECOGNIZED", "the homeserver has no media repository")


def _opener(data: bytes) -> OpenFile:
    @asynccontextmanager
    async def opened(_source: str) -> AsyncIterator[AsyncIterator[bytes]]:
        yield _one(data)

    return opened


async def _one(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk


async def _is_unknown(answer: aiohttp.ClientResponse) -> bool:
    try:
        await result(answer)
    except Rejected as error:
        return error.errcode in ("M_UNRECOGNIZED", "")
    return False


def _unavailable(error: Rejected) -> SendError:
    if error.limited or error.logged_out or not error.errcode:
        return TemporaryError(str(error), error.retry_after)
    return PermanentError(str(error), Reason.TOO_LARGE if error.errcode == "M_TOO_LARGE" else Reason.GONE)


def _address(answer: Raw) -> Address:
    try:
        return Address.parse(str(answer.get("content_uri")))
    except ValueError as error:
        raise Unreachable("the homeserver does not say where it stored a file", perhaps_done=False) from error
