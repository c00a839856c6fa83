"""Jobs: replaced when scheduled again, claimed once, kept until they are done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage import AT_ONCE, Database, Job, Store
from tests.storage.efforts import effort

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


async def claim(store: Store, now: datetime = NOW, most: int = 10) -> list[Job]:
    return await store.jobs.claim("remind", now, LEASE, most=most)


async def claimed(database: Database, now: datetime = NOW) -> Job:
    async with database.begin() as store:
        (job,) = await claim(store, now)
    return job


async def test_what_is_due_is_claimed_once_and_the_oldest_first(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "late", NOW, {"n": 2})
        await store.jobs.schedule("remind", "early", NOW - SECOND, {"n": 1})
        await store.jobs.schedule("remind", "future", NOW + SECOND)
        await store.jobs.schedule("close", "late", NOW)
    async with database.begin() as store:
        found = await claim(store, most=1) + await claim(store)
        assert [(job.kind, job.key, job.payload) for job in found] == [
            ("remind", "early", {"n": 1}),
            ("remind", "late", {"n": 2}),
        ]
        assert await claim(store) == []
        assert await store.jobs.next_due("remind", NOW) == NOW + SECOND
        assert await store.jobs.next_due("close", NOW) is None


async def test_the_newest_schedule_counts(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", NOW, {"n": 1})
        await store.jobs.schedule("remind", "1", NOW + SECOND, {"n": 2})
        assert await claim(store) == []
    job = await claimed(database, NOW + SECOND)
    assert job.payload == {"n": 2}


async def test_one_that_is_done_is_gone(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1")
    job = await claimed(database)
    async with database.begin() as store:
        assert await store.jobs.is_current(job)
        await store.jobs.finish(job)
        assert await store.jobs.all() == []


async def test_one_rescheduled_while_it_is_worked_on_runs_again_with_the_new_payload(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", NOW, {"n": 1})
    job = await claimed(database)
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", NOW, {"n": 2})
        assert await claim(store) == [], "not twice at the same time"
    async with database.begin() as store:
        assert not await store.jobs.is_current(job)
        await store.jobs.finish(job)
    again = await claimed(database)
    assert again.payload == {"n": 2}
    assert (again.attempts, again.failures) == (1, 1)


async def test_one_cancelled_while_it_is_worked_on_has_no_effect(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1")
    job = await claimed(database)
    async with database.begin() as store:
        assert await store.jobs.cancel("remind", "1")
        assert not await store.jobs.cancel("remind", "1")
    async with database.begin() as store:
        assert not await store.jobs.is_current(job)


async def test_a_lease_that_has_ended_is_taken_over_and_the_former_holder_can_do_nothing(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", NOW)
    first = await claimed(database)
    async with database.begin() as store:
        await store.jobs.extend([first], NOW + 2 * LEASE)
        assert await claim(store, NOW + 1.5 * LEASE) == [], "the lease was extended"
    second = await claimed(database, NOW + 2 * LEASE)
    assert second.failures == 2, "the one that ended the process counts"
    async with database.begin() as store:
        assert not await store.jobs.is_current(first)
        await store.jobs.release(first)
        await store.jobs.extend([first], NOW)
        await store.jobs.put_aside(first, "late", NOW)
        assert await store.jobs.is_current(second)


async def test_one_that_fails_waits_and_what_passes_by_itself_does_not_count_as_a_failure(database: Database) -> None:
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", NOW)
    for number, (failed, failures) in enumerate([(True, 1), (False, 2), (True, 2)]):
        at = NOW + number * SECOND
        job = await claimed(database, at)
        assert (job.attempts, job.failures) == (number + 1, failures)
        async with database.begin() as store:
            await store.jobs.retry_at(job, at + SECOND, "broken", failed=failed)
            assert await claim(store, at) == []
    (job,) = [await claimed(database, NOW + 3 * SECOND)]
    assert (job.failures, job.error) == (3, "broken")


async def test_one_put_aside_waits_for_the_operator_or_for_the_next_schedule(database: Database) -> None:
    for number, again in enumerate[Callable[[Store, Job], Awaitable[object]]](
        (
            lambda store, job: store.jobs.retry([job.id]),
            lambda store, _job: store.jobs.schedule("remind", "1"),
            lambda store, _job: store.jobs.hasten("remind", "1"),
        )
    ):
        async with database.begin() as store:
            await store.jobs.schedule("remind", "1", payload={"n": number})
        job = await claimed(database)
        async with database.begin() as store:
            await store.jobs.put_aside(job, "broken", NOW)
            assert await claim(store, NOW + 100 * LEASE) == []
            (aside,) = await store.jobs.all()
            assert (aside.put_aside_at, aside.error, aside.payload) == (NOW, "broken", {"n": number})
            await again(store, aside)
        job = await claimed(database)
        assert (job.failures, job.error) == (1, "")
        async with database.begin() as store:
            assert await store.jobs.discard([job.id]) == 1


async def test_hastening_keeps_the_payload_and_makes_no_new_job(database: Database) -> None:
    async with database.begin() as store:
        assert not await store.jobs.hasten("remind", "1")
        await store.jobs.schedule("remind", "1", NOW + SECOND, {"n": 1})
        await store.jobs.schedule_new("remind", "1", NOW)
        assert await claim(store) == []
        assert await store.jobs.hasten("remind", "1")
    assert (await claimed(database)).payload == {"n": 1}


async def test_the_earliest_due_time_is_told_after_the_commit(database: Database) -> None:
    told: list[datetime] = []
    database.on_scheduled = told.append
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", NOW + SECOND)
        await store.jobs.schedule("remind", "2", NOW)
        assert told == []
    async with database.begin() as store:
        await store.jobs.schedule("remind", "3")
    assert told == [NOW, AT_ONCE]


async def test_two_processes_never_claim_the_same(database: Database) -> None:
    """On PostgreSQL both transactions are open at once, and neither waits for the other."""
    async with database.begin() as store:
        for number in range(20):
            await store.jobs.schedule("remind", str(number), NOW)
    if database.engine.dialect.name == "sqlite":  # one writer
        async with database.begin() as store:
            found = await claim(store, most=10)
        async with database.begin() as store:
            found += await claim(store, most=20)
    else:
        async with database.begin() as one, database.begin() as two, asyncio.timeout(10):
            found = await claim(one, most=10) + await claim(two, most=20)
    assert len(found) == len({job.id for job in found}) == 20


async def test_one_scheduled_by_two_at_once_is_one_job(database: Database) -> None:
    async def schedule(number: int) -> None:
        async with database.begin() as store:
            await store.jobs.schedule("remind", "1", NOW, {"n": number})

    await asyncio.gather(*map(schedule, range(8)))
    assert (await claimed(database)).version == 8


@pytest.mark.parametrize("stored", [1_000, 10_000, 50_000])
async def test_the_work_grows_with_what_is_due_and_not_with_what_is_stored(database: Database, stored: int) -> None:
    """Three jobs are due; the others are for later, of other kinds, or put aside."""
    many = (
        "INSERT INTO jobs (kind, key, due_at, payload, version, attempts, failures, error, put_aside_at)"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :stored)"
        " SELECT CASE i % 3 WHEN 0 THEN 'close' ELSE 'remind' END, 'key ' || i,"
        " CASE i % 3 WHEN 1 THEN :future ELSE :past END, '{}', 1, 0, 0, '', CASE i % 3 WHEN 2 THEN :past END FROM n"
    )
    moments = [sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("future", "past")]
    async with database.engine.begin() as connection:
        values = {"stored": stored, "future": NOW + LEASE, "past": NOW - LEASE}
        await connection.execute(sa.text(many).bindparams(*moments), values)
        await connection.exec_driver_sql("ANALYZE")
    async with database.begin() as store:
        for number in range(3):
            await store.jobs.schedule("remind", str(number), NOW)

    async def look(store: Store) -> None:
        assert len(await claim(store)) == 3
        assert await store.jobs.next_due("remind", NOW) == NOW + LEASE

    counted = await effort(database, look)
    assert counted < 600
