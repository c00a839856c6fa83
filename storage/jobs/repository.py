"""Jobs: scheduled by whoever needs them, claimed by a runner, kept until they are done.

waiting ⇄ leased → done (deleted) | put aside
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.base import Repository
from storage.jobs.records import AT_ONCE, Job
from storage.jobs.tables import PENDING, jobs

_UNLEASED: Mapping[str, None] = {"lease": None, "leased_until": None}
_FRESH: Mapping[str, Any] = {"attempts": 0, "failures": 0, "error": "", "put_aside_at": None}

_OF_KIND = sa.select(jobs).where(jobs.c.kind == sa.bindparam("of"), PENDING).order_by(jobs.c.due_at, jobs.c.id)
_DUE = (
    _OF_KIND.where(
        jobs.c.due_at <= sa.bindparam("now"),
        sa.or_(jobs.c.leased_until.is_(None), jobs.c.leased_until <= sa.bindparam("now")),
    )
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)  # PostgreSQL: what another process is claiming is not waited for
)
_NEXT = _OF_KIND.with_only_columns(jobs.c.due_at).where(jobs.c.due_at > sa.bindparam("now")).limit(1)
_NAMED = (jobs.c.kind == sa.bindparam("of"), jobs.c.key == sa.bindparam("named"))
_DUE_AT = sa.select(jobs.c.due_at).where(*_NAMED)
_MINE = (jobs.c.id == sa.bindparam("row"), jobs.c.lease == sa.bindparam("token"))
_TAKEN = sa.delete(jobs).where(*_NAMED).returning(jobs.c.payload)
_HELD = sa.select(jobs.c.version).where(*_MINE).with_for_update()
_SET = sa.update(jobs).where(jobs.c.id == sa.bindparam("row"))
_SET_MINE = sa.update(jobs).where(*_MINE)
_RESCHEDULED = sa.update(jobs).where(*_NAMED).values(version=jobs.c.version + 1)
# Built once: building a statement and its cache key costs more than running it.


class Jobs(Repository):
    """The jobs."""

    def __init__(self, connection: AsyncConnection, scheduled: set[datetime]) -> None:
        """Work on an open transaction; new due times are added to `scheduled`."""
        super().__init__(connection)
        self._scheduled = scheduled

    # --- for those who need something done ---

    async def schedule(
        self, kind: str, key: str = "", due: datetime = AT_ONCE, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Schedule a job, replacing the one of this kind and key: the newest due time and payload count.

        One that is running now will have no effect, and runs again as scheduled now. One that was put
        aside is tried again.
        """
        values = {"due_at": due, "payload": dict(payload or {}), **_FRESH}
        while not (await self._reschedule(kind, key, values) or await self._is_added(kind, key, values)):
            pass  # PostgreSQL: it was added, or done, by somebody else in between
        self._scheduled.add(due)

    async def schedule_new(self, kind: str, key: str, due: datetime, payload: Mapping[str, Any] | None = None) -> None:
        """Schedule a job unless there is one of this kind and key."""
        if await self._is_added(kind, key, {"due_at": due, "payload": dict(payload or {}), **_FRESH}):
            self._scheduled.add(due)

    async def due(self, kind: str, key: str = "") -> datetime | None:
        """Return when a job is due, if there is one."""
        row = await self._one(_DUE_AT, of=kind, named=key)
        return row and row.due_at

    async def hasten(self, kind: str, key: str) -> bool:
        """Make a job due at once, with its payload, if there is one; return whether there is."""
        self._scheduled.add(AT_ONCE)
        return await self._reschedule(kind, key, {"due_at": AT_ONCE, **_FRESH})

    async def cancel(self, kind: str, key: str = "") -> bool:
        """Delete a job; if it is running, it will have no effect. Return whether there was one."""
        named = {"of": kind, "named": key}
        return (await self._connection.execute(sa.delete(jobs).where(*_NAMED), named)).rowcount > 0

    async def take(self, kind: str, key: str = "") -> Mapping[str, Any] | None:
        """Delete a job and return its payload, or None if there is none any more: whoever takes it does the work."""
        row = await self._one(_TAKEN, of=kind, named=key)
        return row and row.payload

    # --- for the runner ---

    async def claim(self, kind: str, now: datetime, lease: timedelta, *, most: int) -> list[Job]:
        """Lease at most `most` due jobs of a kind that nobody is working on, oldest first, and return them.

        Each is counted as a failure until the opposite is recorded, so that one which ends the process is counted.
        """
        claimed = []
        for row in await self._all(_DUE, of=kind, now=now, most=most):
            marks = {
                "lease": secrets.token_hex(8),
                "leased_until": now + lease,
                "attempts": row.attempts + 1,
                "failures": row.failures + 1,
            }
            await self._update(_SET, row=row.id, **marks)
            claimed.append(_job(row, **marks))
        return claimed

    async def next_due(self, kind: str, now: datetime) -> datetime | None:
        """Return when the next job of a kind is due after `now`."""
        row = await self._one(_NEXT, of=kind, now=now)
        return row and row.due_at

    async def extend(self, leased: Collection[Job], until: datetime) -> None:
        """Extend the leases of jobs that are being worked on."""
        for job in leased:
            await self._set_mine(job, leased_until=until)

    async def is_current(self, job: Job) -> bool:
        """Lock a claimed job; return whether it still is as it was claimed.

        It is not if it was cancelled, rescheduled, or taken over by another runner because the lease had ended.
        """
        row = await self._one(_HELD, row=job.id, token=job.lease)
        return row is not None and row.version == job.version

    async def finish(self, job: Job) -> None:
        """Delete a job that is done, unless it has been rescheduled."""
        done = sa.delete(jobs).where(jobs.c.id == job.id, jobs.c.version == job.version)
        if not (await self._connection.execute(done)).rowcount:
            await self.release(job)

    async def release(self, job: Job) -> None:
        """End the lease of a job, which runs again when it is due."""
        await self._set_mine(job, **_UNLEASED)

    async def retry_at(self, job: Job, due: datetime, error: str, *, failed: bool) -> None:
        """Postpone a job because of an error; `failed`: because of a bug, as opposed to a temporary failure."""
        failures = job.failures if failed else job.failures - 1
        await self._set_mine(job, due_at=due, error=error, failures=failures, **_UNLEASED)
        self._scheduled.add(due)

    async def put_aside(self, job: Job, error: str, at: datetime) -> None:
        """Give up a job until the operator retries it."""
        await self._set_mine(job, put_aside_at=at, error=error, **_UNLEASED)

    # --- for the operator ---

    async def all(self) -> list[Job]:
        """Return all jobs, those put aside first, then by due time."""
        rows = sa.select(jobs).order_by(PENDING, jobs.c.due_at, jobs.c.id)
        return [_job(row) for row in await self._all(rows)]

    async def retry(self, ids: Collection[int]) -> int:
        """Make jobs that were put aside due at once; return how many."""
        again = sa.update(jobs).where(jobs.c.id.in_(ids), sa.not_(PENDING)).values(due_at=AT_ONCE, **_FRESH)
        self._scheduled.add(AT_ONCE)
        return (await self._connection.execute(again)).rowcount

    async def discard(self, ids: Collection[int]) -> int:
        """Delete jobs; return how many."""
        return (await self._connection.execute(sa.delete(jobs).where(jobs.c.id.in_(ids)))).rowcount

    # --- internals ---

    async def _reschedule(self, kind: str, key: str, values: Mapping[str, Any]) -> bool:
        return await self._update(_RESCHEDULED, of=kind, named=key, **values) > 0

    async def _is_added(self, kind: str, key: str, values: Mapping[str, Any]) -> bool:
        return await self._insert_new(jobs, kind=kind, key=key, version=1, **values, **_UNLEASED)

    async def _set_mine(self, job: Job, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        """Update a job if this claim still holds it."""
        await self._update(_SET_MINE, row=job.id, token=job.lease, **values)


def _job(row: sa.Row[Any], **marks: Any) -> Job:  # noqa: ANN401 - columns of any type
    return Job(**{**row._asdict(), **marks})
