"""The base class of the repositories and its helpers."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from storage.columns import keys_to
from storage.prepared import prepared
from storage.sqlite import Connection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


class StorageError(Exception):
    """A database operation failed; the transaction has been rolled back."""


def first_line(error: SQLAlchemyError) -> str:
    """Return the cause without statement and parameters, which may contain what people wrote."""
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]


_REFUSES = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE, None})
"""Codes by which SQLite rejects a statement or a value; None: an error of Python's driver itself."""


def in_trouble(error: SQLAlchemyError) -> bool:
    """Whether the database itself failed, so that a retry may succeed, as opposed to rejecting these values.

    Both arrive as OperationalError or InterfaceError: SQLite raises them for a value of an unsupported type,
    PostgreSQL for one that is too long for an index (class 54).
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        # A full disk may have ended the transaction, and the savepoint with it.
        return (code and code & 0xFF) not in _REFUSES or "no such savepoint" in str(error.orig)
    return not str(getattr(error.orig, "sqlstate", "")).startswith("54")


class Repository:
    """A group of statements on one open transaction.

    A statement that is executed with values must be a constant of its module: it is compiled once (`storage.prepared`).
    """

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on an open transaction."""
        self._connection = connection

    async def _one(self, statement: sa.Executable, **values: Any) -> sa.Row[Any] | None:  # noqa: ANN401 - for bindparam
        rows = await self._all(statement, **values)
        return rows[0] if rows else None

    async def _all(self, statement: sa.Executable, **values: Any) -> list[sa.Row[Any]]:  # noqa: ANN401 - for bindparam
        rows, _changed = await self._execute(statement, values)
        return rows

    async def _update(self, statement: sa.Update | sa.Delete, **values: Any) -> int:  # noqa: ANN401 - for bindparam
        """Return the number of changed or deleted rows."""
        _rows, changed = await self._execute(statement, values)
        return changed

    async def _insert(self, table: sa.Table, **values: Any) -> int:  # noqa: ANN401 - columns of any type
        """Insert a row and return its id, or the first column of its primary key."""
        row = await self._one(_insert_into(table), **values)
        return int(row[0]) if row else 0

    async def _insert_new(self, table: sa.Table, **values: Any) -> bool:  # noqa: ANN401 - columns of any type
        """Insert a row unless its key exists already; return whether it was new."""
        return await self._new_row(table, **values) is not None

    async def _new_row(self, table: sa.Table, **values: Any) -> sa.Row[Any] | None:  # noqa: ANN401 - columns of any type
        """Insert a row unless its key exists already; return its primary key, or None if it was not new."""
        return await self._one(_insert_if_new(table, self._connection.dialect.name), **values)

    async def _delete(self, table: sa.Table, where: sa.ColumnElement[bool]) -> None:
        """Delete rows, after those of other tables that refer to them; references within the table are cleared."""
        for key in keys_to(table):
            referring = key.in_(sa.select(table.c.id).where(where))
            if key.table is table:
                await self._connection.execute(sa.update(table).where(referring).values({key: None}))
            else:
                await self._delete(key.table, referring)
        await self._connection.execute(sa.delete(table).where(where))

    async def _execute(self, statement: sa.Executable, values: dict[str, Any]) -> tuple[list[sa.Row[Any]], int]:
        """Return the rows and the number of changed ones."""
        driver = self._connection.sync_connection and self._connection.sync_connection.connection.driver_connection
        if values and isinstance(driver, Connection):
            return await prepared(statement, tuple(values), self._connection.dialect).run(driver, values)
        result = await self._connection.execute(statement, values)
        return list(result.all()) if result.returns_rows else [], result.rowcount


# Built once per table: building a statement and its cache key costs more than running it.


@cache
def _insert_into(table: sa.Table) -> ReturningInsert[Any]:
    return sa.insert(table).returning(*table.primary_key.columns)


@cache
def _insert_if_new(table: sa.Table, dialect: str) -> ReturningInsert[Any]:
    """Return an INSERT … ON CONFLICT DO NOTHING; the large PostgreSQL dialect is imported only when used."""
    begun: sqlite.Insert | postgresql.Insert
    if dialect == "sqlite":
        begun = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql

        begun = postgresql.insert(table)
    return begun.on_conflict_do_nothing().returning(*table.primary_key.columns)
