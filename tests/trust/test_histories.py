"""What is stored of an agreement cannot be rewritten, and /forget lets nobody confirm twice (cases 125 and 127)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import sqlalchemy as sa

from bot.agreement import IllegalStep, Step
from bot.model import Sender
from storage import ActionPoint, Person, Store
from storage import tables as t
from storage.agreements.repository import DamagedHistoryError
from tests.storage.agreements import confirm, proposed, signatory
from tests.storage.polls import NOW
from tests.trust.world import ANNA, MEHMET, TOM, World, only

ENTRY = t.agreement_entries


async def person(store: Store, sender: Sender) -> Person:
    assert sender.account
    return await store.people.get_or_create(sender.account, sender.name, "", NOW)


async def point_in(store: Store) -> tuple[ActionPoint, str, str]:
    """Return an action point that Anna proposes, and the names of the two cities."""
    dialogue = only(await store.dialogues.all())
    koeln, indy = (city.name for city in dialogue.cities)
    return await proposed(store, dialogue, await person(store, ANNA)), koeln, indy


async def test_case_127_what_was_changed_in_the_database_is_found_and_nothing_is_built_on_it(world: World) -> None:
    """A word of the text; who confirmed; an objection that is to disappear."""
    async with world.database.begin() as store:
        point, koeln, indy = await point_in(store)
        await store.agreements.take(point.agreement, Step.OBJECTED, signatory(await person(store, TOM), indy), NOW)
        here = ENTRY.c.agreement_id == point.id
        found = []
        for change in (
            sa.update(ENTRY).where(here, ENTRY.c.position == 1).values(content={"text": "Fell trees"}),
            sa.update(ENTRY).where(here, ENTRY.c.position == 2).values(step=Step.CONFIRMED),
            sa.delete(ENTRY).where(here, ENTRY.c.position == 2),
        ):
            change_only = await store._connection.begin_nested()
            await store._connection.execute(change)
            faults, _last = await store.agreement_check.slice(0)
            found.append(([fault.number for fault in faults], await is_extended(store, point, koeln)))
            await change_only.rollback()
        assert found == [([point.number], False)] * 3
        assert await is_extended(store, point, koeln)


async def is_extended(store: Store, point: ActionPoint, city: str) -> bool:
    try:
        await confirm(store, point.agreement, await person(store, MEHMET), city)
    except DamagedHistoryError:
        return False
    return True


async def test_case_125_nobody_confirms_for_two_cities_by_being_forgotten_in_between(world: World) -> None:
    async with world.database.begin() as store:
        point, koeln, indy = await point_in(store)
        anna = await person(store, ANNA)
        before = signatory(anna, koeln)
        await store.agreements.take(point.agreement, Step.CONFIRMED, before, NOW)
        assert await store.people.forget(anna)
        again = replace(before, person_id=(await person(store, ANNA)).id, city=indy)
        with suppress(IllegalStep):
            await store.agreements.take(point.agreement, Step.CONFIRMED, again, NOW)
        assert list(await store.agreements.signatories(point.agreement)) == [koeln]
