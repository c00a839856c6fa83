"""`intercity demo`: everything on one machine, in a browser or as a story in the terminal."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.sandbox.page.server import Page
from bot.sandbox.process import BotError
from bot.sandbox.scenes import play
from bot.sandbox.stage import DIALOGUE, ZONES, Stage, open_stage

_STEPS = 4
_WELCOME = """
  Open {url}

  Real: the bot as it runs in production, and the Matrix homeserver (Synapse).
  Emulated: Telegram, by a server of our own on this machine. Nothing leaves it.
  The page can set the clock of the bot and of Telegram forward; Synapse keeps the real time.
  Left you are in Köln on Telegram, right in Indianapolis on Matrix.
  Ctrl-C ends everything.
"""


async def demo(port: int, script: bool) -> int:
    """Run the demo until Ctrl-C or SIGTERM, or play the script; return the exit code.

    0: ended as asked; 1: something failed, or the script did not finish or saw something unexpected;
    2: `port` is taken.
    """
    if not script and not _free(port):
        print(f"Port {port} is taken: end what uses it, or choose another one with --port.", file=sys.stderr)
        return 2
    try:
        code = await _unless_signalled(_run(port, script))
    except (BotError, RuntimeError, OSError) as error:
        print(f"The demo ends: {error}", file=sys.stderr)
        return 1
    return int(script) if code is None else code


async def _run(port: int, script: bool) -> int:
    progress = _Progress()
    with tempfile.TemporaryDirectory(prefix="intercity-demo-", ignore_cleanup_errors=True) as folder:
        async with open_stage(Path(folder), progress) as stage:
            if script:
                progress("dialogue")
                return await play(stage)
            progress("page")
            await _show(stage, port)
    return 0


async def _show(stage: Stage, port: int) -> None:
    """Serve the page and keep the bot running until cancelled; raise BotError if it cannot be kept running."""
    page = Page(DIALOGUE, stage.sides(), stage.bot, ZONES)
    async with page.serve(port) as url:
        print(_WELCOME.format(url=url), flush=True)
        await stage.bot.keep(lambda: _tell(stage, page))


def _tell(stage: Stage, page: Page) -> None:
    print("The bot is back." if stage.bot.running else "The bot has ended; it is started again.", flush=True)
    page.tell_running()


class _Progress:
    """A printer of steps, each with the time since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._step = 0

    def __call__(self, what: str) -> None:
        self._step += 1
        print(f"{self._step}/{_STEPS} {what} … ({time.monotonic() - self._began:.1f} s)", flush=True)


async def _unless_signalled(job: Coroutine[Any, Any, int]) -> int | None:
    """Return the result of `job`, or None if SIGINT or SIGTERM cancelled it; it has cleaned up then."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(job)
    signals = (signal.SIGINT, signal.SIGTERM)
    came = False

    def cancel() -> None:
        nonlocal came
        if not came:  # a second Ctrl-C must not disturb the cleanup
            came = True
            print("\nCleaning up …", flush=True)
            task.cancel()

    for number in signals:
        loop.add_signal_handler(number, cancel)
    try:
        return await task
    except asyncio.CancelledError:
        if not came:
            raise
        return None
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False
