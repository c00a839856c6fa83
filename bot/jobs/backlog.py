"""Work that waits until what happened before it has been read on each messenger, such as the backlog of a downtime.

One job after the other for each messenger, in the process that serves it; the last one makes the work due.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.commands.context import Context
from bot.jobs.kinds import JobKind, Work, on
from bot.messengers.base import Messenger
from bot.model import MessengerName
from storage import AT_ONCE, Job, Store

PAUSE = timedelta(seconds=1)
"""Time between two looks at a messenger that has not caught up."""


async def schedule_after_reading(
    store: Store, kind: str, key: str, messengers: Iterable[MessengerName], latest: datetime
) -> None:
    """Schedule a job, with the payload `{"read": True}`, for when all messengers have caught up, or for `latest`.

    It replaces the job of this kind and key.
    """
    await store.jobs.schedule(kind, key, latest, {"read": True})
    await _continue(store, kind, key, sorted(messengers))


def kind(messenger: Messenger) -> JobKind:
    """Return the kind of jobs that wait for one messenger."""

    async def look(_work: Work, _job: Job) -> bool:
        return messenger.caught_up

    return JobKind(name=on("backlog", messenger.name), prepare=look, apply=_apply)


async def _apply(ctx: Context, job: Job, caught_up: bool) -> None:
    if caught_up:
        await _continue(ctx.store, job.payload["kind"], job.payload["key"], job.payload["others"])
    else:
        await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + PAUSE, job.payload)


async def _continue(store: Store, kind: str, key: str, left: list[MessengerName]) -> None:
    """Wait for the next messenger; after the last one the work is due."""
    if left:
        payload = {"kind": kind, "key": key, "others": left[1:]}
        await store.jobs.schedule(on("backlog", MessengerName(left[0])), f"{kind} {key}", AT_ONCE, payload)
    else:
        await store.jobs.hasten(kind, key)
