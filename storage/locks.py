"""Locks that allow one running bot per messenger and database: two would send everything twice."""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.base import StorageError, first_line

log = structlog.get_logger()

WAIT_LIMIT, PULSE = 10.0, 5.0
"""Seconds to wait for a lock at most, and seconds between checks that it is still held."""
_CLASS = zlib.crc32(b"intercity") >> 1
"""The first half of our PostgreSQL advisory lock keys, which are scoped to the database."""


class TakenError(StorageError):
    """Another running bot serves the same messenger on this database."""

    def __init__(self, name: str) -> None:
        """Build the message for a messenger's name."""
        super().__init__(f"another Intercity is serving {name} from this database: stop it first")


@asynccontextmanager
async def exclusive(engine: AsyncEngine, name: str) -> AsyncIterator[None]:
    """Hold a name on a database for the duration of the block. Raises StorageError; TakenError if it is taken.

    PostgreSQL: the lock ends with its session, so after a crash it is released once the server notices; it is waited
    for up to WAIT_LIMIT seconds. A broken session is replaced; if another bot has taken the name by then, the block is
    cancelled and TakenError raised.
    """
    if engine.dialect.name == "sqlite":
        path = engine.url.database
        file = _locked(f"{path}.{name}.lock", name) if path and path != ":memory:" else None
        try:
            yield
        finally:
            if file is not None:
                os.close(file)
        return
    session = _Session(engine, name)
    try:
        await session.begin()
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(session.keep(), name=f"{name} lock")
            yield
            keeping.cancel()
    finally:
        await session.close()


def _locked(path: str, name: str) -> int:
    """Lock a file next to the database and return its descriptor. Raises TakenError."""
    import fcntl

    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise TakenError(name) from None
    return file


class _Session:
    """A dedicated connection that holds the lock: a pooled one would keep it after its return."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self._engine = create_async_engine(
            engine.url, hide_parameters=True, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
        )
        self._name = name
        self._connection: AsyncConnection | None = None

    async def begin(self) -> None:
        """Acquire the lock. Raises StorageError."""
        until = monotonic() + WAIT_LIMIT
        while True:
            try:
                if await self._take():
                    return
            except SQLAlchemyError as error:
                raise StorageError(first_line(error)) from error
            if monotonic() > until:
                raise TakenError(self._name)
            await asyncio.sleep(0.1)

    async def keep(self) -> None:
        """Check forever that the lock is still held, reacquiring it if not. Raises TakenError."""
        while True:
            await asyncio.sleep(PULSE)
            try:
                if self._connection is None:
                    await self.begin()
                    log.info("the lock on the database is held again", name=self._name)
                else:
                    await self._connection.execute(sa.select(1))
            except TakenError:
                raise
            except (SQLAlchemyError, StorageError):
                log.warning("the lock on the database is lost", name=self._name)
                await self._drop()

    async def close(self) -> None:
        """Release the lock."""
        await self._drop()
        await self._engine.dispose()

    async def _take(self) -> bool:
        connection = await self._engine.connect()
        taken = sa.select(sa.func.pg_try_advisory_lock(_CLASS, zlib.crc32(self._name.encode()) >> 1))
        if (await connection.execute(taken)).scalar_one():
            self._connection = connection
            return True
        await connection.close()
        return False

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                await connection.close()
