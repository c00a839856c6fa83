"""A world for each case."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import Database
from tests.databases import database, made_on, postgres, sqlite_in
from tests.trust.world import World, world_on

__all__ = ["database", "postgres"]


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[Database]:
    """Yield a database on SQLite only."""
    database = Database(sqlite_in(tmp_path))
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
def on_postgres(postgres: str) -> Iterator[str]:
    """Yield the URL of an empty, migrated database on PostgreSQL, where two transactions can run concurrently."""
    with made_on(postgres) as url:
        yield url


@pytest.fixture
async def world(quick: Database) -> AsyncIterator[World]:
    async with world_on(quick) as made:
        yield made
