"""Runs the jobs that are due. The rows are the truth: a runner only claims, runs and finishes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog

from bot.clock import Clock
from bot.commands.context import Context
from bot.fetching.reader import FeedReader
from bot.jobs.alarm import Alarm
from bot.jobs.kinds import JobKind, Work
from bot.logs import put_aside
from bot.messengers.base import Messenger, MessengerError, PermanentError, SendError
from bot.model import MessengerName
from bot.retries import Outage, until_stored
from storage import Database, Job, StorageError, Store

log = structlog.get_logger()

SWEEP = 5.0
"""Seconds between checks for jobs of other processes, and for what the alarm has missed."""
LEASE = timedelta(seconds=60)
"""How long a job of a process that has crashed waits for another one."""


class CrashError(Exception):
    """Each attempt at a job has ended the process."""


class JobRunner:
    """A runner of the jobs whose kinds are registered with it; others are left to other processes."""

    def __init__(
        self,
        database: Database,
        context: Callable[[Store, datetime, str], Context],
        messengers: Mapping[MessengerName, Messenger],
        clock: Clock,
        counter: Callable[[], float] = monotonic,
        *,
        feeds: FeedReader,
    ) -> None:
        """Create a runner. `context` creates the context of a feature's transaction; `messengers` are those logged in.

        Preparations get `feeds`. `counter` counts seconds, whatever happens to the clock.
        """
        self._database = database
        self._context = context
        self._messengers = messengers
        self._clock = clock
        self._feeds = feeds
        self._time = SteadyTime(clock, counter)
        self._kinds: dict[str, JobKind] = {}
        self._unstarted: list[JobKind] = []
        self._running: dict[asyncio.Task[None], Job] = {}
        self._woken = asyncio.Event()
        self._alarm: Alarm | None = None

    def register(self, kinds: Iterable[JobKind]) -> None:
        """Run jobs of these kinds too. Raises ValueError if two have the same name."""
        for kind in kinds:
            if self._kinds.setdefault(kind.name, kind) is not kind:
                raise ValueError(f"two kinds of jobs are called {kind.name}")
            self._unstarted += [kind] if kind.at_start else []
        self._woken.set()

    def wake(self, due: datetime) -> None:
        """Signal that a job has been scheduled."""
        seconds = (due - self._time()).total_seconds()
        if seconds <= 0:
            self._woken.set()
        elif self._alarm:
            self._alarm.set(seconds)

    async def run(self) -> None:
        """Run jobs indefinitely; those under way when it is cancelled are released for the next process."""
        async with self._alarmed(), asyncio.TaskGroup() as group:
            group.create_task(self._keep_leases(), name="leases")
            while True:
                self._woken.clear()
                with Outage(log):
                    await self._start(group)
                with suppress(TimeoutError):
                    async with asyncio.timeout(SWEEP):
                        await self._woken.wait()

    async def run_due(self) -> None:
        """Run everything that is due by the clock, and what that makes due. Raises StorageError."""
        async with asyncio.TaskGroup() as group:
            while True:
                was_idle = not self._running  # otherwise some may have ended, and made room, during the look
                await self._start(group)
                if self._running:
                    await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                elif was_idle:
                    return

    @asynccontextmanager
    async def _alarmed(self) -> AsyncIterator[None]:
        self._alarm = Alarm(self._woken.set)
        self._alarm.start()
        try:
            yield
        finally:
            self._alarm.stop()
            self._alarm = None

    async def _start(self, group: asyncio.TaskGroup) -> None:
        """Start what is due, and set the alarm for what is due next. Raises StorageError."""
        now = self._time()
        kinds = tuple(self._kinds.values())  # a messenger that has just logged in may add some meanwhile
        starting = tuple(self._unstarted)
        async with self._database.begin() as store:
            for kind in starting:
                await store.jobs.schedule_new(kind.name, "", now)
            claimed = [job for kind in kinds for job in await self._claim(store, kind, now)]
            times = [await store.jobs.next_due(kind.name, now) for kind in kinds]
        self._unstarted = self._unstarted[len(starting) :]
        for job in claimed:
            task = group.create_task(self._run(job), name=f"{job.kind} {job.key}")
            self._running[task] = job
            task.add_done_callback(self._ended)
        if coming := [each for each in times if each]:
            self.wake(min(coming))

    async def _claim(self, store: Store, kind: JobKind, now: datetime) -> list[Job]:
        free = kind.parallel - sum(job.kind == kind.name for job in self._running.values())
        return await store.jobs.claim(kind.name, now, LEASE, most=free) if free > 0 else []

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._woken.set()

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            with Outage(log):
                async with self._database.begin() as store:
                    await store.jobs.extend([*self._running.values()], self._time() + LEASE)

    async def _run(self, job: Job) -> None:
        """Run a job, again for as long as the database is unavailable."""
        try:
            await until_stored(lambda: self._attempt(self._kinds[job.kind], job), log)
        except asyncio.CancelledError:
            with Outage(log):
                await self._give_back(job)
            raise

    async def _give_back(self, job: Job) -> None:
        """Leave a job to the next process, as if it had not been begun. Raises StorageError."""
        async with self._database.begin() as store:
            if await store.jobs.is_current(job):
                await store.jobs.retry_at(job, job.due_at, job.error, failed=False)
            else:
                await store.jobs.release(job)

    async def _attempt(self, kind: JobKind, job: Job) -> None:
        """Prepare and apply a job, and record the outcome. Raises StorageError."""
        prepared, error = await _caught(self._prepared(kind, job))
        async with self._database.begin() as store:
            if not await store.jobs.is_current(job):
                # Rescheduled, cancelled or taken over: this attempt no longer counts.
                await store.jobs.release(job)
                return
            if error is None:
                _none, error = await _caught(self._applied(store, kind, job, prepared))
            if error is None:
                await store.jobs.finish(job)
            else:
                await self._record(store, kind, job, error)

    async def _prepared(self, kind: JobKind, job: Job) -> Any:  # noqa: ANN401 - the kind's own
        if kind.attempts is not None and job.failures > kind.attempts:
            raise CrashError(job.error)
        if kind.prepare is None:
            return None
        async with asyncio.timeout(kind.limit):
            return await kind.prepare(Work(self._database, self._messengers, self._clock(), self._feeds), job)

    async def _applied(self, store: Store, kind: JobKind, job: Job, prepared: Any) -> None:  # noqa: ANN401 - as above
        async with store.savepoint():
            await kind.apply(self._context(store, self._clock(), kind.feature), job, prepared)

    async def _record(self, store: Store, kind: JobKind, job: Job, error: Exception) -> None:
        """Postpone a job that has failed, or put it aside."""
        if isinstance(error, MessengerError) and not isinstance(error, PermanentError):
            log.warning("job", kind=job.kind, key=job.key, error=str(error))
            after = error.after if isinstance(error, SendError) else None
            await self._postpone(store, job, kind.wait(job.attempts) if after is None else after, error, failed=False)
        elif kind.attempts is None or job.failures < kind.attempts:
            log.error("job failed", kind=job.kind, key=job.key, attempt=job.attempts, exc_info=error)
            await self._postpone(store, job, kind.wait(job.failures), error, failed=True)
        else:
            number = put_aside(log, "job", error, kind=job.kind, key=job.key)
            await store.jobs.put_aside(job, f"{_named(error)}, in the log under {number}", self._clock())

    async def _postpone(self, store: Store, job: Job, seconds: float, error: Exception, *, failed: bool) -> None:
        await store.jobs.retry_at(job, self._time() + timedelta(seconds=seconds), _named(error), failed=failed)


class SteadyTime:
    """The time by a clock; when that is set back, counted on from where it was, so that nothing is late."""

    def __init__(self, clock: Clock, counter: Callable[[], float]) -> None:
        """Follow `clock`, and count by `counter`, in seconds."""
        self._clock = clock
        self._counter = counter
        self._at, self._since = clock(), counter()

    def __call__(self) -> datetime:
        """Return the time."""
        seconds = self._counter()
        self._at = max(self._clock(), self._at + timedelta(seconds=seconds - self._since))
        self._since = seconds
        return self._at


async def _caught(work: Awaitable[Any]) -> tuple[Any, Exception | None]:
    """Return what a part of a job returns, or else its error; the only place that catches any. Raises StorageError."""
    try:
        return await work, None
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug in one job must stop no other
        return None, error


def _named(error: Exception) -> str:
    """Return an error for the operator. What a bug says may contain what people wrote, and is only in the log."""
    return str(error) if isinstance(error, MessengerError) else type(error).__name__
