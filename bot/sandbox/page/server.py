"""The server of the page on loopback, which passes what people do there to the two messengers."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from aiohttp import WSMsgType, web

from bot.sandbox.clock import MovableClock, MoveError
from bot.sandbox.page.files import HEADERS, LARGEST_UPLOAD, SentFiles
from bot.sandbox.page.sides import Side, Unwilling
from bot.sandbox.page.views import Json
from bot.sandbox.page.wishes import carry_out

_FILES = Path(__file__).parent
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SERVED = frozenset(each.name for each in _FILES.iterdir() if each.suffix in _TYPES)
_LARGEST_WISH = 64 * 1024  # bytes


class RunningBot(Protocol):
    """The bot's process, as the page sees it."""

    @property
    def running(self) -> bool:
        """Whether it is ready and running."""

    @property
    def clock(self) -> MovableClock:
        """Its clock."""

    def crash(self) -> None:
        """Kill it without warning; its keeper restarts it."""

    def move(self, by: timedelta) -> None:
        """Move its clock; raise MoveError."""


class Page:
    """The page and everyone who has it open."""

    def __init__(self, dialogue: str, sides: tuple[Side, ...], bot: RunningBot, zones: Mapping[str, str]) -> None:
        """Prepare the page without serving it. `zones`: that of each city; the clock is set in the first one's."""
        self._dialogue = dialogue
        self._sides: Mapping[str, Side] = {side.name: side for side in sides}
        self._bot = bot
        self._zones = zones
        self._run = secrets.token_hex(8)
        """An id of this run, so that a browser forgets what it stored during another one."""
        self._viewers: set[asyncio.Queue[Json]] = set()
        self._hosts: frozenset[str] = frozenset()

    @asynccontextmanager
    async def serve(self, port: int) -> AsyncIterator[str]:
        """Serve on 127.0.0.1 and yield the address; `port` 0 takes a free one. Raise OSError if it is taken."""
        app = web.Application(middlewares=[self._guard], client_max_size=LARGEST_UPLOAD)
        app.add_routes([web.get("/", self._file), web.get("/events", self._events), web.get("/{name}", self._file)])
        app.add_routes(SentFiles(self._sides).routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        watchers: list[asyncio.Task[None]] = []
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            port = runner.addresses[0][1]
            self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
            watchers += [asyncio.create_task(self._watch(side)) for side in self._sides.values()]
            yield f"http://127.0.0.1:{port}"
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            await runner.cleanup()

    def tell_running(self) -> None:
        """Inform every viewer whether the bot runs."""
        self._tell({"type": "running", "running": self._bot.running})

    def _move(self, wish: Json) -> None:
        """Move the clock by `seconds`, or to a local time `to` in the first city."""
        try:
            if "to" in wish:
                zone = ZoneInfo(next(iter(self._zones.values())))
                by = datetime.fromisoformat(wish["to"]).replace(tzinfo=zone).astimezone(UTC) - self._bot.clock()
            else:
                by = timedelta(seconds=float(wish["seconds"]))
        except (ValueError, TypeError, OverflowError):
            raise Unwilling("not understood") from None
        self._bot.move(by)
        self._tell({"type": "clock", "now": self._now()})

    def _now(self) -> int:
        """Return the time by the bot's clock in milliseconds since 1970."""
        return round(self._bot.clock().timestamp() * 1000)

    def _tell(self, news: Json) -> None:
        for viewer in self._viewers:
            viewer.put_nowait(news)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Refuse requests from other sites in the same browser (also by DNS rebinding)."""
        origin, own = request.headers.get("Origin"), f"http://{request.host}"
        if request.host not in self._hosts or origin not in ({None, own} if request.method == "GET" else {own}):
            raise web.HTTPForbidden(text="Open the address that the demo printed.", headers=HEADERS)
        return await handler(request)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        if name not in _SERVED:
            raise web.HTTPNotFound(headers=HEADERS)
        path = _FILES / name
        text = await asyncio.to_thread(path.read_text, "utf-8")
        return web.Response(text=text, content_type=_TYPES[path.suffix], headers=HEADERS)

    async def _watch(self, side: Side) -> None:
        async for change in side.changes():
            place = {"side": side.name, "chat": change.chat}
            if change.view:
                self._tell({"type": "message", **place, "message": change.view.json()})
            else:
                self._tell({"type": "gone", **place, "id": change.id})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Handle a viewer's connection: all messages, then every change go out; requests come in."""
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text="Only for the page.", headers=HEADERS)
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=_LARGEST_WISH)
        await socket.prepare(request)
        news: asyncio.Queue[Json] = asyncio.Queue()
        news.put_nowait(self._state())
        self._viewers.add(news)
        tasks = {asyncio.create_task(_send_all(socket, news))}
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(message.data, news, tasks)
        finally:
            self._viewers.discard(news)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return socket

    def _state(self) -> Json:
        sides = {name: _state(side) for name, side in self._sides.items()}
        bot = {"dialogue": self._dialogue, "running": self._bot.running, "now": self._now(), "zones": dict(self._zones)}
        return {"type": "state", "run": self._run, **bot, "sides": sides}

    async def _hear(self, data: str, news: asyncio.Queue[Json], tasks: set[asyncio.Task[None]]) -> None:
        """Handle requests one after the other, but those that wait for the bot concurrently."""
        try:
            wish = json.loads(data)
            task = asyncio.create_task(self._carry_out(wish, news))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            if wish["do"] not in {"press", "start"}:
                await asyncio.wait({task})
        except (ValueError, KeyError, TypeError):
            news.put_nowait({"type": "failed", "text": "not understood"})

    async def _carry_out(self, wish: Json, news: asyncio.Queue[Json]) -> None:
        """Handle a viewer's request; only they learn the outcome."""
        try:
            if wish["do"] == "crash":
                self._bot.crash()
                return
            if wish["do"] == "move":
                self._move(wish)
                return
            if answer := await carry_out(self._sides[wish["side"]], wish):
                news.put_nowait(answer)
            if wish["do"] == "encrypt":
                self._tell({"type": "encrypted", "side": wish["side"]})
            if wish["do"] == "start":
                self._tell({"type": "started", "side": wish["side"], "person": wish["person"]})
        except (Unwilling, MoveError, KeyError) as error:
            news.put_nowait({"type": "failed", "text": str(error)})


async def _send_all(socket: web.WebSocketResponse, news: asyncio.Queue[Json]) -> None:
    with suppress(ConnectionError):  # the viewer left
        while True:
            await socket.send_json(await news.get())


def _state(side: Side) -> Json:
    return {
        "bot": {"id": side.bot.id, "name": side.bot.name, "address": side.address},
        "people": [{"id": p.id, "name": p.name, "city": p.city, "role": p.role} for p in side.people],
        "group": side.title,
        "prefix": side.prefix,
        "silent": side.silent,
        "started": sorted(side.started),
        "encrypted": side.encrypted,
        "messages": {chat: [view.json() for view in views] for chat, views in side.chats().items()},
    }
