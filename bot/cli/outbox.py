"""`intercity outbox`: inspect, retry and discard deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.shell import Json, Mistake, command, opened, report, show
from bot.clock import utc_now
from storage import Delivery, State, Store

app = typer.Typer(help="Inspect pending and failed deliveries, retry or discard them.")

Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help="Deliveries; all failed ones by default.")]


@app.command("list")
@command
async def list_(as_json: Json = False) -> None:
    """List pending and failed deliveries, without their content."""
    async with opened() as store:
        there = await store.deliveries.in_state((State.QUEUED, State.SENDING, State.FAILED))
    show([_row(each) for each in there], as_json=as_json)


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "state": delivery.state.value,
        "kind": delivery.kind,
        "chat": str(delivery.chat),
        "queued": delivery.queued_at.isoformat(timespec="seconds"),
        "attempts": delivery.attempts,
        "error": delivery.error,
    }


@app.command("retry")
@command
async def retry(ids: Ids = None, as_json: Json = False) -> None:
    """Try failed deliveries again."""
    async with opened() as store:
        count = await again(store, await _chosen(store, ids), utc_now())
    report("queued again", count, as_json=as_json)


async def again(store: Store, ids: list[int], now: datetime) -> int:
    """Queue failed deliveries again, and take back the notes that stand in place of their files; return how many."""
    for each in await store.deliveries.in_state((State.FAILED,)):
        note = await store.deliveries.note_of(each) if each.id in ids else None
        if note is not None and each.message_id is not None:
            chat = await store.chats.get(each.chat_id)
            await store.deliveries.remove(chat, each.message_id, now, beyond=note)
    return await store.deliveries.retry(ids)


@app.command("discard")
@command
async def discard(ids: Ids = None, as_json: Json = False) -> None:
    """Discard deliveries and wipe their content."""
    async with opened() as store:
        count = await store.deliveries.discard(await _chosen(store, ids), utc_now())
    report("discarded", count, as_json=as_json)


async def _chosen(store: Store, ids: list[int] | None) -> list[int]:
    there = await store.deliveries.in_state((State.FAILED, State.QUEUED))
    if ids is None:
        return [each.id for each in there if each.state is State.FAILED]
    if missing := set(ids) - {each.id for each in there}:
        raise Mistake(f"delivery {min(missing)} is neither waiting nor failed: see `intercity outbox list`")
    return ids
