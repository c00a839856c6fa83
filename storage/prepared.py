"""Statements that are compiled once and run by SQLite's driver itself.

SQLAlchemy needs ten times as long for an execution as SQLite for finding a row by an index. On PostgreSQL, the server
takes longer than both.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from storage.sqlite import Connection

MOST = 500
"""Statements kept at most."""


class Prepared:
    """A statement with a fixed set of parameters."""

    def __init__(self, statement: Any, names: tuple[str, ...], dialect: sa.Dialect) -> None:  # noqa: ANN401 - any that compiles
        """Compile a statement. `names`: the parameters given at each execution; all others are constants."""
        compiled = statement.compile(dialect=dialect, column_keys=names)
        binds, constants = compiled.binds, compiled.params
        self._sql = str(compiled)
        self._parameters = [
            (
                name,
                constants.get(name),
                binds[name].type.dialect_impl(dialect).bind_processor(dialect) if name in binds else None,
            )
            for name in compiled.positiontup
        ]
        columns = statement.exported_columns
        row: Any = namedtuple("Row", columns.keys())  # type: ignore[misc] # mypy knows only literal names
        self._make = row._make
        results = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        self._results = [(number, process) for number, process in enumerate(results) if process]

    async def run(self, connection: Connection, values: dict[str, Any]) -> tuple[list[Any], int]:
        """Run the statement; return its rows and the number of changed ones. Raises DBAPIError."""
        given = [
            process(values.get(name, constant)) if process else values.get(name, constant)
            for name, constant, process in self._parameters
        ]
        try:
            rows, changed = await connection.run(self._sql, given)
        except sqlite3.Error as error:
            kind = getattr(exc, type(error).__name__, exc.DBAPIError)
            raise kind(None, None, error) from error
        return [self._make(self._processed(row)) for row in rows], changed

    def _processed(self, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - columns of any type
        if not self._results:
            return row
        values = list(row)
        for number, process in self._results:
            values[number] = process(values[number])
        return values


@lru_cache(MOST)
def prepared(statement: Any, names: tuple[str, ...], dialect: sa.Dialect) -> Prepared:  # noqa: ANN401 - any that compiles
    """Return a statement prepared for these parameters."""
    return Prepared(statement, names, dialect)
