"""Reminders of action points are planned, kept in step, and never repeated; cities may stop the weekly digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.agreement import Step
from bot.model import Account, MessengerName
from storage import Database, Dialogue, PlannedDueReminder, Store
from storage.purge import AGREEMENTS
from tests.storage.agreements import proposed, signatory
from tests.storage.polls import DAY, NOW, dialogue_in, person_in

DUE = date(2026, 12, 15)


def planned(person_id: int, days: int = 1, due_on: date = DUE, zone: str = "Europe/Berlin") -> PlannedDueReminder:
    return PlannedDueReminder(person_id, due_on, days, zone, NOW + (20 - days) * DAY)


async def planned_in(store: Store, dialogue: Dialogue) -> tuple[int, int]:
    """Plan the reminders of an action point; return its id and the owner's."""
    anna = await person_in(store, "1")
    point = await proposed(store, dialogue, anna, due_on=DUE)
    await store.due_reminders.plan(point.id, [planned(anna.id), planned(anna.id, 0)], NOW)
    return point.id, anna.id


async def test_a_plan_keeps_what_was_done_and_drops_what_is_no_longer_wanted(database: Database) -> None:
    async with database.begin() as store:
        point, anna = await planned_in(store, await dialogue_in(store))
        first, _second = await store.due_reminders.pending(point)
        await store.due_reminders.close(first, NOW, told="privately", post_id=7)
        later = DUE + 2 * DAY
        await store.due_reminders.plan(point, [planned(anna, due_on=later), planned(anna, 0, later)], NOW)
        assert [each.key[1:] for each in await store.due_reminders.pending(point)] == [(later, 1), (later, 0)]
        await store.due_reminders.plan(point, [planned(anna), planned(anna, 0)], NOW)
        assert [each.key[1:] for each in await store.due_reminders.pending(point)] == [(DUE, 0)]
        kept = await store.due_reminders.posted(anna, 7)
        assert kept == replace(first, done_at=NOW, told="privately", post_id=7)


async def test_what_has_passed_is_not_added(database: Database) -> None:
    async with database.begin() as store:
        anna = await person_in(store, "1")
        point = await proposed(store, await dialogue_in(store), anna, due_on=DUE)
        await store.due_reminders.plan(point.id, [planned(anna.id), planned(anna.id, 0)], NOW + 19 * DAY)
        assert [each.days for each in await store.due_reminders.pending(point.id)] == [0]


async def test_zones_are_the_persons_own_or_those_of_their_city(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        point, anna = await planned_in(store, dialogue)
        assert await store.due_reminders.zones(await store.actions.get(point)) == {anna: "Europe/Berlin"}
        assert await store.due_reminders.moved(dialogue.id, most=9) == []
        await store.people.set(await store.people.get(anna), zone="Asia/Tokyo")
        assert await store.due_reminders.zones(await store.actions.get(point)) == {anna: "Asia/Tokyo"}
        assert await store.due_reminders.moved(dialogue.id, most=9) == [point]
        tokyo = replace_zone(planned(anna), planned(anna, 0))
        await store.due_reminders.plan(point, tokyo, NOW)
        assert await store.due_reminders.moved(dialogue.id, most=9) == []
        assert [each.due_at for each in await store.due_reminders.pending(point)] == [each.due_at for each in tokyo]


def replace_zone(*reminders: PlannedDueReminder) -> list[PlannedDueReminder]:
    return [each._replace(zone="Asia/Tokyo", due_at=each.due_at - timedelta(hours=8)) for each in reminders]


async def test_linked_people_get_one_reminder(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        point, anna = await planned_in(store, dialogue)
        other = await store.people.get_or_create(Account(MessengerName.MATRIX, "@anna:test"), "Anna", "", NOW)
        everybody = [planned(each, days) for each in (anna, other.id) for days in (1, 0)]
        await store.due_reminders.plan(point, everybody, NOW)
        await store.links.join(await store.people.get(anna), other)
        left = await store.due_reminders.pending(point)
        assert [(each.person_id, each.days) for each in left] == [(anna, 1), (anna, 0)]


async def test_reminders_go_with_the_point_and_with_the_dialogue(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        point, anna = await planned_in(store, dialogue)
        other, _anna = await planned_in(store, dialogue)
        koeln = dialogue.cities[0]
        by = signatory(await store.people.get(anna), koeln.name)
        await store.agreements.take((await store.actions.get(point)).agreement, Step.WITHDRAWN, by, NOW)
        await store.weekly_digests.silence(dialogue.id, koeln.id)
    async with database.begin() as store:
        await store.purge.slice(AGREEMENTS, NOW + DAY, None, 100)
        assert await store.due_reminders.of(point) == []
        assert len(await store.due_reminders.of(other)) == 2
        await store.dialogues.remove(dialogue)
        assert await store.due_reminders.of(other) == []
        assert await store.weekly_digests.silenced(dialogue.id) == set()


async def test_a_city_stops_and_resumes_its_digest_once(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        koeln, leeds = dialogue.cities
        assert await store.weekly_digests.silence(dialogue.id, koeln.id)
        assert not await store.weekly_digests.silence(dialogue.id, koeln.id)
        assert await store.weekly_digests.silenced(dialogue.id) == {koeln.id}
        assert not await store.weekly_digests.resume(dialogue.id, leeds.id)
        assert await store.weekly_digests.resume(dialogue.id, koeln.id)
        assert await store.weekly_digests.silenced(dialogue.id) == set()
