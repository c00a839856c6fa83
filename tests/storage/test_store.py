"""The contracts of the repositories."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime

import pytest

from bot.model import Account, ChatRef, MessengerName, Post, Remove, Role, Send, Sent, rich
from storage import ROSTER, Chat, Database, Dialogue, Person, State, StorageError, Store
from storage import tables as t

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOM = ChatRef(MessengerName.MATRIX, "!room:test")
GROUP = ChatRef(MessengerName.TELEGRAM, "-1001")
BOT = Account(MessengerName.TELEGRAM, "999")


async def paired(store: Store) -> tuple[Dialogue, Chat, Chat]:
    koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
    leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
    dialogue = await store.dialogues.add("Köln – Leeds", (koeln, leeds))
    return dialogue, await store.chats.pair(GROUP, dialogue, koeln), await store.chats.pair(ROOM, dialogue, leeds)


async def queued(store: Store, chat: Chat, text: str = "hello", part: int = 0) -> int:
    id = await store.messages.add(sent_at=NOW)
    await store.deliveries.send(chat, id, Post(rich(text)), NOW, part=part)
    return id


async def test_what_a_transaction_did_is_undone_as_a_whole(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as store:
            await paired(store)
            raise RuntimeError("a crash")

    with pytest.raises(RuntimeError):
        await fail()
    async with database.begin() as store:
        assert await store.dialogues.all() == []


async def test_an_event_is_new_once(database: Database) -> None:
    async with database.begin() as store:
        assert await store.processed_events.mark_processed(BOT, "1", NOW)
        assert not await store.processed_events.mark_processed(BOT, "1", NOW)
        assert await store.processed_events.mark_processed(Account(MessengerName.MATRIX, "@a:b"), "1", NOW)


async def test_cities_are_found_whatever_their_case(database: Database) -> None:
    async with database.begin() as store:
        await paired(store)
        found = await store.cities.named(" KÖLN ")
    assert found
    assert found.name == "Köln"


async def test_a_person_stays_the_same_under_a_new_name(database: Database) -> None:
    account = Account(MessengerName.TELEGRAM, "11")
    async with database.begin() as store:
        first = await store.people.get_or_create(account, "Anna", "", NOW)
        second = await store.people.get_or_create(account, "Anna Weber", "anna", NOW)
    assert (first.id, second.name) == (second.id, "Anna Weber")


async def test_a_role_replaces_the_earlier_one(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, _room = await paired(store)
        assert group.city
        person = await store.people.get_or_create(Account(MessengerName.TELEGRAM, "11"), "Anna", "", NOW)
        await store.roles.set(dialogue, person, group.city, Role.COORDINATOR, NOW)
        await store.roles.set(dialogue, person, group.city, Role.STAFF, NOW)
        appointments = await store.roles.in_dialogue(dialogue.id)
        assert [each.role for each in appointments] == [Role.STAFF]
        assert await store.roles.remove(dialogue.id, person.id)
        assert not await store.roles.remove(dialogue.id, person.id)


async def test_a_message_is_found_by_its_original_and_by_its_copy(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        id = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id, chat=group, native_id="5")
        await store.deliveries.send(room, id, Post(rich("hello")), NOW)
        delivery = await store.deliveries.claim(room.ref.lane, NOW)
        assert delivery
        await store.deliveries.delivered(delivery, Sent(("$event",)), NOW)
        original, copy = await store.messages.find(group, "5"), await store.messages.find(room, "$event")
        assert await store.messages.find(room, "5") is None
    assert original == copy
    assert original
    assert original.id == id


async def test_a_claimed_row_is_in_doubt_until_it_is_settled(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        await queued(store, group)
    async with database.begin() as store:
        first = await store.deliveries.claim(group.ref.lane, NOW)
    async with database.begin() as store:
        again = await store.deliveries.claim(group.ref.lane, NOW)
        assert first
        assert again
        assert (first.uncertain, again.uncertain) == (False, True)
        assert first.token == again.token
        await store.deliveries.postpone(again, "busy", certain=True)
        certain = await store.deliveries.claim(group.ref.lane, NOW)
    assert certain
    assert not certain.uncertain


async def test_no_two_deliveries_ever_share_a_token(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await queued(store, group)
        (before,) = await store.deliveries.of_message(id)
        await store.deliveries.replace(group, id, Post(rich("changed")), NOW)
        (after,) = await store.deliveries.of_message(id)
        assert before.token != after.token, "other words under an old token would never arrive"
        assert after.post == Post(rich("changed"))
        await store.deliveries.fail(after, "refused", NOW)
        await store.deliveries.retry([after.id])
        (again,) = await store.deliveries.of_message(id)
    assert len({before.token, after.token, again.token}) == 3


async def test_a_removal_meets_each_part_where_it_is(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await store.messages.add(sent_at=NOW)
        for part in range(3):
            await store.deliveries.send(group, id, Post(rich(str(part))), NOW, part=part)
        arrived = await store.deliveries.claim(group.ref.lane, NOW)
        assert arrived
        await store.deliveries.delivered(arrived, Sent(("1",)), NOW)
        await store.deliveries.claim(group.ref.lane, NOW)  # in progress
        await store.deliveries.remove(group, id, NOW)
        rows = await store.deliveries.of_message(id)
    assert [(row.kind, row.part, row.state) for row in rows] == [
        (Send.kind, 0, State.DELIVERED),
        (Send.kind, 1, State.SENDING),
        (Send.kind, 2, State.CANCELLED),
        (Remove.kind, 0, State.QUEUED),
        (Remove.kind, 1, State.QUEUED),
    ]


async def test_all_topics_of_a_forum_share_a_lane(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, _room = await paired(store)
        assert group.city
        topic = await store.chats.pair(ChatRef(GROUP.messenger, GROUP.id, "7"), dialogue, group.city)
        await queued(store, topic)
        await queued(store, group)
        assert await store.deliveries.waiting(NOW) == {group.ref.lane}


async def test_the_newest_id_is_known_before_the_first_attempt(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, _room = await paired(store)
        await store.counters.record(["c/9", "c/10", "other/40", "$event"])
        await queued(store, group)
        delivery = await store.deliveries.claim(group.ref.lane, NOW, numbering=lambda _chat: "c")
        for id in ("c/8", "c/12", "other/41"):
            await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id, chat=group, native_id=id)
        await store.counters.record(["c/14", "c/13"])
        assert delivery
        assert delivery.after_id == "c/10"
        assert await store.deliveries.ids_after([group.id], "c/10") == {"c/12", "c/14"}


async def test_a_chat_where_nobody_wants_the_bot_is_not_at_home_until_somebody_does(database: Database) -> None:
    async with database.begin() as store:
        chat = await store.chats.get_or_create(ROOM)
        await store.chats.turn_away(chat, invited=True)
        away = await store.chats.get(chat.id)
        assert (away.leaving, away.invited, away.is_at_home) == (True, True, False)
        await store.chats.stay(away)
        assert (await store.chats.get(chat.id)).is_at_home
        assert await store.chats.find(chat.id + 1) is None


async def test_the_menus_follow_whatever_changes_who_takes_part(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        assert [job.kind for job in await store.jobs.all()] == [ROSTER], "no menu has ever been set"
        await store.menu_digests.set(BOT, "groups", "de", "digest")
        anna = await store.people.get_or_create(Account(MessengerName.TELEGRAM, "11"), "Anna", "anna", NOW)
        for change in (
            store.roles.set(dialogue, anna, dialogue.cities[0], Role.MAYOR, NOW),
            store.roles.remove(dialogue.id, anna.id),
            store.chats.speak(group, locale="en_GB"),
            store.chats.move(group.ref, ChatRef(MessengerName.TELEGRAM, "-1002"), NOW),
            store.chats.unpair(room),
            store.chats.pair(room.ref, dialogue, dialogue.cities[1]),
            store.dialogues.remove(dialogue),
        ):
            await change
            jobs = {job.kind: job.id for job in await store.jobs.all()}
            assert "menus:telegram" in jobs
            await store.jobs.discard(jobs.values())


async def test_what_depends_on_the_roles_in_a_dialogue_follows_whatever_changes_them(database: Database) -> None:
    async with database.begin() as store:
        dialogue, _group, _room = await paired(store)
        anna = await store.people.get_or_create(Account(MessengerName.TELEGRAM, "11"), "Anna", "anna", NOW)
        tom = await store.people.get_or_create(Account(MessengerName.MATRIX, "@tom:test"), "Tom", "tom", NOW)
        await store.jobs.discard([job.id for job in await store.jobs.all()])
        for change in (
            lambda: store.roles.set(dialogue, anna, dialogue.cities[0], Role.MAYOR, NOW),
            lambda: store.links.join(tom, anna),
            lambda: linked(store, tom),
            lambda: store.roles.remove(dialogue.id, anna.id),
            lambda: store.roles.set(dialogue, tom, dialogue.cities[0], Role.MAYOR, NOW),
            lambda: store.people.forget(tom),
        ):
            await change()
            jobs = await store.jobs.all()
            assert [(job.kind, job.key) for job in jobs] == [(ROSTER, str(dialogue.id))]
            await store.jobs.discard([job.id for job in jobs])


async def linked(store: Store, person: Person) -> None:
    """Undo the newest link of a person's accounts."""
    await store.links.part(await store.people.get(person.id), NOW)


async def test_queueing_tells_which_lanes_to_wake(database: Database) -> None:
    woken: list[frozenset[str]] = []
    database.on_queued = woken.append
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        await queued(store, group)
        assert woken == [], "not before the commit"
    assert woken == [frozenset({group.ref.lane})]


async def test_an_error_of_the_database_repeats_nothing_of_what_was_said(database: Database) -> None:
    words = "very private".upper()

    async def fail() -> None:
        async with database.begin() as store:
            _dialogue, group, _room = await paired(store)
            values = {"lane": "x", "part": 0, "kind": "send", "attempts": 0, "error": "", "queued_at": NOW}
            row = {"chat_id": group.id, "state": None, "token": "t", "post": {"text": [words]}}
            await store.deliveries._insert(t.deliveries, **values, **row)

    with pytest.raises(StorageError) as caught:
        await fail()
    whole = "".join(traceback.format_exception(caught.value))
    assert "state" in whole
    assert "IntegrityError" in whole
    assert words not in whole
