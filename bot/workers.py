"""Parts of the bot that run in a process of their own: without its secrets, within limits.

What they work on may be made to exhaust the machine, or they need memory that the bot should not keep.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

_ROOT = Path(__file__).parents[1]


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
