"""Logging in to Matrix, and the error messages when that fails."""

from __future__ import annotations

import socket
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.messengers.base import AccountError, TemporaryError
from bot.messengers.matrix import MatrixMessenger
from bot.model import Message, plain
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import KEY, MatrixBot, account, messenger, now, person, running, send


@asynccontextmanager
async def at(url: str, folder: Path, user: str = "bot", **settings: str) -> AsyncGenerator[MatrixMessenger, None]:
    each = MatrixMessenger(url, user, data_dir=folder, secret_key=KEY, clock=now, **settings)
    yield each
    await each.close()
    await each.close()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"password": "wr0ng"}, "INTERCITY_MATRIX_PASSWORD"),
        ({"access_token": "syt_wr0ng"}, "INTERCITY_MATRIX_ACCESS_TOKEN"),
    ],
)
async def test_wrong_credentials_are_named_and_not_shown(
    synapse: Synapse, tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    async with at(synapse.url, tmp_path, await account(synapse), **settings) as each:
        with pytest.raises(AccountError, match=named) as error:
            await each.start()
        assert "wr0ng" not in str(error.value)
        assert "\n" not in str(error.value)


async def test_an_unknown_user_is_named(synapse: Synapse, tmp_path: Path) -> None:
    async with at(synapse.url, tmp_path, "nobody", password="x") as each:
        with pytest.raises(AccountError, match="INTERCITY_MATRIX_USER"):
            await each.start()


async def test_an_access_token_of_someone_else_is_named(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with at(synapse.url, tmp_path, await account(synapse), access_token=anna.token) as each:
        with pytest.raises(AccountError, match="INTERCITY_MATRIX_USER"):
            await each.start()
    async with at(synapse.url, tmp_path, anna.id, access_token=anna.token, device_id="OTHER") as each:
        with pytest.raises(AccountError, match="INTERCITY_MATRIX_DEVICE_ID"):
            await each.start()


async def test_nobody_answers(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with at(url, tmp_path, password="x") as each:
            with pytest.raises(TemporaryError):
                await each.start()


@pytest.mark.parametrize("url", ["not an address", "example.org"])
async def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    async with at(url, tmp_path, password="x") as each:
        with pytest.raises(AccountError, match="INTERCITY_MATRIX_HOMESERVER"):
            await each.start()


@pytest.mark.parametrize("status", [200, 404])
async def test_something_else_than_a_homeserver(tmp_path: Path, status: int) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=f"<h1>{request.path}</h1>", status=status, content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        async with at(f"http://{host}:{port}", tmp_path, password="x") as each:
            with pytest.raises(AccountError, match="INTERCITY_MATRIX_HOMESERVER"):
                await each.start()
    finally:
        await runner.cleanup()


async def test_what_is_kept_is_sealed(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        token = bot.messenger._api.token
    kept = tmp_path / "matrix" / "session.sealed"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert not [file for file in kept.parent.iterdir() if token.encode() in file.read_bytes()]
    other = MatrixMessenger(synapse.url, name, password="secret", data_dir=tmp_path, secret_key=bytes(32), clock=now)
    with pytest.raises(AccountError, match="INTERCITY_SECRET_KEY"):
        await other.start()
    await other.close()


async def test_a_password_logs_in_once(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        token = bot.messenger._api.token
    async with at(synapse.url, tmp_path, name) as each:  # with no password at all
        await each.start()
        assert each._api.token == token


async def test_an_access_token_is_enough(synapse: Synapse, tmp_path: Path) -> None:
    human, anna = await person(synapse, "Intercity"), await person(synapse, "Anna")
    async with at(synapse.url, tmp_path, human.id, access_token=human.token, device_id=human.device_id) as each:
        await each.start()
        assert each.account.id == human.id
        bot = MatrixBot(each, None)
        await bot.has_begun()
        room = await anna.create_room("Köln", invite=[human.id])
        await bot.joins(room)
        await anna.say(room, "hello")
        assert plain((await bot.wait_for(Message)).text) == "hello"
        await human.call("POST", "/v3/logout", {})
        await anna.say(room, "gone?")
        with pytest.raises(AccountError, match="INTERCITY_MATRIX_ACCESS_TOKEN"):
            await bot.wait_for(Message, lambda event: plain(event.text) == "gone?")
        await bot.stop()


async def test_a_lost_login_is_renewed_while_running(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        device = bot.messenger._vault.load()
        async with HumanMatrix(synapse.url, bot.id, bot.messenger._api.token) as same:
            await same.call("POST", "/v3/logout", {})
        operation = send(room, "hello")
        with pytest.raises(TemporaryError):
            await bot.messenger.deliver(operation)
        await bot.messenger.deliver(operation)
        await anna.say(room, "hi")
        assert plain((await bot.wait_for(Message)).text) == "hi"
        after = bot.messenger._vault.load()
        assert device
        assert after
        assert (after.device_id, after.token != device.token) == (device.device_id, True)
        keys = await anna.call("POST", "/v3/keys/query", {"device_keys": {bot.id: []}})
        assert after.device_id in keys["device_keys"][bot.id]


async def test_another_user_in_the_same_folder_is_refused(synapse: Synapse, tmp_path: Path) -> None:
    async with running(synapse, await account(synapse), tmp_path):
        pass
    other = messenger(synapse, await account(synapse), tmp_path)
    with pytest.raises(AccountError, match="INTERCITY_MATRIX_USER"):
        await other.start()
    await other.close()
