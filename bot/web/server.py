"""The HTTP server. It answers GET and HEAD only, says nothing about unknown paths, and logs no request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.logs import put_aside
from bot.settings import SettingsError

log = structlog.get_logger()

LINE, HEADER = 1024, 4096
"""Most bytes of a request line, and of a header."""
ANSWER = 30.0
"""Seconds that an answer may take."""
MOST_CONNECTIONS = 100
"""Open connections; of more, the oldest are closed, so that nobody occupies the bot's file descriptors."""
LOOK = 1.0
"""Seconds between two looks at the connections."""

_HEADERS = {
    "Server": "intercity",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class WebServer:
    """A server on one address."""

    def __init__(self, listen: tuple[str, int], routes: Iterable[web.RouteDef]) -> None:
        """Serve `routes` on a host and a port, 0 for any free one."""
        self._listen = listen
        self._routes = tuple(routes)
        self.port = 0
        """The port, once it listens."""
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Serve indefinitely. Raises SettingsError if the address cannot be used."""
        app = web.Application(middlewares=[_guarded], client_max_size=1)
        app.add_routes(self._routes)
        app.on_response_prepare.append(_add_headers)
        # Requests are not logged: their path may be a token (trust: case 117).
        runner = web.AppRunner(
            app, access_log=None, logger=_SILENT, keepalive_timeout=15, max_line_size=LINE, max_field_size=HEADER
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, *self._listen)
            await _start(site)
            self.port = runner.addresses[0][1]
            self.ready.set()
            log.info("listening", port=self.port)
            while True:
                await asyncio.sleep(LOOK)
                _close_oldest(runner)
        finally:
            await runner.cleanup()


async def _start(site: web.TCPSite) -> None:
    try:
        await site.start()
    except OSError as error:
        raise SettingsError(f"INTERCITY_WEB_LISTEN: cannot be used ({error.strerror}); write another one") from error


_SILENT = logging.Logger("aiohttp.server", level=logging.CRITICAL)


def _close_oldest(runner: web.AppRunner) -> None:
    open_ones = list(runner.server.connections) if runner.server else []
    for each in open_ones[:-MOST_CONNECTIONS]:
        each.force_close()


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse methods that change something, requests with a body, and answers that take too long."""
    if request.method not in {"GET", "HEAD"}:
        return web.Response(status=405, headers={"Allow": "GET, HEAD"})
    if request.body_exists:
        return web.Response(status=413)
    try:
        async with asyncio.timeout(ANSWER):
            return await handler(request)
    except web.HTTPException:
        return web.Response(status=404)
    except Exception as error:  # noqa: BLE001 - a bug in one answer ends neither the server nor the bot
        put_aside(log, "request", error)
        return web.Response(status=503)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
