"""A dialogue with 10,000 action points: lists and exports."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from bot.agreement import Entry, Step, append, outcome
from bot.text.catalogue import LocaleContext
from handlers import FEATURES
from storage import ActionFilter, Database, Dialogue, NewOwner, Person, Terms, upgrade
from storage import tables as t
from storage.actions.repository import _columns
from storage.agreements.repository import about, copy_of
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground
from tests.clocks import Clock
from tests.stories.conftest import ANNA, KOELN, MEHMET, Story, running

_NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_ASKED = 20  # times


async def actions(ground: Ground) -> AsyncIterator[Figure]:
    """Ask for lists through the whole bot, on messengers in memory; then write every file, and watch the loop."""
    most = 1_000 if ground.quick else 10_000
    file = ground.folder / "actions.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    await upgrade(database)
    clock = Clock(_NOW)
    story = Story(database, clock=clock)
    await story.set_up()
    async with running(story):
        await story.says(KOELN, MEHMET, "Hallo")
        await _fill(story, 10)
        await _list(story, clock, "/aufgaben")  # what is loaded once, is
        floor = await _list(story, clock, "/aufgaben")
        await _fill(story, most)
        for typed in ("/aufgaben", "/aufgaben überfällig", "/aufgaben meine", f"/aufgabe {most}"):
            took = await _list(story, clock, typed)
            yield at_most(f"{typed} of {most} action points, median", 1000 * took, 100, "ms", took / floor)
    async for figure in _exports(database, file, most):
        yield figure
    await database.close()


async def _list(story: Story, clock: Clock, typed: str) -> float:
    """Return the seconds from a command to the bot's answer, the median of several.

    A minute passes after each, as nobody gets more than 20 answers in one.
    """
    times = []
    for _time in range(_ASKED):
        before = len(story.at(KOELN))
        begin = perf_counter()
        await story.says(KOELN, ANNA, typed)
        times.append(perf_counter() - begin)
        if len(story.at(KOELN)) == before:
            raise AssertionError(f"no answer to {typed}")
        clock.pass_(minutes=1)
    return median(times)


async def _exports(database: Database, file: Path, most: int) -> AsyncIterator[Figure]:
    exports = {each.name: each for feature in FEATURES for each in feature.exports}
    async with database.begin() as store:
        (dialogue,) = await store.dialogues.all()
    gc.collect()
    gc.freeze()  # as the bot does at its start
    floor = await asyncio.to_thread(_bare, file)
    longest = 0.0
    for format in exports["actions"].formats:
        watch = asyncio.create_task(_longest_stall())
        begin = perf_counter()
        content = await exports["actions"].read(database, dialogue)
        data = await exports["actions"].write(format, dialogue, content, LocaleContext("de_DE"))
        took = perf_counter() - begin
        del content
        watch.cancel()
        longest = max(longest, await watch)
        yield at_most(f"  {most} as {format}, {len(data) / 1e6:.1f} MB", took, 2, "s", took / floor)
    gc.unfreeze()
    yield known("    the loop's longest pause meanwhile", 1000 * longest, "ms")


async def _longest_stall() -> float:
    """Return the longest time in seconds by which a timer was late, until cancelled."""
    longest = 0.0
    try:
        while True:
            begin = perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, perf_counter() - begin - 0.001)
    except asyncio.CancelledError:
        return longest


def _bare(file: Path) -> float:
    """Return the seconds that SQLite's own module needs to read the same rows."""
    begin = perf_counter()
    with closing(sqlite3.connect(file)) as connection:
        for table in ("action_points", "agreements", "agreement_entries", "action_owners"):
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own names
    return perf_counter() - begin


async def _fill(story: Story, up_to: int) -> None:
    """Add action points to the dialogue until there are so many: three of four agreed, every eighth done."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        found = [await store.people.by_account(each.account) for each in (ANNA, MEHMET) if each.account]
        people = [each for each in found if each]
        last = await store.actions.count(dialogue.id, ActionFilter.ALL, today=date.min)
        made = [_rows(dialogue, people, number) for number in range(last + 1, up_to + 1)]
        for table in (t.agreements, t.agreement_entries, t.action_points, t.action_owners):
            await store._connection.execute(sa.insert(table), [row for rows in made for row in rows[table.name]])


def _rows(dialogue: Dialogue, people: list[Person], number: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of an action point, by table."""
    koeln, indy = dialogue.cities
    owners = tuple(
        NewOwner(person_id=each.id, pseudonym=f"{each.id:064}", city=city)
        for each, city in zip(people, (koeln, indy), strict=True)
    )
    terms = Terms(
        text=f"Bäume am Bahnhof pflanzen, Abschnitt {number}; mit der Schule",
        language="de",
        translation=f"Plant trees at the station, section {number}" if number % 2 else None,
        translation_language="en" if number % 2 else None,
        due_on=date(2026, 12, 1) + timedelta(days=number % 365),
        owners=owners,
        lead=koeln,
    )
    history = _history(dialogue, terms, number)
    entries = [
        {"agreement_id": number, "person_id": people[0].id} | {name: getattr(each, name) for name in Entry.__slots__}
        for each in history
    ]
    here = {"id": number, "dialogue_id": dialogue.id, "number": number}
    proposed = {"proposed_by": people[0].id, "proposed_at": _NOW, "sdgs": [11, 13]}
    owned = [
        {"action_id": number, "version": 1, "person_id": each.person_id, "pseudonym": each.pseudonym}
        | {"city_id": each.city.id if each.city else None, "named_at": _NOW}
        for each in owners
    ]
    return {
        "agreements": [here | {"kind": "action"} | copy_of(history, outcome(history))],
        "agreement_entries": entries,
        "action_points": [here | proposed | _columns(terms)],
        "action_owners": owned,
    }


def _history(dialogue: Dialogue, terms: Terms, number: int) -> tuple[Entry, ...]:
    koeln, indy = (each.name for each in dialogue.cities)
    history = append(
        (), Step.PROPOSED, at=_NOW, actor="a" * 64, city=koeln, content=terms.content(),
        about=about(dialogue.id, "action", number),
    )  # fmt: skip
    history = append(history, Step.CONFIRMED, at=_NOW, actor="a" * 64, city=koeln)
    if number % 4:
        history = append(history, Step.CONFIRMED, at=_NOW, actor="b" * 64, city=indy)
        history = append(history, Step.AGREED, at=_NOW, actor="b" * 64, city=indy, content={"cities": [koeln, indy]})
    return append(history, Step.DONE, at=_NOW, actor="a" * 64, city=koeln) if number % 8 == 1 else history
