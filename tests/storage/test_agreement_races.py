"""Of two steps at the same moment, the second one sees the first (PostgreSQL; SQLite has one writer)."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.agreement import IllegalStep, Step, StepRefusal
from handlers.agreements.minutes._record import load
from storage import AgreementRecord, Database, Person, Terms
from tests.databases import made_on
from tests.storage.agreements import confirm, paired_in, proposed, pseudonym, signatory
from tests.storage.polls import NOW, person_in
from tests.trust.test_races import in_a_row


async def confirm_alone(database: Database, id: int, person: Person) -> AgreementRecord:
    """Confirm for Köln in a transaction of its own."""
    async with database.begin() as store:
        return await confirm(store, await store.agreements.get(id), person, "Köln")


async def test_of_two_steps_at_the_same_moment_the_second_one_sees_the_first(postgres: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        try:
            async with database.begin() as store:
                dialogue = await paired_in(store)
                anna, tom = await person_in(store, "1"), await person_in(store, "2")
                point, other = [await proposed(store, dialogue, anna) for _number in range(2)]

            # Two cities confirm, both having looked before: the second confirmation completes them.
            agreed = await in_a_row(
                database,
                lambda store: confirm(store, point.agreement, anna, "Köln"),
                lambda store: confirm(store, point.agreement, tom, "Leeds"),
            )
            async with database.begin() as store:
                assert await store.agreements.get(point.id) == agreed
                steps = Counter(entry.step for entry in await store.agreements.history(point.id))
                assert steps == {Step.PROPOSED: 1, Step.CONFIRMED: 2, Step.AGREED: 1}

            # Somebody edits the text while another confirms the one they have seen.
            terms = Terms(text="Fell trees", language="en")
            with pytest.raises(IllegalStep) as stale:
                await in_a_row(
                    database,
                    lambda store: store.actions.change(other, terms, signatory(anna, "Köln"), NOW),
                    lambda store: store.agreements.take(
                        other.agreement, Step.CONFIRMED, signatory(tom, "Leeds"), NOW, version=1
                    ),
                )
            assert stale.value.refusal is StepRefusal.STALE
            async with database.begin() as store:
                assert await store.agreements.signatories(other.agreement) == {}

            # A city confirms twice at once: by two taps, or two of its people.
            twice = [confirm_alone(database, other.id, who) for who in (anna, tom)]
            results = await asyncio.gather(*twice, return_exceptions=True)
            refused = [each for each in results if isinstance(each, IllegalStep)]
            assert [each.refusal for each in refused] == [StepRefusal.CONFIRMED_ALREADY]

            # Minutes are shown while somebody changes an action point that was made in them.
            async with database.begin() as store:
                minutes = await store.minutes.start(dialogue.id, NOW, title="Trees", chair_id=anna.id, chat_id=1)
                content = {"actions": [{"number": point.number, "version": 1}]}
                await store.minutes.propose(minutes, content, signatory(anna, "Köln"), NOW)
                minutes = await store.minutes.get(minutes.id)
            async with database.begin() as store:
                await store.actions.get(point.id)
                async with asyncio.timeout(5), database.begin() as other_store:
                    record = await load(other_store, minutes)
            assert record
            assert set(record.owners) == {pseudonym(anna)}
        finally:
            await database.close()
