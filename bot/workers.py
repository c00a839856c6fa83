"""Parts of the bot that run in a process of their own: without its secrets, within limits.

What they work on may be made to exhaust the machine, or they need memory that the bot should not keep.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[1]

IDLE = 60.0
"""Seconds after which a `Worker` that has nothing to do is ended."""


async def start(module: str, *, longest_line: int = 2**16) -> Process:
    """Start `python -m MODULE`, with pipes for its input and output; `longest_line`: in bytes, of its output."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},  # each thread of NumPy's takes address space
        cwd="/",
        limit=longest_line,
        start_new_session=True,  # Ctrl+C is for the bot
    )


class Worker:
    """A process that serves one request at a time: started for the first, ended when there are none for a while."""

    def __init__(self, module: str, *, longest_line: int = 2**16) -> None:
        """Prepare to `start` a module that reads requests from standard input, and answers on standard output."""
        self._module = module
        self._longest_line = longest_line
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[tuple[asyncio.StreamWriter, asyncio.StreamReader]]:
        """Wait for the others, and yield where to write a request and where to read its answer. Raises OSError.

        If the answer is not read, the process is ended: it would be taken for the answer to the next request.
        """
        async with self._turn:
            if self._end:
                self._end.cancel()
            answered = False
            try:
                process = await self._running()
                assert process.stdin  # noqa: S101 - for the type checker
                assert process.stdout  # noqa: S101 - as above
                yield process.stdin, process.stdout
                answered = True
            finally:
                if not answered:
                    self._kill()
            self._end = asyncio.get_running_loop().call_later(IDLE, self._kill)

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            process = self._process
            self._kill()
            if process:
                await process.wait()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await start(self._module, longest_line=self._longest_line)
        return self._process

    def _kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
        self._process = None


def confine(memory: int) -> None:
    """Lower the priority of this process and limit its address space, in bytes; it can write no more files."""
    os.nice(10)  # messages go first
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_time(seconds: int) -> None:
    """Limit the CPU time of this process to so many more seconds; the kernel ends it then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soon = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soon, resource.RLIM_INFINITY))
