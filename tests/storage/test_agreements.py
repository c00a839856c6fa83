"""Agreements, action points and minutes are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.agreement import AgreementState, IllegalStep, Step, StepRefusal, verify
from bot.model import ChatRef
from storage import (
    ActionFilter,
    AttendanceKind,
    Database,
    LineKind,
    OpenMinutesError,
    Terms,
)
from storage.agreements.repository import about
from tests.storage.agreements import confirm, paired_in, proposed, signatory
from tests.storage.polls import DAY, MATRIX, NOW, TELEGRAM, person_in

TODAY = date(2026, 11, 26)


async def test_a_point_is_agreed_once_every_city_has_confirmed_the_same_version(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna, tom = await person_in(store, "1"), await person_in(store, "2")
        point = await proposed(store, dialogue, anna)
        assert (point.number, point.state, point.version) == (1, AgreementState.PROPOSED, 1)
        assert [each.person_id for each in await store.actions.owners(point)] == [anna.id]
        assert (await confirm(store, point.agreement, anna, "Köln")).state is AgreementState.PROPOSED
        terms = Terms(text="Plant 100 trees", language="en", due_on=TODAY, lead=dialogue.cities[1])
        point = await store.actions.change(point, terms, signatory(tom, "Leeds"), NOW)
        assert (point.version, point.text, point.due_on, point.lead_city_id) == (2, "Plant 100 trees", TODAY, 2)
        assert await store.agreements.signatories(point.agreement) == {}
        assert await store.actions.owners(point) == []
        assert len(await store.actions.owners(point, 1)) == 1
        with pytest.raises(IllegalStep) as stale:
            await store.agreements.take(point.agreement, Step.CONFIRMED, signatory(tom, "Leeds"), NOW, version=1)
        assert stale.value.refusal is StepRefusal.STALE
        await confirm(store, point.agreement, tom, "Leeds")
        agreed = await confirm(store, point.agreement, anna, "Köln")
        assert (agreed.state, agreed.in_force, agreed.agreed_at) == (AgreementState.AGREED, 2, NOW)
        assert await store.agreements.signatories(agreed) == {"Leeds": tom.id, "Köln": anna.id}
        assert (await store.actions.get(point.id)).agreement == agreed
        history = await store.agreements.history(point.id)
    assert history[-1].step is Step.AGREED
    assert (history[-1].content, history[-1].check_number) == ({"cities": ["Köln", "Leeds"]}, agreed.check_number)
    assert verify(history, about(dialogue.id, "action", 1)) is None


async def test_nobody_confirms_for_two_cities_by_two_accounts(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna, also_anna = await person_in(store, "1"), await person_in(store, "@anna:test", MATRIX)
        point = await proposed(store, dialogue, anna)
        await confirm(store, point.agreement, anna, "Köln")
        await store.links.join(anna, also_anna)
        by = replace(signatory(anna, "Leeds"), actor="the pseudonym of the other account")
        with pytest.raises(IllegalStep) as illegal:
            await store.agreements.take(point.agreement, Step.CONFIRMED, by, NOW)
        assert illegal.value.refusal is StepRefusal.OTHER_CITY
        assert (await store.agreements.get(point.id)).entries == 2


async def test_points_are_listed_by_filter(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna, tom = await person_in(store, "1"), await person_in(store, "2")
        late = await proposed(store, dialogue, anna, due_on=TODAY - timedelta(days=1))
        undated = await proposed(store, dialogue, tom)
        agreed = await proposed(store, dialogue, tom, due_on=TODAY)
        done = await proposed(store, dialogue, tom)
        for point in (agreed, done):
            for person, city in ((anna, "Köln"), (tom, "Leeds")):
                await confirm(store, point.agreement, person, city)
        await store.agreements.take(done.agreement, Step.DONE, signatory(tom, "Leeds"), NOW)
        koeln, leeds = dialogue.cities

        async def listed(which: ActionFilter, **more: Any) -> list[int]:
            found = await store.actions.listed(dialogue.id, which, today=TODAY, person_id=tom.id, **more)
            if not {"offset", "limit"} & set(more):
                count = await store.actions.count(dialogue.id, which, today=TODAY, person_id=tom.id, **more)
                assert count == len(found)
            assert [await store.actions.get(point.id) for point in found] == found
            return [point.number for point in found]

        assert await listed(ActionFilter.ALL) == [1, 3, 2, 4]
        assert await listed(ActionFilter.OPEN) == [late.number, agreed.number, undated.number]
        assert await listed(ActionFilter.OPEN, offset=1, limit=1) == [agreed.number]
        assert await listed(ActionFilter.MINE) == [agreed.number, undated.number]
        assert await listed(ActionFilter.OVERDUE) == [late.number]
        assert await listed(ActionFilter.AGREED) == [agreed.number]
        assert await listed(ActionFilter.DONE) == [done.number]
        assert await listed(ActionFilter.OPEN, city_id=koeln.id) == [1, 3, 2]
        assert await listed(ActionFilter.OPEN, city_id=leeds.id) == []


async def test_a_point_is_found_by_its_card_and_by_its_command(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        point = await proposed(store, dialogue, await person_in(store, "1"))
        card_id = await store.messages.add(sent_at=NOW)
        point = await store.actions.link(
            point, card_id=card_id, sdgs=(11, 13), roundtable=3, command_chat_id=7, command_native_id="5"
        )
        assert (point.sdgs, point.roundtable) == ((11, 13), 3)
        assert await store.actions.by_card(card_id) == point
        assert await store.actions.by_command(7, "5") == point
        assert await store.actions.numbered(dialogue.id, 1) == point
        assert await store.actions.numbered(dialogue.id, 2) is None
        with pytest.raises(LookupError):
            await store.actions.get(99)


async def test_minutes_are_written_ended_and_put_to_the_cities(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        koeln = dialogue.cities[0]
        anna = await person_in(store, "1")
        minutes = await store.minutes.start(dialogue.id, NOW, title="Trees", chair_id=anna.id, chat_id=7, roundtable=2)
        with pytest.raises(OpenMinutesError):
            await store.minutes.start(dialogue.id, NOW, title="More", chair_id=anna.id, chat_id=7)
        first, second = [
            await store.minutes_lines.add(minutes, kind, text, NOW, person_id=anna.id, message=(7, str(number)))
            for number, (kind, text) in enumerate(((LineKind.TOPIC, "Trees"), (LineKind.AGREED, "We plant them.")))
        ]
        assert (first.position, second.position) == (1, 2)
        second = await store.minutes_lines.change(second, text="We plant 100.", changed_at=NOW)
        await store.minutes_lines.change(first, removed_at=NOW)
        assert await store.minutes_lines.by_message(7, "1") == [second]
        assert await store.minutes_lines.of(minutes) == [second]
        assert len(await store.minutes_lines.of(minutes, removed=True)) == 2
        assert await store.participants.record(minutes, anna.id, koeln.id, AttendanceKind.WROTE, NOW)
        assert not await store.participants.record(minutes, anna.id, koeln.id, AttendanceKind.SPOKE, NOW)
        assert await store.participants.record(minutes, anna.id, koeln.id, AttendanceKind.EXCUSED, NOW)
        assert not await store.participants.record(minutes, anna.id, koeln.id, AttendanceKind.WROTE, NOW)
        (present,) = await store.participants.of(minutes)
        assert (present.id, present.person_id, present.how) == (1, anna.id, AttendanceKind.EXCUSED)
        assert await store.minutes.open_of(dialogue.id) == minutes
        minutes = await store.minutes.change(minutes, ended_at=NOW + DAY)
        assert await store.minutes.open_of(dialogue.id) is None
        agreement = await store.minutes.propose(minutes, {"digest": "d"}, signatory(anna, "Köln"), NOW)
        minutes = await store.minutes.get(minutes.id)
        assert (minutes.agreement_id, minutes.is_open, agreement.number) == (agreement.id, False, minutes.number)
        assert await store.minutes.by_agreement(agreement.id) == minutes
        assert await store.minutes.numbered(dialogue.id, minutes.number) == minutes
        assert await store.minutes.of_dialogue(dialogue.id) == [minutes]


async def test_points_made_during_a_meeting_belong_to_its_minutes(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        anna = await person_in(store, "1")
        minutes = await store.minutes.start(dialogue.id, NOW + DAY, title="Trees", chair_id=anna.id, chat_id=7)
        before, noted = await proposed(store, dialogue, anna), await proposed(store, dialogue, anna)
        noted = await store.actions.link(noted, minutes=minutes.number)
        assert await store.actions.made_during(minutes, NOW + 2 * DAY) == [noted]
        minutes = replace(minutes, started_at=NOW)
        assert await store.actions.made_during(minutes, NOW) == [before, noted]
        await store.agreements.take(before.agreement, Step.WITHDRAWN, signatory(anna, "Köln"), NOW)
        assert await store.actions.made_during(minutes, NOW) == [noted]


async def test_a_city_without_a_chat_is_not_waited_for_and_one_city_alone_agrees_on_nothing(
    database: Database,
) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        york = await store.cities.add("York", "en_GB", "Europe/London")
        dialogue = await store.dialogues.join(dialogue, york, "Köln – Leeds – York")
        chat = await store.chats.pair(ChatRef(MATRIX, "!york:test"), dialogue, york)
        people = [await person_in(store, each) for each in "123"]
        point, other = [await proposed(store, dialogue, people[0], text) for text in ("Trees", "Bridges")]
        for person, city in zip(people, ("Köln", "Leeds"), strict=False):
            await confirm(store, point.agreement, person, city)
        await confirm(store, other.agreement, people[0], "Köln")
        assert await store.agreements.settle(point.agreement, NOW) is None
        assert {each.number for each in await store.agreements.pending(dialogue.id)} == {1, 2}
        await store.chats.unpair(chat)
        settled = await store.agreements.settle(point.agreement, NOW)
        assert settled
        assert settled.state is AgreementState.AGREED
        history = await store.agreements.history(point.id)
        assert (history[-1].content, history[-1].city) == ({"cities": ["Köln", "Leeds"]}, "")
        assert await store.agreements.people(point.id) == {1: people[0].id, 2: people[0].id, 3: people[1].id}
        assert await store.agreements.settle(other.agreement, NOW) is None
        leeds = await store.chats.by_ref(ChatRef(TELEGRAM, f"-{dialogue.cities[1].id}"))
        assert leeds
        await store.chats.unpair(leeds)
        assert await store.agreements.settle(other.agreement, NOW) is None


async def test_two_who_confirmed_and_are_one_person_now_do_not_make_it_agreed(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await paired_in(store)
        york = await store.cities.add("York", "en_GB", "Europe/London")
        dialogue = await store.dialogues.join(dialogue, york, "Köln – Leeds – York")
        await store.chats.pair(ChatRef(MATRIX, "!york:test"), dialogue, york)
        anna, also_anna = await person_in(store, "1"), await person_in(store, "@anna:test", MATRIX)
        point = await proposed(store, dialogue, anna)
        await confirm(store, point.agreement, anna, "Köln")
        await confirm(store, point.agreement, also_anna, "Leeds")
        await store.links.join(anna, also_anna)
        last = await confirm(store, point.agreement, await person_in(store, "3"), "York")
        assert last.state is AgreementState.PROPOSED
