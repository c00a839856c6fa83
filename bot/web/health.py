"""What a supervisor asks: whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web

from storage import Database, StorageError

LIMIT = 5.0
"""Seconds that the database may take."""


class Health:
    """The answers to `/live` and `/ready`."""

    def __init__(self, database: Database, messengers: Callable[[], Mapping[str, bool]]) -> None:
        """Ask `database`, and `messengers`, which returns whether each is logged in."""
        self._database = database
        self._messengers = messengers

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/live", self._live), web.get("/ready", self._ready)]

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"live": True}, headers=_FRESH)

    async def _ready(self, _request: web.Request) -> web.Response:
        """Answer 200 if the database can be written to and every messenger is logged in, otherwise 503."""
        database, messengers = await self._is_writable(), dict(self._messengers())
        ready = database and all(messengers.values())
        told = {"ready": ready, "database": database, **messengers}
        return web.json_response(told, status=200 if ready else 503, headers=_FRESH)

    async def _is_writable(self) -> bool:
        try:
            async with asyncio.timeout(LIMIT), self._database.begin() as store:
                await store.jobs.cancel("ready")  # deletes nothing, but has to be allowed to
        except (StorageError, TimeoutError):
            return False
        return True


_FRESH = {"Cache-Control": "no-store"}
