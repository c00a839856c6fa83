"""Helpers shared by the shell commands: opening the database, reporting errors, printing tables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import Annotated, Any, ParamSpec

import typer

from bot.settings import Settings, load_settings
from storage import City, Database, Dialogue, StorageError, Store, upgrade

P = ParamSpec("P")

Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


class Mistake(Exception):
    """A user error; the message is one line that says what to do."""


def command(run: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Turn a coroutine into a shell command."""

    @wraps(run)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(run(*args, **kwargs))

    return call


@asynccontextmanager
async def opened() -> AsyncIterator[Store]:
    """Open a transaction on the configured database, created or migrated if needed. Raises Mistake."""
    async with opened_database() as database, database.begin() as store:
        yield store


@asynccontextmanager
async def opened_database() -> AsyncIterator[Database]:
    """Open the configured database, created or migrated if needed. Raises Mistake."""
    database = database_of(load_settings())
    try:
        await upgrade(database)
        yield database
    except StorageError as error:
        raise Mistake(f"the database cannot be used ({error}): check INTERCITY_DATABASE_URL") from error
    finally:
        await database.close()


def database_of(settings: Settings) -> Database:
    """Return the configured database, creating its folder if needed."""
    settings.make_data_dir()
    return Database(settings.database_url)


async def find_city(store: Store, name: str) -> City:
    """Return the city with this name. Raises Mistake."""
    if city := await store.cities.named(name):
        return city
    raise Mistake(f"there is no city {name!r}: add it with `intercity city add`{_known(await store.cities.all())}")


async def find_dialogue(store: Store, name: str) -> Dialogue:
    """Return the dialogue with this name. Raises Mistake."""
    if dialogue := await store.dialogues.named(name):
        return dialogue
    known = _known(await store.dialogues.all())
    raise Mistake(f"there is no dialogue {name!r}: add it with `intercity dialogue add`{known}")


def _known(there: Sequence[City] | Sequence[Dialogue]) -> str:
    return f" (known: {', '.join(each.name for each in there)})" if there else ""


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Print rows as text or JSON."""
    if as_json:
        print(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        print("  ".join(str(value) for value in row.values() if value not in {None, ""}))


def report(what: str, count: int, *, as_json: bool) -> None:
    """Print what was done to how many."""
    if as_json:
        show([{"result": what, "count": count}], as_json=True)
    else:
        print(f"{what}: {count}")
