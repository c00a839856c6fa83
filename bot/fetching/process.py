"""The process that parses: started when there is something to parse, ended when there is nothing more."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import structlog

from bot import workers
from bot.fetching.base import FetchError, FetchProblem
from bot.fetching.documents import Document, unpack

log = structlog.get_logger()

IDLE = 60.0
"""Seconds after which a process that has nothing to do is ended."""
DEADLINE = 60.0
"""Seconds for a document on a machine that has much else to do; the limit of CPU time comes first otherwise."""
_LONGEST_LINE = 1_000_000


class ParserProcess:
    """Parses one document at a time in a process of its own, without the bot's secrets in its environment."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    async def parse(self, body: bytes, content_type: str, url: str) -> Document:
        """Parse a body. Raises FetchError if it cannot be parsed within the limits."""
        request = {"size": len(body), "content_type": content_type, "url": url}
        async with self._turn:
            if self._end:
                self._end.cancel()
            answered = False
            try:
                async with asyncio.timeout(DEADLINE):
                    found = await self._exchange(json.dumps(request).encode() + b"\n", body)
                answered = True
            except (TimeoutError, OSError, ValueError, TypeError) as error:
                log.info("not parsed", error=type(error).__name__)
                raise FetchError(FetchProblem.NOT_A_FEED, "cannot be parsed within the limits") from error
            finally:
                if not answered:  # whatever it may still say would be taken for the answer to the next request
                    self._kill()
            self._end = asyncio.get_running_loop().call_later(IDLE, self._kill)
        if isinstance(found, str):
            raise FetchError(FetchProblem.NOT_A_FEED, found)
        return found

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            process = self._process
            self._kill()
            if process:
                await process.wait()

    async def _start(self) -> Process:
        self._process = await workers.start("bot.fetching.worker", longest_line=_LONGEST_LINE)
        return self._process

    async def _exchange(self, *request: bytes) -> Document | str:
        """Return the answer to a request, a string if it is an error."""
        alive = self._process if self._process and self._process.returncode is None else None
        process = alive or await self._start()
        assert process.stdin  # noqa: S101 - for the type checker
        assert process.stdout  # noqa: S101 - as above
        process.stdin.writelines(request)
        await process.stdin.drain()
        async with aclosing(_answers(process.stdout)) as answers:
            return await unpack(answers)

    def _kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
        self._process = None


async def _answers(lines: asyncio.StreamReader) -> AsyncGenerator[Any, None]:
    """Yield what a process answers; others get their turn between two lines."""
    while True:
        yield json.loads(await lines.readline())
        await asyncio.sleep(0)
