"""The emulated Telegram: an HTTP server with the Bot API, and its human side."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.telegram import forms
from bot.sandbox.telegram.actors import BotActor
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import ApiError, Json, not_played
from bot.sandbox.telegram.faults import Fault, Faults
from bot.sandbox.telegram.files import FormFile, StoredFile
from bot.sandbox.telegram.limits import ServerLimits
from bot.sandbox.telegram.methods import PLAYED, UPDATES_PARAMS
from bot.sandbox.telegram.people import PeopleActors
from bot.sandbox.telegram.spec import bot_api
from bot.sandbox.telegram.world import TelegramWorld

_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass
class Stats:
    """Numbers of calls by method, and of those answered with 429."""

    calls: Counter[str] = field(default_factory=Counter)
    too_many: Counter[str] = field(default_factory=Counter)


class EmulatedTelegram(PeopleActors):
    """A Telegram for one or more bots: `async with EmulatedTelegram() as server: server.url`.

    The methods of `PeopleActors` are the human side. `violations` lists what a bot did that the
    specification does not know or the emulator does not support; tests expect it to be empty.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        limits: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        seed: int = 1,
    ) -> None:
        """Prepare a server on 127.0.0.1; `port` 0 takes a free one. `clock` returns aware datetimes."""
        super().__init__(TelegramWorld(clock))
        self.limits = ServerLimits(clock, on=limits)
        self.faults = Faults(seed)
        self.stats = Stats()
        self.violations: list[str] = []
        self._port = port
        self._held: socket.socket | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The base address of the Bot API."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def history(self) -> list[Json]:
        """All events so far, oldest first: `{"kind": …, "chat": id, "message": …}`.

        Kinds: message, edit, delete, reaction, callback, member, migrate, action, vote, pin, unpin.
        """
        return self.world.history

    def watch(self) -> AbstractAsyncContextManager[asyncio.Queue[Json]]:
        """Return a queue of the events from now on: `async with server.watch() as queue`."""
        return self.world.watch()

    async def open(self) -> None:
        """Start listening."""
        self._held = _bind(self._port)
        self._port = self._held.getsockname()[1]
        await self.resume()

    async def close(self) -> None:
        """Stop listening for good; whoever waits for the answer to a press is cancelled."""
        await self.pause()
        for answer in self.world.queries.values():
            answer.cancel()
        if self._held:
            self._held.close()
        self.world.files.close()

    async def pause(self) -> None:
        """Become unreachable: open connections are cut, new ones refused. The port stays reserved."""
        runner, self._runner = self._runner, None
        if runner:
            await runner.cleanup()

    async def resume(self) -> None:
        """Become reachable again, on the same port. What people did meanwhile waits in the queues."""
        if self._runner:
            return
        app = web.Application(client_max_size=50 << 20)
        app.on_response_prepare.append(self._date)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/{rest:.*}", _not_found)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.SockSite(self._runner, _bind(self._port)).start()

    async def __aenter__(self) -> Self:
        """Start listening."""
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        await self.close()

    async def _date(self, _: web.Request, response: web.StreamResponse) -> None:
        """Date the answer by the server's own clock."""
        response.headers["Date"] = format_datetime(self.world.clock().astimezone(UTC), usegmt=True)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        named = request.match_info["method"]
        method = bot_api().method(named) or named
        fault = self.faults.pick(method)
        if fault and not fault.performed:
            return await _spoil(request, fault)
        answer = await self._answer(request, method)
        return await _spoil(request, fault) if fault else answer

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Answer with the bytes of a file; to `faults` this is the method `download`."""
        self.stats.calls["download"] += 1
        file = self.world.files.linked(request.match_info["path"], self.world.clock())
        known = any(bot.token == request.match_info["token"] for bot in self.world.bots.values())
        if file is None or not known:
            return await _not_found(request)
        fault = self.faults.pick("download")
        if fault and fault.performed:
            await _send_half(request, file)
        return await _spoil(request, fault) if fault else web.FileResponse(file.path)

    async def _answer(self, request: web.Request, method: str) -> web.Response:
        try:
            bot = self._authorise(request.match_info["token"])
            with self.world.files.receiving() as uploads:
                raw = await forms.parameters(request, self.world.files, uploads)
                result = await self._perform(bot, method, raw, uploads)
        except ApiError as error:
            if error.code == 429:
                self.stats.too_many[method] += 1
            if error.code == 501:
                self.violations.append(f"{method}: {error.description}")
            return web.json_response(error.answer, status=error.code)
        return web.json_response({"ok": True, "result": result})

    async def _perform(
        self, bot: BotActor, method: str, raw: Mapping[str, object], uploads: Mapping[str, FormFile]
    ) -> object:
        self.stats.calls[method] += 1
        self.world.close_due_polls()
        if method not in bot_api().methods:
            self.violations.append(f"{method}: there is no such method")
            raise ApiError(404, "Not Found")
        if method not in PLAYED and method != "getUpdates":
            raise not_played(method)
        params, unknown = bot_api().read(method, raw)
        self.violations += [f"{method}: unknown parameter {name}" for name in unknown]
        params = {name: value for name, value in params.items() if value is not None}
        if method == "getUpdates":
            _refuse_unplayed(method, params, UPDATES_PARAMS)
            if bot.webhook:
                raise ApiError(409, _WEBHOOK)
            return await bot.updates.get(
                params.get("offset", 0),
                params.get("limit", 100),
                params.get("timeout", 0),
                params.get("allowed_updates"),
            )
        play, played = PLAYED[method]
        _refuse_unplayed(method, params, played)
        result = play(Call(self.world, self.limits, bot, params, uploads))
        self.violations += [f"{method}: unused file {name}" for name, upload in uploads.items() if not upload.used]
        return result

    def _authorise(self, token: str) -> BotActor:
        number, colon, _ = token.partition(":")
        if not (number.isdigit() and colon):
            raise ApiError(404, "Not Found")
        bot = self.world.bots.get(int(number))
        if bot is None or bot.token != token:
            raise ApiError(401, "Unauthorized")
        return bot


def _refuse_unplayed(method: str, params: Json, played: frozenset[str]) -> None:
    if strange := params.keys() - played:
        raise not_played(f"{method} with {', '.join(sorted(strange))}")


async def _spoil(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Answer, or do not, as the fault demands."""
    if fault is Fault.ERROR:
        return web.json_response(ApiError(500, "Internal Server Error").answer, status=500)
    if fault in {Fault.GATEWAY, Fault.GARBLE}:
        return web.Response(status=502, text="<html>502 Bad Gateway</html>", content_type="text/html")
    if fault in {Fault.STALL, Fault.HANG}:
        await asyncio.Event().wait()  # until the caller disconnects, which cancels the handler
    if request.transport:
        linger = struct.pack("ii", 1, 0)  # close with RST instead of FIN
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()
    return web.Response()


async def _send_half(request: web.Request, file: StoredFile) -> None:
    """Announce the whole file but send its first half only."""
    response = web.StreamResponse()
    response.content_length = file.size
    await response.prepare(request)
    await response.write(file.data[: file.size // 2])


async def _not_found(_: web.Request) -> web.Response:
    return web.json_response(ApiError(404, "Not Found").answer, status=404)


def _bind(port: int) -> socket.socket:
    """Return a socket bound to the port. Two may be, as long as only one of them listens."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held
