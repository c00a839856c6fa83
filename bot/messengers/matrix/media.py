"""Transfer of files to and from the homeserver's media repository, never whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from tempfile import SpooledTemporaryFile

import aiohttp
import structlog

from bot.messengers.base import CHUNK, OpenFile, PermanentError, Reason, SendError, TemporaryError
from bot.messengers.matrix.api import Api, Rejected, Unreachable, path, result
from bot.messengers.matrix.attachments import Address, Secret, decrypt, encrypt
from bot.messengers.matrix.memory import Recent
from bot.messengers.matrix.raw import Raw, size

log = structlog.get_logger()

MEMORY = 1_000_000
"""Bytes of a file that are kept in memory; what is larger goes to a temporary file without a name."""
LARGEST = 100_000_000
"""Bytes of a download at most, where the homeserver does not name a limit."""
_REFRESH = 3600.0
"""Seconds after which the homeserver's limit is queried again."""
_TRANSFER = aiohttp.ClientTimeout(total=600, sock_connect=30, sock_read=30)
BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: its address, size in bytes, and whether it is markup (SVG, HTML), whatever its name."""

    address: Address
    size: int
    markup: bool


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

    async def upload(self, token: str, source: str, mime: str, open_file: OpenFile, *, encrypted: bool) -> Upload:
        """Upload a file; with the same `token` and `source` only once, as long as this process lives.

        Raises Rejected, Unreachable (the message has not been sent then), or SendError.
        """
        attempt = self._attempts.get((token, source))
        if attempt is None:
            attempt = _Attempt(Secret() if encrypted else None)
            self._attempts.note((token, source), attempt)
        if attempt.done is None:
            await self.refresh()
            try:
                async with open_file(source) as chunks:
                    attempt.done = await self._uploaded(attempt, chunks, mime)
            except OSError as error:
                raise TemporaryError(f"no temporary file for an upload: {error.strerror}") from error
        return attempt.done

    async def _uploaded(self, attempt: _Attempt, chunks: AsyncIterable[bytes], mime: str) -> Upload:
        async with _spooled(chunks, attempt.secret, self.limit) as file:
            kind = BINARY if attempt.secret or file.markup else mime
            try:
                address = await self._stored(attempt, file, kind)
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
            digest = file.digest if attempt.secret else b""
            return Upload(replace(address, secret=attempt.secret, digest=digest), file.size, file.markup)

    async def _stored(self, attempt: _Attempt, file: _File, mime: str) -> Address:
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

    async def _send(self, method: str, where: str, file: _File, mime: str) -> Raw:
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
        most = self.limit or LARGEST
        where = ("download", address.server, address.media)
        for known in (path("media", *where, version="v1"), path(*where, below="media")):
            async with self._api.request("GET", known, timeout=_TRANSFER) as answer:
                if answer.status == 404 and await _is_unknown(answer):
                    continue  # older than Matrix 1.11
                if answer.status != 200:
                    await result(answer)
                async for chunk in _limited(answer.content.iter_chunked(CHUNK), most):
                    yield chunk
                return
        raise Rejected(404, "M_UNRECOGNIZED", "the homeserver has no media repository")


class _File:
    """The bytes to upload, ready to be read several times."""

    def __init__(self, file: SpooledTemporaryFile[bytes]) -> None:
        self._file = file
        self.size = 0
        self.markup = False
        self._hash = sha256()

    @property
    def digest(self) -> bytes:
        return self._hash.digest()

    async def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._hash.update(chunk)
        await asyncio.to_thread(self._file.write, chunk)

    async def chunks(self) -> AsyncIterator[bytes]:
        self._file.seek(0)
        while chunk := await asyncio.to_thread(self._file.read, CHUNK):
            yield chunk


@asynccontextmanager
async def _spooled(chunks: AsyncIterable[bytes], secret: Secret | None, most: int | None) -> AsyncIterator[_File]:
    """Read a file to its end, and encrypt it: uploads need the size beforehand, and what others claim may be wrong.

    Raises PermanentError if it is larger than `most` bytes.
    """
    with SpooledTemporaryFile[bytes](max_size=MEMORY) as spool:
        file = _File(spool)
        plain = _inspected(file, chunks if most is None else _limited(chunks, most))
        async for chunk in encrypt(plain, secret) if secret else plain:
            await file.write(chunk)
        yield file


async def _inspected(file: _File, chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Pass the chunks on; look at the first one for markup, which must never be shown as an image (trust: case 57)."""
    first = True
    async for chunk in chunks:
        if first:
            file.markup = chunk[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        first = False
        yield chunk


async def _limited(chunks: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    """Pass at most `most` bytes on, whatever size was claimed (trust: case 59). Raises PermanentError."""
    passed = 0
    async for chunk in chunks:
        passed += len(chunk)
        if passed > most:
            raise PermanentError(f"the file is larger than {most} bytes", Reason.TOO_LARGE)
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
