"""Jobs run once and in one transaction, whatever crashes, fails or competes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot import retries
from bot.commands.context import Context
from bot.jobs import runner as runners
from bot.jobs.kinds import Apply, JobKind, Prepare, Work
from bot.jobs.runner import LEASE, JobRunner
from bot.messengers.base import TemporaryError
from storage import Database, Job, StorageError, Store
from storage.jobs import Jobs
from tests.fake_web import reader_of

SECOND = timedelta(seconds=1)


class Workbench:
    """A database, a clock that the test drives, and runners that note what they apply."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.seconds = 0.0
        self.applied: list[str] = []

    def runner(self, *kinds: JobKind) -> JobRunner:
        made = JobRunner(self.database, _context, {}, lambda: self.now, lambda: self.seconds, feeds=reader_of())
        made.register(kinds)
        return made

    def kind(
        self, apply: Apply | None = None, prepare: Prepare | None = None, name: str = "remind", **more: Any
    ) -> JobKind:
        return JobKind(name=name, apply=apply or self.note, prepare=prepare, **more)

    async def note(self, _ctx: Context, job: Job, prepared: object) -> None:
        self.applied.append(f"{job.key} {prepared}" if prepared else job.key)

    async def schedule(self, *keys: str, kind: str = "remind", after: timedelta = timedelta(), **payload: Any) -> None:
        async with self.database.begin() as store:
            for key in keys:
                await store.jobs.schedule(kind, key, self.now + after, payload)

    async def stored(self) -> list[Job]:
        async with self.database.begin() as store:
            return await store.jobs.all()


def _context(store: Store, now: datetime, feature: str) -> Context:
    return cast("Context", SimpleNamespace(store=store, now=now, feature=feature))


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def bench(database: Database) -> Workbench:
    return Workbench(database)


async def test_what_is_due_is_prepared_and_applied_once(bench: Workbench) -> None:
    async def prepare(work: Work, job: Job) -> str:
        async with work.database.begin() as store:  # no transaction is open: SQLite has one connection
            return f"of {len(await store.jobs.all())} at {work.now:%H:%M} {job.payload['n']}"

    await bench.schedule("1", n=7)
    await bench.schedule("later", after=SECOND, n=8)
    runner = bench.runner(bench.kind(prepare=prepare))
    await runner.run_due()
    await runner.run_due()
    assert bench.applied == ["1 of 2 at 12:00 7"]
    assert [job.key for job in await bench.stored()] == ["later"]
    bench.now += SECOND
    await runner.run_due()
    assert len(bench.applied) == 2
    assert await bench.stored() == []


async def test_what_an_attempt_that_fails_has_done_is_undone(bench: Workbench) -> None:
    async def apply(ctx: Context, job: Job, _prepared: object) -> None:
        await ctx.store.cities.add("Köln", "de_DE", "Europe/Berlin")
        bench.applied.append(job.key)
        if len(bench.applied) == 1:
            raise ValueError("Köln is the name of a city")

    await bench.schedule("1")
    runner = bench.runner(bench.kind(apply))
    with capture_logs() as logs:
        await runner.run_due()
    assert [(each["event"], each["attempt"]) for each in logs] == [("job failed", 1)]
    async with bench.database.begin() as store:
        assert await store.cities.all() == []
    (job,) = await bench.stored()
    assert (job.error, job.lease) == ("ValueError", None), "what people wrote is not stored"
    bench.now += 10 * SECOND
    await runner.run_due()
    assert bench.applied == ["1", "1"]
    assert await bench.stored() == []


async def test_a_bug_in_one_stops_no_other_and_is_put_aside_under_a_number(bench: Workbench) -> None:
    async def apply(ctx: Context, job: Job, prepared: object) -> None:
        if job.key == "bad":
            raise ValueError
        await bench.note(ctx, job, prepared)

    await bench.schedule("bad", "good")
    runner = bench.runner(bench.kind(apply, attempts=3))
    with capture_logs() as logs:
        for _attempt in range(6):
            await runner.run_due()
            bench.now += timedelta(hours=1)
    assert bench.applied == ["good"]
    assert [each["event"] for each in logs] == ["job failed", "job failed", "job put aside"]
    (job,) = await bench.stored()
    assert job.put_aside_at
    assert job.error == f"ValueError, in the log under {logs[-1]['number']}"
    async with bench.database.begin() as store:
        await store.jobs.retry([job.id])
    await bench.runner(bench.kind()).run_due()
    assert bench.applied == ["good", "bad"]


async def test_values_that_the_database_rejects_are_a_bug_and_are_not_waited_for(bench: Workbench) -> None:
    async def apply(ctx: Context, _job: Job, _prepared: object) -> None:
        await ctx.store._connection.execute(sa.text("INSERT INTO cities (id, name) VALUES (1, NULL)"))

    await bench.schedule("1")
    await bench.runner(bench.kind(apply, attempts=1)).run_due()
    (job,) = await bench.stored()
    assert job.put_aside_at


async def test_one_that_ends_the_process_each_time_is_put_aside(bench: Workbench) -> None:
    await bench.schedule("1")
    for _crash in range(2):
        async with bench.database.begin() as store:
            assert await store.jobs.claim("remind", bench.now, LEASE, most=1)
        bench.now += LEASE
    await bench.runner(bench.kind(attempts=2)).run_due()
    assert bench.applied == []
    (job,) = await bench.stored()
    assert "CrashError" in job.error
    assert job.put_aside_at


async def test_waits_grow_to_the_longest(bench: Workbench) -> None:
    async def apply(_ctx: Context, _job: Job, _prepared: object) -> None:
        raise ValueError

    await bench.schedule("1")
    runner, waits = bench.runner(bench.kind(apply, backoff=(10, 60), attempts=None)), list[float]()
    for _attempt in range(6):
        await runner.run_due()
        (job,) = await bench.stored()
        waits.append((job.due_at - bench.now).total_seconds())
        bench.now = job.due_at
    for wait, longest in zip(waits, (10, 20, 40, 60, 60, 60), strict=True):
        assert 0.7 * longest <= wait <= longest


async def test_what_passes_by_itself_is_waited_for_without_end(bench: Workbench) -> None:
    async def prepare(_work: Work, _job: Job) -> None:
        bench.applied.append("asked")
        if len(bench.applied) < 9:
            raise TemporaryError("does not answer", 30 if len(bench.applied) == 1 else None)

    await bench.schedule("1")
    runner = bench.runner(bench.kind(prepare=prepare, attempts=2))
    await runner.run_due()
    (job,) = await bench.stored()
    assert (job.due_at - bench.now, job.error) == (30 * SECOND, "does not answer")
    while stored := await bench.stored():
        bench.now = stored[0].due_at
        await runner.run_due()
    assert bench.applied == ["asked"] * 9 + ["1"]


async def test_one_that_hangs_is_given_up_and_blocks_no_other(bench: Workbench) -> None:
    async def hang(_work: Work, job: Job) -> None:
        if job.key == "hangs":
            await asyncio.Event().wait()

    await bench.schedule("hangs", "good")
    async with asyncio.timeout(10):
        await bench.runner(bench.kind(prepare=hang, parallel=1, limit=0.01, attempts=1)).run_due()
    assert bench.applied == ["good"]
    (job,) = await bench.stored()
    assert (job.put_aside_at, job.error.partition(",")[0]) == (bench.now, "TimeoutError")


async def test_one_rescheduled_while_it_is_prepared_runs_again_with_the_newest_payload(bench: Workbench) -> None:
    async def prepare(_work: Work, job: Job) -> str:
        if job.payload["n"] == 1:
            await bench.schedule("1", n=2)
        return f"with {job.payload['n']}"

    await bench.schedule("1", n=1)
    await bench.runner(bench.kind(prepare=prepare)).run_due()
    assert bench.applied == ["1 with 2"]
    assert await bench.stored() == []


async def test_one_cancelled_while_it_is_prepared_is_not_applied(bench: Workbench) -> None:
    async def prepare(work: Work, _job: Job) -> None:
        async with work.database.begin() as store:
            await store.jobs.cancel("remind", "1")

    await bench.schedule("1")
    await bench.runner(bench.kind(prepare=prepare)).run_due()
    assert bench.applied == []


async def test_one_that_schedules_itself_again_stays(bench: Workbench) -> None:
    async def apply(ctx: Context, job: Job, prepared: object) -> None:
        await bench.note(ctx, job, prepared)
        await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + SECOND, {"n": 2})

    await bench.schedule("1", n=1)
    runner = bench.runner(bench.kind(apply))
    await runner.run_due()
    (job,) = await bench.stored()
    assert (job.due_at - bench.now, job.payload, job.lease, job.failures) == (SECOND, {"n": 2}, None, 0)
    bench.now += SECOND
    await runner.run_due()
    assert bench.applied == ["1", "1"]


async def test_two_runners_share_the_work_and_do_nothing_twice(bench: Workbench) -> None:
    async def prepare(_work: Work, _job: Job) -> None:
        await asyncio.sleep(0)

    keys = [str(number) for number in range(40)]
    await bench.schedule(*keys)
    runners = [bench.runner(bench.kind(prepare=prepare)) for _runner in range(2)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(each.run_due() for each in runners))
    assert sorted(bench.applied) == sorted(keys)


async def test_a_job_of_a_process_that_hangs_is_taken_over_and_applied_once(bench: Workbench) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def hang(_work: Work, _job: Job) -> str:
        asked.set()
        await answered.wait()
        return "late"

    await bench.schedule("1")
    async with asyncio.TaskGroup() as group:
        group.create_task(bench.runner(bench.kind(prepare=hang)).run_due())
        await asked.wait()
        other = bench.runner(bench.kind())
        bench.now += LEASE - SECOND
        await other.run_due()
        assert bench.applied == []
        bench.now += SECOND
        await other.run_due()
        assert bench.applied == ["1"]
        answered.set()
    assert bench.applied == ["1"]
    assert await bench.stored() == []


async def test_a_clock_that_is_set_back_makes_nothing_late(bench: Workbench) -> None:
    runner = bench.runner(bench.kind())
    await bench.schedule("1", after=20 * SECOND)
    bench.now -= timedelta(hours=1)
    bench.seconds += 19
    await runner.run_due()
    assert bench.applied == []
    bench.seconds += 1
    await runner.run_due()
    assert bench.applied == ["1"]


async def test_only_so_many_of_a_kind_run_at_once_and_other_kinds_are_not_held_up(bench: Workbench) -> None:
    busy, most, release = 0, 0, asyncio.Event()

    async def prepare(_work: Work, _job: Job) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await release.wait()
        busy -= 1

    async def other(ctx: Context, job: Job, prepared: object) -> None:
        await bench.note(ctx, job, prepared)
        release.set()

    await bench.schedule(*"abcdefg")
    await bench.schedule("other", kind="close")
    slow = bench.kind(prepare=prepare, parallel=3)
    async with asyncio.timeout(30):
        await bench.runner(slow, bench.kind(other, name="close")).run_due()
    assert bench.applied[0] == "other"
    assert (most, len(bench.applied)) == (3, 8)


async def test_a_database_in_trouble_is_waited_for(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def apply(ctx: Context, job: Job, prepared: object) -> None:
        bench.applied.append("tried")
        if len(bench.applied) < 3:
            raise StorageError("disk full")
        await bench.note(ctx, job, prepared)

    monkeypatch.setattr(retries, "PAUSE", (0, 0))
    await bench.schedule("1")
    await bench.runner(bench.kind(apply, attempts=1)).run_due()
    assert bench.applied == ["tried"] * 3 + ["1"]
    assert await bench.stored() == []


async def test_one_under_way_when_the_bot_stops_is_left_to_the_next_process(bench: Workbench) -> None:
    asked = asyncio.Event()

    async def hang(_work: Work, _job: Job) -> None:
        asked.set()
        await asyncio.Event().wait()

    await bench.schedule("1")
    task = asyncio.create_task(bench.runner(bench.kind(prepare=hang)).run())
    async with asyncio.timeout(10):
        await asked.wait()
    await _stop(task)
    (job,) = await bench.stored()
    assert (job.lease, job.failures) == (None, 0)
    await bench.runner(bench.kind()).run_due()
    assert bench.applied == ["1"]


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_running_bot_is_woken_when_something_is_due(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool
) -> None:
    """By the alarm; and by the sweep for what another process has scheduled."""
    monkeypatch.setattr(runners, "SWEEP", 0.05 if elsewhere else 3600)
    done = asyncio.Event()

    async def apply(_ctx: Context, _job: Job, _prepared: object) -> None:
        done.set()

    runner = JobRunner(bench.database, _context, {}, lambda: datetime.now(UTC), feeds=reader_of())
    runner.register([bench.kind(apply)])
    if not elsewhere:
        bench.database.on_scheduled = runner.wake
    task = asyncio.create_task(runner.run())
    async with bench.database.begin() as store:
        await store.jobs.schedule("remind", "1", datetime.now(UTC) + timedelta(seconds=0.1))
    async with asyncio.timeout(10):
        await done.wait()
    await _stop(task)


async def test_kinds_can_be_added_while_it_looks_for_what_is_due(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, claim = bench.runner(bench.kind()), JobRunner._claim
    invite = bench.kind(name="invite")

    async def adding(self: JobRunner, store: Store, kind: JobKind, now: datetime) -> list[Job]:
        runner.register([invite])
        return await claim(self, store, kind, now)

    monkeypatch.setattr(JobRunner, "_claim", adding)
    await bench.schedule("1")
    await bench.schedule("2", kind="invite")
    await runner.run_due()
    assert bench.applied == ["1", "2"]


async def test_leases_are_extended_while_a_job_runs(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "LEASE", timedelta(seconds=0.03))
    asked, extended = asyncio.Event(), asyncio.Event()
    extend = Jobs.extend

    async def noted(self: Jobs, leased: Collection[Job], until: datetime) -> None:
        await extend(self, leased, until)
        if asked.is_set():
            extended.set()

    async def hang(_work: Work, _job: Job) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Jobs, "extend", noted)
    await bench.schedule("1")
    task = asyncio.create_task(bench.runner(bench.kind(prepare=hang)).run())
    async with asyncio.timeout(10):
        await asked.wait()
        bench.now += timedelta(hours=1)
        extended.clear()
        await extended.wait()
    (job,) = await bench.stored()
    assert job.leased_until == bench.now + timedelta(seconds=0.03)
    await _stop(task)


def test_two_kinds_of_one_name_are_an_error(bench: Workbench) -> None:
    with pytest.raises(ValueError, match="remind"):
        bench.runner(bench.kind(), bench.kind())
