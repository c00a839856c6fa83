"""An SQLite driver on top of aiosqlite that runs quick statements in the event loop's own thread.

aiosqlite runs SQLite in a worker thread and switches to it four times per statement: to create a cursor,
execute, fetch and close. On an otherwise idle machine each switch costs two wake-ups, about 0.2 ms, ten
times as long as an indexed statement takes. So statements run in place, and only what may block goes to
the worker: COMMIT (the disk), whatever touches many rows (DELETE, migrations), and BEGIN IMMEDIATE while
another process holds the lock. After BEGIN IMMEDIATE no statement waits for a lock. A transaction of many
statements yields to the event loop from time to time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Self

import aiosqlite

TURN = 0.01
"""Seconds after which a transaction yields to the event loop."""
BEGIN = "BEGIN IMMEDIATE"
QUICK = ("SELECT", "INSERT", "UPDATE", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
"""Statements that touch only a few rows, found by index."""


class Cursor:
    """The part of a cursor that SQLAlchemy needs; all rows are fetched at once."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        """Create a cursor of a connection."""
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Return the cursor itself."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement and fetch its rows. Raises sqlite3.Error."""
        await self._do(statement, lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each set of parameters. Raises sqlite3.Error."""
        await self._do("", lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> list[Any]:
        """Return the rows."""
        return self._rows

    async def close(self) -> None:
        """Release the rows."""
        self._rows = []

    async def _do(self, statement: str, execute: Callable[[sqlite3.Cursor], object]) -> None:
        if statement.lstrip().startswith(QUICK):
            self._run(self._connection.raw, execute)
            await self._connection.give_way()
        elif statement != BEGIN or not self._has_begun():
            await self._connection.visit(self._run, execute)

    def _has_begun(self) -> bool:
        """Begin a transaction if no other process holds the lock; return whether it has begun."""
        connection = self._connection.raw
        wait = connection.execute("PRAGMA busy_timeout").fetchone()[0]
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            connection.execute(BEGIN)
        except sqlite3.OperationalError:
            return False
        else:
            return True
        finally:
            connection.execute(f"PRAGMA busy_timeout = {wait}")

    def _run(self, connection: sqlite3.Connection, execute: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = connection.cursor()
        try:
            execute(cursor)
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that creates such cursors."""

    _since = 0.0
    """When the event loop is known to have last run something else (`perf_counter`)."""

    def cursor(self) -> Cursor:  # type: ignore[override] # the parent's is a coroutine that switches threads
        """Create a cursor, without switching threads."""
        return Cursor(self)

    @property
    def raw(self) -> sqlite3.Connection:
        """The underlying connection; never use it while `visit` is running."""
        return self._conn

    async def visit(self, do: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - passed on
        """Run a function in the worker thread, with the underlying connection and `args`."""
        await self._execute(do, self._conn, *args)  # type: ignore[no-untyped-call] # the driver has no public way in
        self._since = perf_counter()

    async def run(self, statement: str, parameters: Sequence[Any]) -> tuple[list[Any], int]:
        """Run a quick statement; return its rows and the number of changed ones. Raises sqlite3.Error."""
        cursor = self._conn.execute(statement, parameters)
        rows, changed = cursor.fetchall(), cursor.rowcount
        await self.give_way()
        return rows, changed

    async def give_way(self) -> None:
        """Yield to the event loop if this transaction has occupied it for TURN."""
        if perf_counter() - self._since > TURN:
            await asyncio.sleep(0)
            self._since = perf_counter()


async def connect(path: str, *, timeout: float) -> Connection:  # noqa: ASYNC109 - SQLite's own: how long a lock is waited for
    """Open a database in autocommit mode: the caller begins transactions. `timeout` in seconds."""
    _close_to_others(path)
    connection = Connection(
        lambda: sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False), 64
    )
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: the thread must not outlive a failed start
    await connection
    return connection


def _close_to_others(path: str) -> None:
    """Make a database readable by its owner only, creating it if need be. Raises sqlite3.OperationalError.

    SQLite creates its other files with the permissions of the database.
    """
    if path == ":memory:":
        return
    with contextlib.suppress(OSError):  # SQLite's own error is clearer
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and file.stat().st_mode & 0o077:
            try:
                file.chmod(0o600)
            except OSError as error:
                raise sqlite3.OperationalError(f"others may read {file}; run chmod 600 on it") from error
