"""How long agreements and minutes are kept, and what becomes of the people in them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agreement import IllegalStep, Step, StepRefusal, verify
from bot.jobs.purge import Retention
from bot.model import Account
from storage import ActionFilter, AttendanceKind, Database, LineKind, Signatory, Store
from storage import tables as t
from storage.retention import ACCOUNTED
from tests.storage.agreements import confirm, paired_in, proposed, pseudonym, signatory
from tests.storage.polls import DAY, MATRIX, NOW, TELEGRAM, person_in
from tests.storage.test_purge import count

TABLES = (t.agreements, t.agreement_entries, t.action_points, t.action_owners)
TODAY = date(2026, 11, 26)


async def test_what_was_agreed_stays_and_what_never_was_goes_after_a_year(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna, tom = await person_in(store, "1"), await person_in(store, "2")
        agreed, still_open, withdrawn, given_up = [await proposed(store, dialogue, anna) for _number in range(4)]
        for person, city in ((anna, "Köln"), (tom, "Leeds")):
            await confirm(store, agreed.agreement, person, city)
        for point in (agreed, withdrawn, given_up):
            at = NOW + (DAY if point is given_up else 0 * DAY)
            await store.agreements.take(point.agreement, Step.WITHDRAWN, signatory(anna, "Köln"), at)
        cards = [await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id) for _number in range(2)]
        source = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        await store.actions.link(still_open, card_id=cards[0], source_id=source)
        await store.actions.link(withdrawn, card_id=cards[1])

    async def left(year: int) -> list[int]:
        await Retention().delete_expired(database, NOW + year * ACCOUNTED + DAY)
        async with database.begin() as store:
            found = await store.actions.listed(dialogue.id, ActionFilter.ALL, today=TODAY)
            return [point.number for point in found]

    assert await left(0) == [1, 2, 3, 4]
    assert await left(1) == [1, 2, 4]
    assert await left(20) == [1, 2]
    async with database.begin() as store:
        assert [await count(store, table) for table in TABLES] == [2, 6, 2, 2]
        assert await count(store, t.messages) == 2, "the card and the source of the open one"
        assert await store.people.get(tom.id) == tom, "who has confirmed it is not forgotten by itself"


async def test_minutes_stay_and_their_people_too(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna = await person_in(store, "1")
        minutes = await store.minutes.start(dialogue.id, NOW, title="Trees", chair_id=anna.id, chat_id=1)
        await store.minutes_lines.add(minutes, LineKind.INFO, "It rains.", NOW, person_id=anna.id)
        guest = await person_in(store, "2")
        await store.participants.record(minutes, guest.id, dialogue.cities[1].id, AttendanceKind.WROTE, NOW)
        agreement = await store.minutes.propose(minutes, {"title": "Trees"}, signatory(anna, "Köln"), NOW)
        await store.agreements.take(agreement, Step.WITHDRAWN, signatory(anna, "Köln"), NOW)
    await Retention().delete_expired(database, NOW + 20 * ACCOUNTED)
    async with database.begin() as store:
        assert len(await store.minutes_lines.of(minutes)) == 1
        assert await store.people.get(guest.id) == guest
        assert await store.people.forget(guest)
        (somebody,) = await store.participants.of(minutes)
        assert (somebody.person_id, somebody.city_id) == (None, dialogue.cities[1].id)
        assert await store.minutes.by_agreement(agreement.id)


async def test_who_is_forgotten_is_nobody_but_has_confirmed(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna = await person_in(store, "1")
        point = await proposed(store, dialogue, anna)
        await confirm(store, point.agreement, anna, "Köln")
        assert await store.people.forget(anna)
        assert await store.agreements.signatories(point.agreement) == {"Köln": None}
        assert await store.actions.owners(point) == []
        assert (await store.actions.get(point.id)).proposed_by is None
        assert verify(await store.agreements.history(point.id)) is None
        assert await store.agreement_check.slice(0) == ([], point.id)
        again = await store.people.get_or_create(Account(TELEGRAM, "1"), "Anna", "", NOW)
        returned = Signatory(again.id, pseudonym(anna), "Leeds")
        with pytest.raises(IllegalStep) as illegal:
            await store.agreements.take(point.agreement, Step.CONFIRMED, returned, NOW)
        assert illegal.value.refusal is StepRefusal.OTHER_CITY
        tom = await person_in(store, "2")
        agreed = await confirm(store, point.agreement, tom, "Leeds")
        assert agreed.in_force == 1


async def test_linked_people_own_and_sign_as_one(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna, also_anna = await person_in(store, "1"), await person_in(store, "@anna:test", MATRIX)
        point = await proposed(store, dialogue, also_anna)
        await confirm(store, point.agreement, also_anna, "Köln")
        await store.links.join(anna, also_anna)
        assert await store.agreements.signatories(point.agreement) == {"Köln": anna.id}
        assert [each.person_id for each in await store.actions.owners(point)] == [anna.id]
        mine = await store.actions.listed(dialogue.id, ActionFilter.MINE, today=TODAY, person_id=anna.id)
        assert [each.number for each in mine] == [point.number]
        assert await store.agreement_check.slice(0) == ([], point.id)


async def test_a_dialogue_takes_its_agreements_along(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna = await person_in(store, "1")
        await fill(store, dialogue.id, anna.id)
        await proposed(store, dialogue, anna)
        await store.dialogues.remove(dialogue)
        tables = (*TABLES, t.minutes, t.minutes_lines, t.participants)
        assert [await count(store, table) for table in tables] == [0] * 7
        assert await store.people.get(anna.id) == anna


async def fill(store: Store, dialogue_id: int, person_id: int) -> None:
    minutes = await store.minutes.start(dialogue_id, NOW, title="Trees", chair_id=person_id, chat_id=1)
    await store.minutes_lines.add(minutes, LineKind.TOPIC, "Trees", NOW, person_id=person_id)
    await store.participants.record(minutes, person_id, 1, AttendanceKind.SPOKE, NOW)
    await store.minutes.propose(minutes, {}, signatory(await store.people.get(person_id), "Köln"), NOW)
