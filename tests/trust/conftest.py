"""A world for each case, on a database that is ready at once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import Database, upgrade
from tests.databases import database, made_on, postgres
from tests.trust.world import World, world_on

__all__ = ["database", "postgres"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite database, from which others are copied."""
    file = tmp_path_factory.mktemp("trust") / "migrated.sqlite"

    async def migrate() -> None:
        database = Database(_url(file))
        await upgrade(database)
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # the fixture may be requested while a loop is running
        thread.submit(asyncio.run, migrate()).result()
    return file


@pytest.fixture
async def quick(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """Yield a database that is ready at once."""
    file = tmp_path / "quick.sqlite"
    shutil.copy(migrated, file)
    database = Database(_url(file))
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
def on_postgres(postgres: str) -> Iterator[str]:
    """Yield the URL of an empty, migrated database on PostgreSQL, where two transactions can run concurrently."""
    with made_on(postgres) as url:
        yield url


def _url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def world(quick: Database) -> AsyncIterator[World]:
    async with world_on(quick) as made:
        yield made
