"""The bytes of a file between two transfers, never whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from tempfile import SpooledTemporaryFile

from bot.media import HEAD
from bot.messengers.base import CHUNK, PermanentError, Reason
from bot.messengers.matrix.attachments import Secret, encrypt

MEMORY = 1_000_000
"""Bytes of a file that are kept in memory; what is larger goes to a temporary file without a name."""


class Spool:
    """The bytes to upload, encrypted if there is a secret, ready to be read several times.

    `size` is in bytes, `head` the beginning of the file in the clear.
    """

    def __init__(self, file: SpooledTemporaryFile[bytes], secret: Secret | None) -> None:
        """Write to `file`."""
        self._file = file
        self._secret = secret
        self._hash = sha256()
        self.size = 0
        self.head = b""

    @property
    def digest(self) -> bytes:
        """The SHA-256 of what is uploaded."""
        return self._hash.digest()

    async def fill(self, chunks: AsyncIterable[bytes]) -> None:
        """Read a file to its end; encrypt it before it gets to the disk."""
        headed = self._headed(chunks)
        async for chunk in encrypt(headed, self._secret) if self._secret else headed:
            self.size += len(chunk)
            self._hash.update(chunk)
            await asyncio.to_thread(self._file.write, chunk)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what is uploaded."""
        self._file.seek(0)
        while chunk := await asyncio.to_thread(self._file.read, CHUNK):
            yield chunk

    def plain(self) -> AsyncIterator[bytes]:
        """Return the file in the clear."""
        return encrypt(self.chunks(), self._secret) if self._secret else self.chunks()  # twice encrypted is decrypted

    async def _headed(self, chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.head += chunk[: HEAD - len(self.head)]
            yield chunk


@asynccontextmanager
async def spooled(chunks: AsyncIterable[bytes], secret: Secret | None, most: int | None) -> AsyncIterator[Spool]:
    """Read a file to its end, and encrypt it: uploads need the size beforehand, and what others claim may be wrong.

    Raises PermanentError if it is larger than `most` bytes.
    """
    with SpooledTemporaryFile[bytes](max_size=MEMORY) as file:
        spool = Spool(file, secret)
        await spool.fill(chunks if most is None else limited(chunks, most))
        yield spool


async def limited(chunks: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    """Pass at most `most` bytes on, whatever size was claimed (trust: case 59). Raises PermanentError."""
    passed = 0
    async for chunk in chunks:
        passed += len(chunk)
        if passed > most:
            raise PermanentError(f"the file is larger than {most} bytes", Reason.TOO_LARGE)
        yield chunk
