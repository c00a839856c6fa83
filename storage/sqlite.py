"""SQLite where a statement takes as long as it takes, not as long as a visit to a thread.

The driver runs SQLite in a thread and visits it four times for each statement: to make a cursor, to
execute, to fetch, to close. On a machine that is otherwise idle each visit costs two wake-ups, about
0.2 ms, ten times what an indexed statement takes. So statements run where they are asked for; what
may wait goes to the thread: BEGIN IMMEDIATE (for another process's lock), COMMIT (for the disk), and
whatever touches many rows (DELETE, migrations). Inside a transaction that was begun so, no statement
waits for a lock. A transaction of many statements gives way to others now and then.
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
"""Seconds after which a transaction lets the loop see to others."""
QUICK = ("SELECT", "INSERT", "UPDATE", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
"""Statements that touch few rows, found by index."""


class Cursor:
    """What SQLAlchemy needs of a cursor; rows are always fetched whole."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        """Belong to a connection."""
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement and fetch what it gives. Raises sqlite3.Error."""
        await self._do(statement, lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each set of parameters. Raises sqlite3.Error."""
        await self._do("", lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> list[Any]:
        """Give the rows."""
        return self._rows

    async def close(self) -> None:
        """Let go of the rows."""
        self._rows = []

    async def _do(self, statement: str, execute: Callable[[sqlite3.Cursor], object]) -> None:
        if statement.lstrip().startswith(QUICK):
            self._run(self._connection.raw, execute)
            await self._connection.give_way()
        else:
            await self._connection.visit(self._run, execute)

    def _run(self, connection: sqlite3.Connection, execute: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = connection.cursor()
        try:
            execute(cursor)
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """A connection that gives such cursors."""

    _since = 0.0
    """When the loop last ran something else (`perf_counter`), as far as we know."""

    def cursor(self) -> Cursor:  # type: ignore[override] # the parent's is a coroutine that visits the thread
        """Give a cursor; no visit yet."""
        return Cursor(self)

    @property
    def raw(self) -> sqlite3.Connection:
        """Give SQLite's own connection; never use it while a visit is under way."""
        return self._conn

    async def visit(self, do: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - passed on
        """Run something in SQLite's thread, with the connection and `args`."""
        await self._execute(do, self._conn, *args)  # type: ignore[no-untyped-call] # the driver has no public way in
        self._since = perf_counter()

    async def give_way(self) -> None:
        """Let the loop run what is due if this transaction has held it for TURN."""
        if perf_counter() - self._since > TURN:
            await asyncio.sleep(0)
            self._since = perf_counter()


async def connect(path: str, *, timeout: float) -> Connection:  # noqa: ASYNC109 - SQLite's own: how long a lock is waited for
    """Open a database in autocommit mode: transactions are begun by whoever asks. `timeout` in seconds."""
    _close_to_others(path)
    connection = Connection(
        lambda: sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False), 64
    )
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy's own way does: it must not outlive a failed start
    await connection
    return connection


def _close_to_others(path: str) -> None:
    """Let only us read a database, made now if need be. Raises sqlite3.OperationalError.

    SQLite gives new files beside it the rights that it has itself.
    """
    if path == ":memory:":
        return
    with contextlib.suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and file.stat().st_mode & 0o077:
            try:
                file.chmod(0o600)
            except OSError as error:
                raise sqlite3.OperationalError(f"others may read {file}; run chmod 600 on it") from error
