"""What a job of one kind does, as a feature or the composition root declares it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.commands.context import Context
from bot.fetching.reader import FeedReader
from bot.messengers.base import Messenger
from bot.model import MessengerName
from storage import Database, Job


@dataclass(frozen=True, slots=True)
class Work:
    """What the preparation of a job may use: the network, and transactions of its own on the database.

    `messengers`: those that are logged in. `feeds`: reads what is at addresses that people give.
    """

    database: Database
    messengers: Mapping[MessengerName, Messenger]
    now: datetime
    feeds: FeedReader


Prepare = Callable[[Work, Job], Awaitable[Any]]
Apply = Callable[[Context, Job, Any], Awaitable[None]]


async def _nothing(_ctx: Context, _job: Job, _prepared: Any) -> None:  # noqa: ANN401 - as `Apply`
    """Apply nothing: all is done by the preparation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job, by the `name` under which it is scheduled in `store.jobs`.

    `prepare` runs first, with no transaction open; a crash, or a takeover by another process, repeats it. `apply` gets
    its result and runs in the transaction that deletes the job; there, what was rescheduled or cancelled in the
    meantime is no longer applied. To repeat a job, `apply` schedules it again.

    Either may raise `MessengerError` (but not `PermanentError`) for a temporary failure: the job waits and is retried
    without end. Any other exception is a bug: the job is tried again, and after `attempts` of them put aside for
    `intercity jobs` (None: never). `backoff`: seconds of the first and of the longest wait, doubled in between. At most
    `parallel` jobs of the kind run at the same time. `limit`: seconds that `prepare` may take (None: any number); if it
    takes longer, that is a bug. `at_start`: when a process begins to run the kind, one without a key is scheduled if
    there is none.
    """

    name: str
    apply: Apply = _nothing
    prepare: Prepare | None = None
    backoff: tuple[float, float] = (5.0, 3600.0)
    attempts: int | None = 8
    parallel: int = 4
    limit: float | None = 600.0
    at_start: bool = False
    feature: str = ""
    """The name of the feature that declares it, set by `Feature`."""

    def wait(self, attempt: int) -> float:
        """Return the seconds to wait after an attempt, counted from 1, with jitter."""
        first, longest = self.backoff
        wait: float = min(longest, first * 2 ** min(attempt - 1, 30))
        return wait * random.uniform(0.7, 1.0)  # noqa: S311 - jitter


def on(kind: str, messenger: MessengerName) -> str:
    """Return the name of a kind whose jobs only the process that serves `messenger` can run."""
    return f"{kind}:{messenger}"
