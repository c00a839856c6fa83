"""Memory with many chats, and start-up time with a large database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import psutil
import sqlalchemy as sa

from storage import Database, State
from storage import tables as t
from tests.bench.figures import Figure, at_most
from tests.bench.ground import Ground, outcome
from tests.system.harness import SystemWorld

_PORTION = 5000  # rows per statement


async def size(ground: Ground) -> AsyncIterator[Figure]:
    """Measure 200 chats that have all been used, then a start with 100,000 stored messages."""
    pairs, stored = (25, 20_000) if ground.quick else (100, 100_000)
    async with ground.world(pairs) as world:
        await world.start()
        await world.talk(2)
        yield await outcome(world, f"2 messages each way in {2 * pairs} chats", 300)
        yield at_most(f"resident memory with {2 * pairs} chats", memory(world), 170, "MB")
        await world.bot.stop()
        await fill(world, stored)
        for pair in world.pairs[:5]:
            world.say_in_group(pair)
            await world.say_in_room(pair)
        begin = monotonic()
        start = asyncio.create_task(world.bot.start())
        yield await outcome(world, "said before the start", 120)
        await start
        firsts = [min(at for at in _moments(world, way) if at > begin) - begin for way in (0, 1)]
        yield at_most(f"start to first message on Matrix, {stored} stored", firsts[0], 5, "s")
        yield at_most(f"start to first message on Telegram, {stored} stored", firsts[1], 5, "s")
        yield at_most("resident memory after that", memory(world), 170, "MB")


def memory(world: SystemWorld) -> float:
    return float(psutil.Process(world.bot.pid).memory_info().rss) / 1e6


def _moments(world: SystemWorld, way: int) -> list[float]:
    return [moment for pair in world.pairs for moment in pair.streams[way].at.values()]


async def fill(world: SystemWorld, count: int) -> None:
    """Insert `count` delivered messages, with their events, copies and deliveries."""
    database = Database(world.database_url)
    async with database.begin() as store:
        chats = await store.chats.paired()
    partners = [
        (chat, next(c for c in chats if c.dialogue_id == chat.dialogue_id and c.id != chat.id)) for chat in chats
    ]
    then = datetime.now(UTC) - timedelta(days=1)
    async with database.engine.begin() as connection:
        first = (
            await connection.execute(sa.select(sa.func.coalesce(sa.func.max(t.messages.c.id), 0)))
        ).scalar_one() + 1
        for begin in range(first, first + count, _PORTION):
            rows = [(id, *partners[id % len(partners)]) for id in range(begin, min(begin + _PORTION, first + count))]
            events = [{"account": "old", "event_id": f"old{id}", "received_at": then} for id, _, _ in rows]
            messages = [
                {"id": id, "dialogue_id": a.dialogue_id, "chat_id": a.id, "native_id": f"9{id}", "sent_at": then}
                for id, a, _ in rows
            ]
            copies = [{"message_id": id, "chat_id": b.id, "part": 0, "native_id": f"8{id}"} for id, _, b in rows]
            done = {"part": 0, "kind": "send", "state": State.DELIVERED, "attempts": 1, "error": ""}
            moments = {"queued_at": then, "tried_at": then, "done_at": then}
            deliveries = [
                {"chat_id": b.id, "lane": b.ref.lane, "message_id": id, "token": f"old{id}"} | done | moments
                for id, _, b in rows
            ]
            tables = (t.inbox, events), (t.messages, messages), (t.copies, copies), (t.deliveries, deliveries)
            for table, values in tables:
                await connection.execute(sa.insert(table), values)
    await database.close()
