"""SQLite with one visit to its thread for each statement.

The driver runs SQLite in a thread, and visits it four times for each statement: to make a cursor,
to execute, to fetch, to close. The visits, not SQLite, are what a small transaction spends its time
on. Rows are always fetched whole here, so one visit can do all four.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy needs of a cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        """Belong to a connection; nothing is asked of it before `execute`."""
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
        await self._connection.visit(self._run, lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each set of parameters. Raises sqlite3.Error."""
        await self._connection.visit(self._run, lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> list[Any]:
        """Give the rows."""
        return self._rows

    async def close(self) -> None:
        """Let go of the rows."""
        self._rows = []

    def _run(self, connection: sqlite3.Connection, execute: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = connection.cursor()
        try:
            execute(cursor)
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount = cursor.rowcount
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """A connection that gives such cursors."""

    def cursor(self) -> Cursor:  # type: ignore[override] # the parent's is a coroutine that visits the thread
        """Give a cursor; no visit yet."""
        return Cursor(self)

    async def visit(self, do: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - passed on
        """Run something in SQLite's thread, with the connection and `args`."""
        await self._execute(do, self._conn, *args)  # type: ignore[no-untyped-call] # the driver has no public way in


async def connect(path: str, *, timeout: float) -> Connection:  # noqa: ASYNC109 - SQLite's own: how long a lock is waited for
    """Open a database in autocommit mode: transactions are begun by whoever asks. `timeout` in seconds."""
    connection = Connection(lambda: sqlite3.connect(path, timeout=timeout, isolation_level=None), 64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy's own way does: it must not outlive a failed start
    await connection
    return connection
