"""The bot as it runs in production: `intercity run` in a process of its own, and the other commands."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from bot.sandbox.clock import MovableClock

_CHILD = """
import runpy, sys
from bot.sandbox.clock import follow_parent
follow_parent()
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
"""`python -m MODULE …`, tied to this process: however it ends, the pipe closes and the bot ends too."""

_SHELL = """
import shlex, sys
from bot.cli import main
for line in sys.argv[1:]:
    sys.argv[1:] = shlex.split(line)
    try:
        main()
    except SystemExit as end:
        if end.code:
            print(f"(intercity {line})", file=sys.stderr)
            raise
"""
"""Several commands in one interpreter, since starting it takes longer than all of them."""

_ROOT = Path(__file__).parents[2]
"""Where the packages are: the child runs the same code as this process, even if it is not installed."""

_KEPT_LINES = 200
_RESTARTS, _RESTART_SPAN = 3, 20.0  # this many ends within this many seconds, and it is given up


class BotError(Exception):
    """The bot, or one of its commands, failed; the text ends with its last output."""


class BotProcess:
    """`intercity` in the working directory `folder`; `settings` are its only ones (keys without INTERCITY_)."""

    def __init__(
        self, folder: Path, settings: Mapping[str, str], *, module: str = "bot", clock: MovableClock | None = None
    ) -> None:
        """Prepare the process; `module` is run with the arguments of the command. It goes by `clock`."""
        self._folder = folder
        self._module = module
        self.clock = clock or MovableClock()
        given = {f"INTERCITY_{key}": value for key, value in settings.items()}
        others = {key: value for key, value in os.environ.items() if not key.upper().startswith("INTERCITY_")}
        here = {"PYTHONPATH": str(_ROOT), "INTERCITY_LOG_FORMAT": "json"}
        self._environment = others | given | here
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._log: deque[str] = deque(maxlen=_KEPT_LINES)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def running(self) -> bool:
        """Whether it has reported that it is ready, and still runs."""
        return self.pid is not None and self._ready.is_set()

    async def shell(self, *lines: str, limit: float = 60) -> str:
        """Run commands, written as after `intercity`, one after the other, and return their output.

        Raise BotError if one does not exit with 0, or all together take longer than `limit` seconds.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _SHELL, *lines),
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for this process to handle
        )
        try:
            async with asyncio.timeout(limit):
                output, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise BotError(f"a command ended with {process.returncode}:\n{errors.decode(errors='replace')}")
        return output.decode()

    async def start(self, limit: float = 60) -> None:
        """Start or restart it and wait until it is ready; raise BotError if that takes more than `limit` seconds."""
        await self.kill()
        self._ready = asyncio.Event()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _CHILD, self._module, "run"),
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=1 << 20,
        )
        self._tell_time()
        self._reader = asyncio.create_task(self._read(self._process, self._ready))
        try:
            async with asyncio.timeout(limit):
                await self._up(self._process, self._reader)
        except TimeoutError:
            await self.kill()
            raise BotError(f"the bot is not up after {limit:g} s\n{self.log_tail()}") from None

    async def stop(self, limit: float = 15) -> int | None:
        """Stop it (SIGTERM, after `limit` seconds SIGKILL); return its exit code, None if it did not run."""
        process = self._process
        if process and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(limit):
                    await process.wait()
            except TimeoutError:
                process.kill()
        await self._reap()
        return process.returncode if process else None

    async def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        if self._process and self._process.returncode is None:
            self._process.kill()
        await self._reap()

    def crash(self) -> None:
        """Kill it once it is ready, and leave the rest to `keep`."""
        if self._process and self.running:
            self._process.kill()

    def move(self, by: timedelta) -> None:
        """Move the clock of the bot, now and after every restart; raise MoveError. It looks at it every few seconds."""
        self.clock.move(by)
        self._tell_time()

    async def ended(self) -> int:
        """Wait until it ends by itself; return its exit code (negative: the signal)."""
        if self._process is None:
            raise BotError("the bot was not started")
        return await self._process.wait()

    async def keep(self, tell: Callable[[], None]) -> None:
        """Restart it whenever it ends, as a service manager does; `tell` hears when it is gone and when it is back.

        Raise BotError if it keeps ending by itself.
        """
        clock = asyncio.get_running_loop().time
        ends: deque[float] = deque(maxlen=_RESTARTS)
        while True:
            code = await self.ended()
            tell()
            if code >= 0:  # not a crash that `crash` caused
                ends.append(clock())
            if len(ends) == _RESTARTS and ends[-1] - ends[0] < _RESTART_SPAN:
                raise BotError(f"the bot ended {_RESTARTS} times, the last time with {code}\n{self.log_tail()}")
            await self.start()
            tell()

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of its output."""
        return "\n".join(list(self._log)[-lines:]) or "(it wrote nothing)"

    def _tell_time(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.write(self.clock.line())

    async def _up(self, process: asyncio.subprocess.Process, reader: asyncio.Task[None]) -> None:
        ready = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait({ready, reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if not self._ready.is_set():
            code = await process.wait()
            raise BotError(f"the bot ended with {code}\n{self.log_tail()}")

    async def _read(self, process: asyncio.subprocess.Process, ready: asyncio.Event) -> None:
        """Collect its output until it ends."""
        if process.stderr is None:
            return
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            self._log.append(text)
            if _event(text) == "ready":
                ready.set()

    async def _reap(self) -> None:
        process, self._process = self._process, None
        reader, self._reader = self._reader, None
        if process:
            await process.wait()
            if process.stdin:
                process.stdin.close()
        if reader:
            await reader


def _event(line: str) -> str:
    try:
        return str(json.loads(line).get("event", ""))
    except (ValueError, AttributeError):
        return ""
