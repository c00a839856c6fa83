"""How much of a database is read: counted, since time depends on the machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa

from storage import Database, Store


async def effort(database: Database, look: Callable[[Store], Awaitable[None]]) -> int:
    """Return what a transaction costs: instructions of SQLite's virtual machine, or rows that PostgreSQL reads."""
    return await (_steps if database.engine.dialect.name == "sqlite" else _rows)(database, look)


async def _steps(database: Database, look: Callable[[Store], Awaitable[None]]) -> int:
    """Return how many instructions SQLite's virtual machine runs."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    async with database.begin() as store:
        raw: Any = (await store.jobs._connection.get_raw_connection()).driver_connection
        raw.raw.set_progress_handler(step, 1)
        await look(store)
        raw.raw.set_progress_handler(None, 0)
    return steps


async def _rows(database: Database, look: Callable[[Store], Awaitable[None]]) -> int:
    """Return how many rows PostgreSQL's plans read, including those that a condition leaves out."""
    statements: list[tuple[str, Any]] = []

    def noted(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        statements.append((statement, values))

    engine = database.engine.sync_engine
    async with database.begin() as store:
        sa.event.listen(engine, "before_cursor_execute", noted)
        await look(store)
        sa.event.remove(engine, "before_cursor_execute", noted)
    async with database.engine.connect() as connection:
        plans = [
            (await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)).scalar_one()
            for statement, values in statements
        ]
        await connection.rollback()
    return sum(_read(plan[0]["Plan"]) for plan in plans)


def _read(node: dict[str, Any]) -> int:
    own = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    return int(own) + sum(map(_read, node.get("Plans", ())))
