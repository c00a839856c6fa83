"""The process that parses: started when there is something to parse, ended when there is nothing more."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import structlog

from bot.fetching.base import FetchError, FetchProblem
from bot.fetching.documents import Document, unpack

log = structlog.get_logger()

IDLE = 60.0
"""Seconds after which a process that has nothing to do is ended."""
DEADLINE = 60.0
"""Seconds for a document on a machine that has much else to do; the limit of CPU time comes first otherwise."""
_LARGEST_ANSWER = 4_000_000
_ROOT = Path(__file__).parents[2]


class ParserProcess:
    """Parses one document at a time in a process of its own, without the bot's secrets in its environment."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    async def parse(self, body: bytes, content_type: str, url: str) -> Document:
        """Parse a body. Raises FetchError if it cannot be parsed within the limits."""
        async with self._turn:
            line = await self._exchanged(body, content_type, url)
        try:
            return unpack(json.loads(line))
        except (ValueError, TypeError) as error:
            raise FetchError(FetchProblem.NOT_A_FEED, line[:100].decode(errors="replace")) from error

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            process = self._process
            self._kill()
            if process:
                await process.wait()

    async def _exchanged(self, body: bytes, content_type: str, url: str) -> bytes:
        """Return the answer to a request; a process that gives none is replaced."""
        if self._end:
            self._end.cancel()
        answer = b""
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await self._ask(self._process or await self._start(), body, content_type, url)
        except (TimeoutError, OSError, ValueError) as error:
            log.warning("parsing failed", error=type(error).__name__)
        finally:
            if not answer.endswith(b"\n"):
                self._kill()
        self._end = asyncio.get_running_loop().call_later(IDLE, self._kill)
        return answer

    async def _start(self) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "bot.fetching.worker"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PYTHONPATH": str(_ROOT)},
            cwd="/",
            limit=_LARGEST_ANSWER,
            start_new_session=True,  # Ctrl+C is for the bot
        )
        return self._process

    @staticmethod
    async def _ask(process: Process, body: bytes, content_type: str, url: str) -> bytes:
        """Return a line, or what there is of it if the process ends."""
        assert process.stdin  # noqa: S101 - for the type checker
        assert process.stdout  # noqa: S101 - as above
        request = {"size": len(body), "content_type": content_type, "url": url}
        process.stdin.writelines([json.dumps(request).encode(), b"\n", body])
        await process.stdin.drain()
        return await process.stdout.readline()

    def _kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
        self._process = None
