"""Servers on the loopback interface: good ones, bad ones, and one that must never be reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network

from aiohttp import web

from bot.fetching.http import HttpFetcher

LOOPBACK = (ip_network("127.0.0.1"),)
LOOPBACKS = (ip_network("127.0.0.0/8"),)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def fetching(allow: tuple[object, ...] = LOOPBACK) -> AsyncIterator[HttpFetcher]:
    fetcher = HttpFetcher(allow)  # type: ignore[arg-type]
    try:
        yield fetcher
    finally:
        await fetcher.close()


@asynccontextmanager
async def serving(handlers: Mapping[str, Handler], host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve handlers by path, and yield the address of the server."""
    app = web.Application()
    for path, handler in handlers.items():
        app.router.add_get(path, handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw(handler: Raw) -> AsyncIterator[str]:
    """Answer requests as a handler likes, and yield the address of the server."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handler(reader, writer)
        except ConnectionError:
            pass  # the client has enough
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@dataclass
class Trap:
    """A server that must not be reached: it counts the connections."""

    port: int = 0
    connections: int = 0


@asynccontextmanager
async def trap(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Trap]:
    found = Trap()

    def reached(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        writer.close()

    server = await asyncio.start_server(reached, host, port)
    async with server:
        found.port = server.sockets[0].getsockname()[1]
        yield found
