"""A world for each case."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from storage import Database
from tests.databases import made_on
from tests.trust.world import World, world_on


@pytest.fixture
def on_postgres(postgres: str) -> Iterator[str]:
    """Yield the URL of an empty, migrated database on PostgreSQL, where two transactions can run concurrently."""
    with made_on(postgres) as url:
        yield url


@pytest.fixture
async def world(sqlite: Database) -> AsyncIterator[World]:
    async with world_on(sqlite) as made:
        yield made
