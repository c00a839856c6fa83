"""`python -m tests.bench.watched run`: the bot, with a watchdog for its event loop.

Once the bot is ready, every callback that blocks the loop for long is written as a line to the file `stalls` in the
working directory: a JSON object with the fields of `Stall`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, sleep
from types import FrameType
from typing import Any

FILE = "stalls"
LONG = 0.02
"""Seconds from which a callback is recorded; the longest of a process always is."""
_LOOK = 0.01  # seconds between two samples of the running code
_FRAMES = 6
_SCHEDULE = "/proc/thread-self/schedstat"  # of the thread that opens it
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Stall:
    """A callback that blocked the loop: for how long, and the innermost frames sampled in it.

    `seconds` excludes the time that other processes had the CPU (on Linux).
    """

    seconds: float
    what: str


def stalls_in(folder: Path) -> list[Stall]:
    """Return the stalls recorded in a bot's working directory; none if it never became ready."""
    file = folder / FILE
    return [Stall(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []


class Watch:
    """A timer for the callbacks of this thread's loop, with another thread that samples the running code."""

    def __init__(self) -> None:
        self._loop = threading.get_ident()
        self._began: float | None = None
        self._seen = ""
        self._longest = 0.0
        self._schedule = os.open(_SCHEDULE, os.O_RDONLY) if Path(_SCHEDULE).exists() else None

    def begin(self) -> None:
        run = asyncio.Handle._run

        def watched(handle: asyncio.Handle) -> None:
            waited, self._seen, self._began = self._waited(), "", perf_counter()
            run(handle)
            spent, self._began = perf_counter() - self._began, None
            if spent > min(LONG, self._longest):
                self._note(spent - (self._waited() - waited), handle)

        asyncio.Handle._run = watched  # type: ignore[method-assign, assignment]
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            sleep(_LOOK)
            began = self._began
            if began is not None and perf_counter() - began > LONG / 2:
                seen = _place(sys._current_frames()[self._loop])
                if self._began == began:
                    self._seen = seen

    def _waited(self) -> float:
        """Return the total seconds that this thread was runnable while others had the CPU."""
        return int(os.pread(self._schedule, 100, 0).split()[1]) / 1e9 if self._schedule is not None else 0.0

    def _note(self, seconds: float, handle: asyncio.Handle) -> None:
        if seconds > min(LONG, self._longest):
            self._longest = max(self._longest, seconds)
            stall = Stall(seconds, self._seen or str(handle))
            with Path(FILE).open("a") as file:
                file.write(json.dumps(asdict(stall)) + "\n")


def _place(frame: FrameType) -> str:
    """Return the innermost frame and the project's own frames around it."""
    stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
    innermost, *outer = [(each, Path(each.filename)) for each in stack]
    ours = [(each, file) for each, file in outer if file.is_relative_to(_ROOT) and "site-packages" not in file.parts]
    frames = [innermost, *ours[:_FRAMES]]
    return " < ".join(f"{each.name} ({file.parent.name}/{file.name}:{each.lineno})" for each, file in frames)


def main() -> None:
    """Run the bot, and watch it from the time it reports that it is ready."""
    make, watch = logging.getLogRecordFactory(), Watch()

    def record(*given: Any, **named: Any) -> logging.LogRecord:
        made = make(*given, **named)
        if isinstance(made.msg, dict) and made.msg.get("event") == "ready":
            watch.begin()
        return made

    logging.setLogRecordFactory(record)
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
