"""What the repositories share."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


class StorageError(Exception):
    """The database could not do it; nothing of the transaction is kept."""


def first_line(error: SQLAlchemyError) -> str:
    """Give the cause without statement and parameters: those hold what people said."""
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]


_REFUSES = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE, None})
"""What SQLite says of a statement or a value; None: what Python's driver says itself."""


def in_trouble(error: SQLAlchemyError) -> bool:
    """Whether the database itself is in trouble, so that the same will work later; else it does not take these values.

    Both come as OperationalError or InterfaceError: on SQLite a value of no type that it knows, on PostgreSQL one
    that is too long for an index (class 54).
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        # A disk that is full may have ended the transaction: then the savepoint is gone.
        return (code and code & 0xFF) not in _REFUSES or "no such savepoint" in str(error.orig)
    return not str(getattr(error.orig, "sqlstate", "")).startswith("54")


class Repository:
    """Statements on one open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on an open transaction."""
        self._connection = connection

    async def _one(self, statement: sa.Select[Any], **values: Any) -> sa.Row[Any] | None:  # noqa: ANN401 - for bindparam
        row: sa.Row[Any] | None = (await self._connection.execute(statement, values)).first()
        return row

    async def _all(self, statement: sa.Executable, **values: Any) -> list[sa.Row[Any]]:  # noqa: ANN401 - for bindparam
        return list((await self._connection.execute(statement, values)).all())

    async def _insert(self, table: sa.Table, **values: Any) -> int:  # noqa: ANN401 - columns of any type
        """Insert a row and give its id."""
        result = await self._connection.execute(_insert_into(table), values)
        (id,) = result.inserted_primary_key or (0,)
        return int(id)

    async def _insert_new(self, table: sa.Table, **values: Any) -> bool:  # noqa: ANN401 - columns of any type
        """Insert a row unless its key is there already; say whether it was new."""
        return await self._new_row(table, **values) is not None

    async def _new_row(self, table: sa.Table, **values: Any) -> sa.Row[Any] | None:  # noqa: ANN401 - columns of any type
        """Insert a row unless its key is there already; return its primary key, None: it was not new."""
        added = _insert_if_new(table, self._connection.dialect.name)
        row: sa.Row[Any] | None = (await self._connection.execute(added, values)).first()
        return row


# Made once for each table: making a statement and its cache key costs more than running it.


@cache
def _insert_into(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


@cache
def _insert_if_new(table: sa.Table, dialect: str) -> ReturningInsert[Any]:
    """Give an INSERT that knows ON CONFLICT; PostgreSQL's is loaded only where it is used: it is large."""
    begun: sqlite.Insert | postgresql.Insert
    if dialect == "sqlite":
        begun = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql

        begun = postgresql.insert(table)
    return begun.on_conflict_do_nothing().returning(*table.primary_key.columns)
