"""`intercity run`, `check`, `demo` and `db`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.cli.shell import Mistake, command, database_of
from bot.messengers.base import Messenger, MessengerError
from bot.model import MessengerName
from bot.settings import Settings, SettingsError, load_settings, warnings
from bot.text import languages, lookalikes
from bot.text.catalogue import LocaleContext
from bot.text.places import Places, cache_folder
from bot.voice import words
from storage import AgreementFault, Database, StorageError, TakenError, upgrade

database = typer.Typer(help="Manage the database.")

_MOST_FAULTS = 50
"""Damaged histories that are named."""

SHELL = LocaleContext("en_GB")
"""The locale of the shell's output (ADR 8)."""


def run() -> None:
    """Run the bot with the settings from the environment and .env."""
    from bot.app import only_one
    from bot.logs import setup_logging

    settings = load_settings()
    settings.require_messenger()
    setup_logging(settings)
    settings.make_data_dir()
    with _troubles(), only_one(settings.data_dir):
        asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    from bot.app import App, messengers_of
    from bot.fetching.reader import guarded_reader

    lookalikes.prepare()
    languages.prepare()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = App(
        database_of(settings),
        messengers_of(settings),
        settings.coordinators,
        secret=settings.load_secret_key(),
        places=Places(cache_folder(settings.data_dir)),
        feeds=guarded_reader(settings.feed_allow),
        web=settings.web_listen,
        web_address=settings.web_address,
    )
    gc.collect()
    gc.freeze()  # spare the collector from rescanning long-lived objects, such as the modules of the messengers
    await app.run(stop)


@contextlib.contextmanager
def _troubles() -> Iterator[None]:
    """Convert errors that the operator can fix to Mistake."""
    try:
        yield
    except* BlockingIOError as errors:
        raise Mistake("another Intercity is running on this data directory: stop it first") from errors
    except* TakenError as errors:
        raise Mistake(str(_first(errors))) from errors
    except* StorageError as errors:
        raise Mistake(f"the database cannot be used ({_first(errors)}): check INTERCITY_DATABASE_URL") from errors
    except* (MessengerError, SettingsError) as errors:
        raise Mistake(str(_first(errors))) from errors


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@command
async def check(live: Annotated[bool, typer.Option(help="Also log in to the messengers.")] = False) -> None:
    """Check the settings and the database, and with --live the messengers too."""
    settings = load_settings()
    settings.require_messenger()
    for key, value in settings.masked().items():
        print(f"{key}={value}")
    for warning in warnings():
        print(f"warning: {warning}")
    for key in settings.without_effect():
        print(f"warning: {key} has no effect yet")
    if settings.is_readable_on_the_way:
        print(
            "warning: calendars are not encrypted on their way: set INTERCITY_WEB_URL to the https address of a proxy"
        )
    if settings.web_address:
        print(f"calendars: {settings.web_address}/calendar/…")
    print("settings: good")
    with _troubles():
        there = database_of(settings)
        try:
            await upgrade(there)
            print("database: good")
            await _check_histories(there)
        finally:
            await there.close()
        if live:
            await _check_live(settings)


async def _check_histories(database: Database) -> None:
    """Verify what cities have agreed on. Raises Mistake, after a line for each fault."""
    faults: list[AgreementFault] = []
    last: int | None = 0
    while last is not None:
        async with database.begin() as store:
            more, last = await store.agreement_check.slice(last)
        faults += more
    for fault in faults[:_MOST_FAULTS]:
        entry = "" if fault.position is None else f", entry {fault.position}"
        print(f"{fault.dialogue}: {fault.kind} {fault.number}{entry}: {fault.what}")
    if faults:
        raise Mistake(
            f"damaged histories of what was agreed on: {len(faults)}; compare the check numbers with those in the"
            " chats, and restore a backup"
        )
    print("histories: good")


async def _check_live(settings: Settings) -> None:
    from bot.app import messengers_of, only_one

    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(only_one(settings.data_dir))
            running = False
        except BlockingIOError:
            running = True
        for messenger in messengers_of(settings):
            if running and messenger.name is MessengerName.MATRIX:
                # Two processes would corrupt the shared encryption keys.
                print("matrix: not checked because the bot is running: see its log")
            else:
                await _ask(messenger)


async def _ask(messenger: Messenger) -> None:
    try:
        await messenger.start()
        print(f"{messenger.name}: logged in as {messenger.account.id}")
        for finding in await messenger.check_health():
            print(f"{messenger.name}: {'good' if finding.ok else 'to fix'}: {words(finding.text, SHELL)}")
    finally:
        await messenger.close()


def demo(
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)] = 8420,
    script: Annotated[bool, typer.Option("--script", help="Play a short dialogue in the terminal and exit.")] = False,
) -> None:
    """Try everything locally, without accounts: both messengers on one page."""
    try:
        from bot.sandbox.demo import demo as play
    except ImportError as error:
        raise Mistake(f"the demo needs more packages than the bot ({error.name}): install intercity[demo]") from error
    sys.exit(asyncio.run(play(port, script)))


@database.command("upgrade")
@command
async def upgrade_database() -> None:
    """Migrate the database to this version's schema."""
    with _troubles():
        there = database_of(load_settings())
        try:
            changed = await upgrade(there)
        finally:
            await there.close()
    print("the database was brought up to date" if changed else "the database is up to date")
