"""What the runner does when reminders are due, depending on how many are stored."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from storage import Database, upgrade
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground
from tests.stories.conftest import running
from tests.stories.reminding import DAY, START, Reminding, fill

STORED = (1_000, 10_000, 50_000)
WAKES = 20
"""Times that something is due, of which the middle one counts."""


@dataclass
class Effort:
    """What a wake-up costs: statements, instructions of SQLite's virtual machine, seconds of the processor."""

    statements: int = 0
    steps: int = 0
    seconds: float = 0.0


async def reminders(ground: Ground) -> AsyncIterator[Figure]:
    """Send the reminders of one roundtable, to two chats, while ever more are stored for later."""
    efforts = {}
    for stored in STORED[: 2 if ground.quick else 3]:
        async with _told_on(ground.folder / f"reminders-{stored}.sqlite", stored) as story:
            efforts[stored] = await _effort(story)
        effort = efforts[stored]
        yield known(f"statements of a wake-up, {stored} reminders stored", effort.statements, "")
        yield known("  instructions of the database", effort.steps, "")
        yield known("  processor time", 1000 * effort.seconds, "ms")
    first, last = efforts[STORED[0]], efforts[max(efforts)]
    yield at_most(f"the same work with {max(efforts)} as with {STORED[0]}", last.steps / first.steps, 1.1, "×")


@asynccontextmanager
async def _told_on(path: Path, stored: int) -> AsyncIterator[Reminding]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    story = Reminding(database)
    await story.set_up()
    await fill(database, stored)
    async with running(story):
        await story.quiet()
        yield story
    await database.close()


async def _effort(story: Reminding) -> Effort:
    """Return the median effort of some wake-ups, each with one roundtable due."""
    efforts = []
    for number in range(WAKES):
        start = START - 2 * DAY + number * DAY / 1440
        await story.meets(DAY, start=start, speakers=(), listeners=())
        story.clock.now = start - DAY
        async with story.database.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
        with _measured(raw.raw) as effort:  # type: ignore[union-attr]
            await story.quiet()
        efforts.append(effort)
    return sorted(efforts, key=lambda each: each.steps)[len(efforts) // 2]


@contextmanager
def _measured(connection: sqlite3.Connection) -> Iterator[Effort]:
    effort = Effort()

    def step() -> None:
        effort.steps += 1

    def stated(_statement: str) -> None:
        effort.statements += 1

    connection.set_progress_handler(step, 1)
    connection.set_trace_callback(stated)
    begin = process_time()
    yield effort
    effort.seconds = process_time() - begin
    connection.set_progress_handler(None, 0)
    connection.set_trace_callback(None)
