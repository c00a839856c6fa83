"""The `intercity` command as an operator runs it, each in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

LIMIT = 60  # seconds: a loaded machine is no failure


class Outcome(NamedTuple):
    """The result of a command."""

    code: int
    output: str
    errors: str


async def intercity(folder: Path, settings: Mapping[str, str], *arguments: str) -> Outcome:
    """Run a command in `folder` with `settings` (keys without INTERCITY_) as its only configuration."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("INTERCITY_")}
    told = {f"INTERCITY_{key}": value for key, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=others | told | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LIMIT):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Outcome(process.returncode or 0, output.decode(), errors.decode())
