"""User errors: one line on stderr that says what to do, exit code 2, no traceback, no secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from tests.system.harness import SystemWorld, open_world
from tests.system.shell import Outcome, intercity

TOKEN = "123456:AAH-this-one-nobody-may-see"
PASSWORD = "this-one-neither"
GOOD = {"TELEGRAM_TOKEN": TOKEN}
MATRIX = {"MATRIX_HOMESERVER": "http://127.0.0.1:9", "MATRIX_USER": "@bot:localhost", "MATRIX_PASSWORD": PASSWORD}


def check_refusal(outcome: Outcome, says: str) -> None:
    code, output, errors = outcome
    assert code == 2, (output, errors)
    assert output == ""
    assert errors.count("\n") == 1, errors
    assert errors.startswith("intercity: ")
    assert says in errors
    assert TOKEN not in errors
    assert TOKEN.partition(":")[2] not in errors
    assert PASSWORD not in errors


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        ("run", {}, "INTERCITY_TELEGRAM_TOKEN"),
        ("check", {}, "INTERCITY_TELEGRAM_TOKEN"),
        (
            "run",
            {"TELEGRAM_TOKEN": "no-token-at-all"},
            "INTERCITY_TELEGRAM_TOKEN: write the token as BotFather gave it",
        ),
        ("run", {**GOOD, "TELEGRAM_TOKN": TOKEN}, "is it INTERCITY_TELEGRAM_TOKEN?"),
        ("run", {**GOOD, "TELEGRAM_API_URL": "ftp://x"}, "INTERCITY_TELEGRAM_API_URL: write a whole address"),
        ("run", {**GOOD, "DATABASE_URL": f"mysql://me:{PASSWORD}@db/x"}, "INTERCITY_DATABASE_URL: write postgresql://"),
        ("run", {**GOOD, "SECRET_KEY": "short"}, "INTERCITY_SECRET_KEY"),
        ("run", {**MATRIX, "MATRIX_USER": "bot"}, "INTERCITY_MATRIX_USER: write the whole Matrix id"),
        ("run", {**MATRIX, "MATRIX_PASSWORD": ""}, "INTERCITY_MATRIX_PASSWORD: missing"),
        ("run", {**GOOD, "DATA_DIR": "/dev/null/data"}, "INTERCITY_DATA_DIR"),
        (
            "run",
            {**GOOD, "DATABASE_URL": f"postgresql://me:{PASSWORD}@127.0.0.1:9/x"},
            "INTERCITY_DATABASE_URL",
        ),
        ("fly", GOOD, "fly"),
        ("city", GOOD, "intercity city --help"),
        ("city add Köln", GOOD, "--locale"),
        ("dialogue add D Köln Leeds", GOOD, "intercity city add"),
        ("outbox retry 7", GOOD, "intercity outbox list"),
        ("run --fast", GOOD, "--fast"),
    ],
)
async def test_mistakes_are_told_in_one_line(
    tmp_path: Path, arguments: str, settings: dict[str, str], says: str
) -> None:
    check_refusal(await intercity(tmp_path, settings, *arguments.split()), says)


async def test_a_token_that_telegram_does_not_know(synapse: Synapse, tmp_path: Path) -> None:
    async with open_world(synapse, tmp_path) as world:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": world.telegram.url}
        check_refusal(await intercity(tmp_path, settings, "run"), "token")


async def test_a_password_that_the_homeserver_does_not_know(synapse: Synapse, tmp_path: Path) -> None:
    settings = {**MATRIX, "MATRIX_HOMESERVER": synapse.url}
    check_refusal(await intercity(tmp_path, settings, "run"), "INTERCITY_MATRIX_PASSWORD")


@pytest.fixture
async def stopped(synapse: Synapse, tmp_path: Path) -> AsyncIterator[SystemWorld]:
    """A bot that has run once."""
    async with open_world(synapse, tmp_path) as world:
        await world.start()
        assert await world.bot.stop() == 0
        yield world


async def test_another_secret_key_than_the_data_was_sealed_with(stopped: SystemWorld) -> None:
    key = stopped.folder / "data" / "secret.key"
    key.write_text("another key that is long enough to be one\n")
    check_refusal(await intercity(stopped.folder, stopped.settings, "run"), "INTERCITY_SECRET_KEY")


async def test_a_secret_key_that_others_may_read(stopped: SystemWorld) -> None:
    (stopped.folder / "data" / "secret.key").chmod(0o644)
    check_refusal(await intercity(stopped.folder, stopped.settings, "run"), "chmod 600")


async def test_keys_that_were_lost(stopped: SystemWorld) -> None:
    (stopped.folder / "data" / "matrix" / "crypto.db").unlink()
    check_refusal(await intercity(stopped.folder, stopped.settings, "run"), "restore")
