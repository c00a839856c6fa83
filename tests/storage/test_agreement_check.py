"""The check of the installation finds whatever was changed in a history behind the bot's back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.agreement import Flaw, Step
from storage import ActionPoint, AgreementFault, Database, Store
from storage import tables as t
from storage.agreements.repository import DamagedHistoryError
from tests.storage.agreements import confirm, paired_in, proposed, signatory
from tests.storage.polls import NOW, person_in


async def agreed(store: Store) -> ActionPoint:
    """Make two action points, of which the second one is agreed, and return that."""
    dialogue = await paired_in(store)
    anna, tom = await person_in(store, "1"), await person_in(store, "2")
    await proposed(store, dialogue, anna)
    point = await proposed(store, dialogue, anna)
    for person, city in ((anna, "Köln"), (tom, "Leeds")):
        await confirm(store, point.agreement, person, city)
    return await store.actions.get(point.id)


async def faults(store: Store) -> list[AgreementFault]:
    found, last = await store.agreement_check.slice(0)
    assert last is not None
    assert await store.agreement_check.slice(last) == ([], None)
    return found


@pytest.fixture
async def tampered(sqlite: Database) -> AsyncIterator[tuple[Store, ActionPoint]]:
    """Yield a transaction in which the second action point is agreed."""
    async with sqlite.begin() as store:
        point = await agreed(store)
        assert await faults(store) == []
        yield store, point


async def execute(store: Store, statement: sa.Executable) -> None:
    await store._connection.execute(statement)


Tampered = tuple[Store, ActionPoint]


async def test_every_column_of_a_stored_entry_is_covered(tampered: Tampered) -> None:
    """Only who it was, as a person of today, may change: they can be forgotten."""
    store, point = tampered
    entries = t.agreement_entries
    changes: dict[str, Any] = {
        "step": "objected",
        "at": NOW.replace(microsecond=1),
        "version": 2,
        "city": "Tampa",
        "actor": "eve",
        "content": {"cities": ["Köln"]},
        "previous": "0" * 64,
        "digest": "0" * 64,
    }
    assert {*changes, "agreement_id", "position", "person_id"} == {each.name for each in entries.columns}
    for name, value in changes.items():
        for position in range(1, 5):
            here = sa.and_(entries.c.agreement_id == point.id, entries.c.position == position)
            savepoint = await store._connection.begin_nested()
            await execute(store, sa.update(entries).where(here).values({name: value}))
            found = [(fault.dialogue, fault.kind, fault.number, fault.position) for fault in await faults(store)]
            assert found == [("Köln – Leeds", "action", 2, position)], (name, position)
            await savepoint.rollback()
    assert await faults(store) == []


@pytest.mark.parametrize("position", [1, 2, 4])
async def test_an_entry_that_is_missing_is_found_and_nothing_is_built_on_what_is_left(
    tampered: Tampered, position: int
) -> None:
    store, point = tampered
    entries = t.agreement_entries
    await execute(store, sa.delete(entries).where(entries.c.agreement_id == point.id, entries.c.position == position))
    (fault,) = await faults(store)
    last = position == 4
    assert (fault.number, fault.position) == (2, None if last else position)
    assert fault.what == ("the history does not end as stored (state)" if last else Flaw.ORDER.value)
    with pytest.raises(DamagedHistoryError):
        await store.agreements.take(point.agreement, Step.DONE, signatory(await person_in(store, "1"), "Köln"), NOW)


@pytest.mark.parametrize(
    ("table", "change", "what"),
    [
        (t.agreements, {"state": "done"}, "the history does not end as stored (state)"),
        (t.agreements, {"in_force": None}, "the history does not end as stored (in_force)"),
        (t.agreements, {"number": 7}, Flaw.CHAIN.value),
        (t.action_points, {"text": "Fell trees"}, "what is shown differs from the history (text)"),
        (t.action_points, {"lead_city_id": 2}, "what is shown differs from the history (lead)"),
        (t.action_owners, {"pseudonym": "eve"}, "somebody owns it whom the history does not name"),
        (t.action_owners, {"city_id": 2}, "somebody owns it whom the history does not name"),
    ],
)
async def test_copies_that_disagree_with_the_history_are_found(
    tampered: Tampered, table: sa.Table, change: dict[str, Any], what: str
) -> None:
    store, point = tampered
    key = table.c.action_id if table is t.action_owners else table.c.id
    await execute(store, sa.update(table).where(key == point.id).values(change))
    assert [fault.what for fault in await faults(store)] == [what]


@pytest.mark.parametrize(("column", "text"), [("content", "{nonsense"), ("at", "yesterday"), ("step", "signed")])
async def test_an_entry_that_cannot_be_read_is_found_and_the_others_are_checked(
    sqlite: Database, column: str, text: str
) -> None:
    """SQLite accepts any text in any column."""
    async with sqlite.begin() as store:
        point = await agreed(store)
        entries = t.agreement_entries
        garbled = sa.update(entries).values({column: sa.literal_column(f"'{text}'")})
        await execute(store, garbled.where(entries.c.agreement_id == point.id - 1))
        (fault,) = await faults(store)
        assert (fault.number, fault.what) == (1, "an entry cannot be read")
