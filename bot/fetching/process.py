"""The process that parses: started when there is something to parse, ended when there is nothing more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import structlog

from bot.fetching.base import FetchError, FetchProblem
from bot.fetching.documents import Document, unpack
from bot.workers import Worker

log = structlog.get_logger()

DEADLINE = 60.0
"""Seconds for a document on a machine that has much else to do; the limit of CPU time comes first otherwise."""
_LONGEST_LINE = 1_000_000


class ParserProcess:
    """Parses one document at a time in a process of its own, without the bot's secrets in its environment."""

    def __init__(self) -> None:
        self._worker = Worker("bot.fetching.worker", longest_line=_LONGEST_LINE)

    async def parse(self, body: bytes, content_type: str, url: str) -> Document:
        """Parse a body. Raises FetchError if it cannot be parsed within the limits."""
        request = {"size": len(body), "content_type": content_type, "url": url}
        try:
            async with self._worker.turn() as pipes, asyncio.timeout(DEADLINE):
                found = await _exchange(*pipes, json.dumps(request).encode() + b"\n", body)
        except (TimeoutError, OSError, ValueError, TypeError) as error:
            log.info("not parsed", error=type(error).__name__)
            raise FetchError(FetchProblem.NOT_A_FEED, "cannot be parsed within the limits") from error
        if isinstance(found, str):
            raise FetchError(FetchProblem.NOT_A_FEED, found)
        return found

    async def close(self) -> None:
        """End the process."""
        await self._worker.close()


async def _exchange(requests: asyncio.StreamWriter, answers: asyncio.StreamReader, *request: bytes) -> Document | str:
    """Return the answer to a request, a string if it is an error."""
    requests.writelines(request)
    await requests.drain()
    async with aclosing(_objects(answers)) as objects:
        return await unpack(objects)


async def _objects(lines: asyncio.StreamReader) -> AsyncGenerator[Any, None]:
    """Yield what a process answers; others get their turn between two lines."""
    while True:
        yield json.loads(await lines.readline())
        await asyncio.sleep(0)
