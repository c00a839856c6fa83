"""`intercity jobs`: inspect, retry and discard scheduled work."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.shell import Json, Mistake, command, opened, report, show
from storage import AT_ONCE, Job, Store

app = typer.Typer(help="Inspect scheduled work and what was given up, retry or discard it.")

Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help="Jobs; all given up by default.")]


@app.command("list")
@command
async def list_(as_json: Json = False) -> None:
    """List the jobs, those given up first. The log has the cause of an error under its number."""
    async with opened() as store:
        there = await store.jobs.all()
    show([_row(each) for each in there], as_json=as_json)


def _row(job: Job) -> dict[str, object]:
    state = "given up" if job.put_aside_at else "running" if job.lease else "waiting"
    return {
        "id": job.id,
        "state": state,
        "kind": job.kind,
        "key": job.key,
        "due": "now" if job.due_at == AT_ONCE else job.due_at.isoformat(timespec="seconds"),
        "attempts": job.attempts,
        "error": job.error,
    }


@app.command("retry")
@command
async def retry(ids: Ids = None, as_json: Json = False) -> None:
    """Try jobs that were given up again."""
    async with opened() as store:
        count = await store.jobs.retry(await _chosen(store, ids))
    report("due again", count, as_json=as_json)


@app.command("discard")
@command
async def discard(ids: Ids = None, as_json: Json = False) -> None:
    """Discard jobs: they are never done."""
    async with opened() as store:
        count = await store.jobs.discard(await _chosen(store, ids))
    report("discarded", count, as_json=as_json)


async def _chosen(store: Store, ids: list[int] | None) -> list[int]:
    there = await store.jobs.all()
    if ids is None:
        return [each.id for each in there if each.put_aside_at]
    if missing := set(ids) - {each.id for each in there}:
        raise Mistake(f"there is no job {min(missing)}: see `intercity jobs list`")
    return ids
