"""The bytes of a post's files while it is delivered: from the database, or streamed from another messenger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager

from bot.messengers.base import Messenger, PermanentError, Reason, SendError, TemporaryError, UnknownOutcome
from bot.model import MessengerName
from storage import STORED, Database, Delivery

AT_ONCE = 8
"""Deliveries of people's files that are under way at the same time. Each takes temporary disk space for one file."""


class Sources:
    """What the source of a file names. `open` is an `OpenFile`."""

    def __init__(self, database: Database, messengers: Mapping[MessengerName, Messenger]) -> None:
        """Read from `database`, or fetch through one of the `messengers` that this process is logged in to."""
        self._database = database
        self._messengers = messengers
        self._transfers = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def transfer(self, delivery: Delivery) -> AsyncGenerator[None, None]:
        """Wait until the files of a delivery may be transferred, if another messenger has them."""
        posts = [each.post for each in (delivery, *delivery.followers) if each.post]
        if any(not file.source.startswith(STORED) for post in posts for file in post.files):
            async with self._transfers:
                yield
        else:
            yield

    @asynccontextmanager
    async def open(self, source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        """Open a source, see `OpenFile`. What another messenger says concerns the file, never the chat written to."""
        async with aclosing(
            _marked(self._stored(source) if source.startswith(STORED) else self._fetched(source))
        ) as chunks:
            yield chunks

    async def _stored(self, source: str) -> AsyncGenerator[bytes, None]:
        """Yield chunk by chunk, each in a transaction of its own: nobody waits for the network with one open."""
        number = 0
        while True:
            async with self._database.begin() as store:
                chunk = await store.files.chunk(source, number)
                if not chunk and not await store.files.exists(source):
                    raise PermanentError("the file is not stored any more", Reason.GONE)
            if not chunk:
                return
            yield chunk
            number += 1

    async def _fetched(self, source: str) -> AsyncGenerator[bytes, None]:
        messenger = next((each for each in self._messengers.values() if source.startswith(f"{each.name}:")), None)
        if messenger is None:
            raise TemporaryError("the messenger that has the file is not available")
        try:
            async with aclosing(messenger.fetch(source)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except PermanentError as error:
            raise PermanentError(str(error), error.reason) from error
        except UnknownOutcome as error:
            raise TemporaryError(str(error)) from error


async def _marked(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Pass the chunks on; whatever keeps them from being read is marked as the fault of the file."""
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                yield chunk
    except SendError as error:
        error.of_file = True
        raise


def unavailable(error: SendError) -> PermanentError:
    """Return the error of a file that could not be fetched for too long."""
    failed = PermanentError(f"the file could not be fetched: {error}", Reason.GONE)
    failed.of_file = True
    return failed
