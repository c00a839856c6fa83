"""A proxy in front of a homeserver that forwards requests, rejects them or drops responses, as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web


class FaultyProxy:
    """A proxy that applies `faults[word]`, one after the other, to requests whose path contains that word.

    None among them: the request is forwarded, but its response is lost.
    Requests whose path contains a word of `hanging` get no response until the proxy stops.
    """

    def __init__(self, target: str) -> None:
        self.url = ""
        self.faults: dict[str, list[web.Response | None]] = {}
        self.asked: list[str] = []
        self.hanging: set[str] = set()
        self._ended = asyncio.Event()
        self._target = target
        self._session: aiohttp.ClientSession | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if any(word in request.path for word in self.hanging):
            await self._ended.wait()
        queue = next((queue for word, queue in self.faults.items() if word in request.path and queue), None)
        fault = queue.pop(0) if queue else None
        if fault is not None:
            return fault
        answer = await self._pass_on(request)
        if queue is not None and request.transport:
            request.transport.close()
        return answer

    async def _pass_on(self, request: web.Request) -> web.Response:
        assert self._session
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with self._session.request(
            request.method, self._target + request.path_qs, data=await request.read(), headers=headers
        ) as answer:
            body = await answer.read()
            return web.Response(body=body, status=answer.status, content_type=answer.content_type)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[FaultyProxy, None]:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        async with aiohttp.ClientSession() as self._session:
            try:
                yield self
            finally:
                self._ended.set()
                await runner.cleanup()


def says(status: int, errcode: str = "", **more: Any) -> web.Response:
    """Create an error response of a homeserver, or without `errcode` of something in between."""
    if not errcode:
        return web.Response(text="<h1>sorry</h1>", status=status, content_type="text/html")
    return web.json_response({"errcode": errcode, "error": "no"} | more, status=status)
