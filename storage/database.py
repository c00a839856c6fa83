"""The database engine: opens transactions and notifies listeners of what they queued or scheduled.

SQLite: WAL, synchronous FULL, one connection, so that a commit is on disk before listeners are
notified and writers queue instead of colliding. PostgreSQL: the same statements through psycopg.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.base import StorageError, first_line
from storage.locks import exclusive
from storage.sqlite import BEGIN, connect
from storage.store import Store

WAIT_FOR_LOCK = 30
"""Seconds that a transaction waits for one of another process."""


class Database:
    """A database and its listeners.

    Awaited before a commit: `before_queued`, with a transaction that has new deliveries and a future, which tells
    whether they have been committed. Called after a commit: `on_queued` with the lanes that have new deliveries,
    `on_scheduled` with the earliest time at which a new job is due.
    """

    def __init__(self, url: str, on_queued: Callable[[frozenset[str]], None] = lambda _lanes: None) -> None:
        """Create the engine for `sqlite+aiosqlite:///path`, `sqlite+aiosqlite://` or `postgresql+psycopg://…`."""
        self.on_queued = on_queued
        self.before_queued: Callable[[Store, asyncio.Future[bool]], Awaitable[None]] | None = None
        self.on_scheduled: Callable[[datetime], None] = lambda _due: None
        self.engine = _engine(url)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Store]:
        """Open a transaction that is committed at the end of the block or rolled back. Raises StorageError."""
        committed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        try:
            async with self.engine.begin() as connection:
                store = Store(connection)
                yield store
                if store.queued and self.before_queued:
                    await self.before_queued(store, committed)
            committed.set_result(True)
        except SQLAlchemyError as error:
            raise StorageError(first_line(error)) from error
        finally:
            if not committed.done():
                committed.set_result(False)
        if store.queued:
            self.on_queued(frozenset(store.queued))
        if store.scheduled:
            self.on_scheduled(min(store.scheduled))

    @property
    def has_one_writer(self) -> bool:
        """Whether transactions exclude each other."""
        return self.engine.dialect.name == "sqlite"

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold a name for one running bot; see `storage.locks.exclusive`."""
        return exclusive(self.engine, name)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _engine(url: str) -> AsyncEngine:
    path = sa.make_url(url).database or ":memory:"
    if url.startswith("sqlite"):
        engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=1,
            max_overflow=0,
            pool_timeout=WAIT_FOR_LOCK * 2,
            poolclass=sa.AsyncAdaptedQueuePool,
            pool_reset_on_return=None,  # every transaction is ended explicitly: a ROLLBACK more only costs
            async_creator=lambda: connect(path, timeout=WAIT_FOR_LOCK),
        )
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_immediate)
    else:
        engine = create_async_engine(url, hide_parameters=True, pool_size=8, max_overflow=0, pool_pre_ping=True)
    sa.event.listen(engine.sync_engine, "handle_error", _without_values)
    return engine


def _without_values(context: sa.ExceptionContext) -> None:
    """Strip what people wrote from an error: PostgreSQL shows the rejected row below the first line."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql(BEGIN)
