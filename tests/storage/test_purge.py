"""Data is deleted once its retention ends, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.jobs import purge as purging
from bot.jobs.purge import Retention
from bot.model import Account, ChatRef, MessengerName, Post, Role, Sent, rich
from storage import Chat, City, Database, Dialogue, Purpose, Store, purge, retention, upgrade
from storage import tables as t

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=40)
ROOM = ChatRef(MessengerName.MATRIX, "!room:test")
GROUP = ChatRef(MessengerName.TELEGRAM, "-1001")
ANNA = Account(MessengerName.TELEGRAM, "11")
MEHMET = Account(MessengerName.TELEGRAM, "12")


async def paired(store: Store) -> tuple[Dialogue, Chat, Chat]:
    koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
    leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
    dialogue = await store.dialogues.add("Köln – Leeds", (koeln, leeds))
    return dialogue, await store.chats.pair(GROUP, dialogue, koeln), await store.chats.pair(ROOM, dialogue, leeds)


async def forget(database: Database, *coordinators: Account, now: datetime = NOW) -> None:
    await Retention(coordinators).delete_expired(database, now)


async def crossed(
    store: Store, source: Chat, target: Chat, id: str, at: datetime, *, reply_to: int | None = None
) -> int:
    """Relay a message and deliver it."""
    said = await store.messages.add(sent_at=at, dialogue_id=source.dialogue_id, chat=source, native_id=id)
    await store.deliveries.send(target, said, Post(rich("hello")), at, reply_to=reply_to)
    delivery = await store.deliveries.claim(target.ref.lane, at)
    assert delivery
    await store.deliveries.delivered(delivery, Sent((f"${id}",)), at)
    return said


async def count(store: Store, table: sa.Table) -> int:
    return int((await store._connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())


def test_an_index_or_key_begins_with_every_foreign_key() -> None:
    """Deleting a row searches every table that may refer to it: without an index, by a full scan."""
    for table in t.metadata.sorted_tables:
        keys = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
        begun = {next(iter(each.columns)).name for each in (*table.indexes, *keys) if len(each.columns)}
        assert {key.parent.name for key in table.foreign_keys} <= begun, table.name


@pytest.mark.parametrize("expiry", [each for each in vars(purge).values() if isinstance(each, purge.Expiry)])
def test_an_index_begins_with_every_moment_by_which_rows_expire(expiry: purge.Expiry) -> None:
    assert expiry.age.name in {next(iter(each.columns)).name for each in expiry.age.table.indexes}


def test_what_the_texts_promise_is_what_is_deleted() -> None:
    """The notice of a pairing says for how long things are stored: days as a number, and "a year"."""
    kept = {rule.age.table.name: rule.kept for rule in purge.rules(())}
    a_year = {name for name, time in kept.items() if time == retention.ACCOUNTED == timedelta(days=365)}
    assert a_year == {"agreements", "audit", "ballots", "news", "polls", "roundtables", "series"}
    others = {name for name, time in kept.items() if time != retention.KEPT} - a_year
    assert others == {"files", "secret_ballots", "shared_links"}
    assert kept["files"] < retention.KEPT


async def test_the_root_of_a_thread_stays_as_long_as_the_thread(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, room = await paired(store)
        root = await crossed(store, room, group, "1", OLD)
        for number, at in enumerate((OLD, NOW), 2):
            await store.messages.add(sent_at=at, chat=room, native_id=str(number), thread_id=root)
    await forget(database)
    async with database.begin() as store:
        assert await store.messages.find(room, "1")
        assert await store.messages.find(room, "2") is None
        assert await store.messages.find(room, "3")
    for _ in range(2):
        await forget(database, now=NOW + timedelta(days=40))
    async with database.begin() as store:
        assert await store.messages.find(room, "1") is None


async def test_old_messages_are_forgotten_but_not_what_waits(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        await crossed(store, group, room, "1", OLD)
        waits = await store.messages.add(sent_at=OLD, dialogue_id=dialogue.id, chat=group, native_id="2")
        await store.deliveries.send(room, waits, Post(rich("waits")), OLD)
    await forget(database)
    async with database.begin() as store:
        assert await store.messages.find(group, "1") is None
        assert await store.messages.find(group, "2") is not None
        left = await store.deliveries.claim(room.ref.lane, NOW)
        assert (await count(store, t.copies), await count(store, t.deliveries)) == (0, 1)
    assert left
    assert left.post == Post(rich("waits"))


async def test_what_is_answered_stays_as_long_as_its_answer(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, room = await paired(store)
        first = await crossed(store, group, room, "1", OLD)
        await crossed(store, group, room, "2", NOW, reply_to=first)
    await forget(database)
    async with database.begin() as store:
        assert await store.messages.find(group, "1") is not None
    await forget(database, now=NOW + timedelta(days=31))
    async with database.begin() as store:
        assert await count(store, t.messages) == 0


async def test_many_slices_leave_nothing_and_stop(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where rows that must stay lie between those that go, and where many have the same time."""
    monkeypatch.setattr(purging, "FEWEST", 3)
    monkeypatch.setattr(purging, "MOST", 3)
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        for number in range(20):
            if number % 3:
                await crossed(store, group, room, str(number), OLD)
        for number in range(0, 20, 3):
            waits = await store.messages.add(sent_at=OLD, dialogue_id=dialogue.id, chat=group, native_id=str(number))
            await store.deliveries.send(room, waits, Post(rich("waits")), OLD)
        for number in range(10):
            await store.processed_events.mark_processed(ANNA, str(number), OLD if number % 2 else NOW)
    await forget(database)
    async with database.begin() as store:
        assert await count(store, t.messages) == await count(store, t.deliveries) == len(range(0, 20, 3))
        assert await count(store, t.inbox) == 5


async def test_codes_guesses_questions_and_the_audit_expire(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        city = City(0, "Bonn", "de_DE", "Europe/Berlin")
        for at, digest in ((OLD, "a"), (NOW, "b")):
            await store.codes.add(Purpose.PAIR, digest, account=ANNA, chat=group, expires_at=at, city=city)
        await store.codes.count_guess(ANNA, Purpose.PAIR, OLD)
        await store.codes.count_guess(MEHMET, Purpose.PAIR, NOW)
        await store.pairings.ask(group, ANNA, city, "", OLD)
        for at in (NOW - timedelta(days=400), OLD):
            await store.audit.record(at, "pair", by=ANNA)
    await forget(database)
    async with database.begin() as store:
        counted = [await count(store, table) for table in (t.codes, t.guesses, t.pairings, t.audit)]
    assert counted == [1, 1, 0, 1]


async def test_jobs_that_were_put_aside_expire_and_no_others(database: Database) -> None:
    async with database.begin() as store:
        for key, at in (("old", OLD), ("new", NOW)):
            await store.jobs.schedule("remind", key, OLD)
            (job,) = await store.jobs.claim("remind", at, timedelta(minutes=1), most=1)
            await store.jobs.put_aside(job, "ValueError", at)
        await store.jobs.schedule("remind", "overdue", OLD)
    await forget(database)
    async with database.begin() as store:
        assert [job.key for job in await store.jobs.all()] == ["new", "overdue"]


async def test_a_person_goes_when_their_dialogue_has_ended(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        assert group.city
        anna = await store.people.get_or_create(ANNA, "Anna", "anna", OLD)
        await store.roles.set(dialogue, anna, group.city, Role.COORDINATOR, OLD)
        await store.chats.get_or_create(ChatRef(MessengerName.TELEGRAM, "11"), person_id=anna.id)
    await forget(database)
    async with database.begin() as store:
        assert await store.people.by_account(ANNA), "the dialogue lasts"
        for chat in (group, room):
            await store.chats.unpair(chat)
    await forget(database)
    async with database.begin() as store:
        assert await store.people.by_account(ANNA) is None
        assert [await count(store, table) for table in (t.people, t.accounts, t.roles)] == [0, 0, 0]
        assert await store.chats.by_ref(ChatRef(MessengerName.TELEGRAM, "11")) is None


async def test_who_was_seen_of_late_or_is_named_in_the_settings_stays(database: Database) -> None:
    async with database.begin() as store:
        for account, seen in ((ANNA, OLD), (MEHMET, OLD), (Account(MessengerName.MATRIX, "@tom:test"), OLD)):
            await store.people.get_or_create(account, "someone", "", seen)
        await store.people.get_or_create(MEHMET, "someone", "", NOW)
    await forget(database, ANNA)
    async with database.begin() as store:
        left = [account for account in (ANNA, MEHMET) if await store.people.by_account(account)]
        assert (left, await count(store, t.people)) == ([ANNA, MEHMET], 2)


async def test_a_purge_searches_nothing_row_by_row(tmp_path: Path) -> None:
    """Every statement finds its rows, and those that refer to them, by an index."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite'}")
    await upgrade(database)
    statements: list[tuple[str, object]] = []
    sa.event.listen(
        database.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3]))
    )
    async with database.begin() as store:
        _dialogue, group, room = await paired(store)
        await crossed(store, group, room, "1", OLD)
        await store.people.get_or_create(ANNA, "Anna", "", OLD)
        statements.clear()
    await forget(database)
    async with database.engine.begin() as connection:
        plans = [
            (statement, line)
            for statement, values in statements[:]
            for line in (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)).scalars(3)  # type: ignore[arg-type]
        ]
    await database.close()
    assert any("ix_deliveries_reply_message_id" in line for _statement, line in plans)
    assert [each for each in plans if each[1].startswith("SCAN") and each[1] != "SCAN CONSTANT ROW"] == []


async def test_the_newest_id_is_kept_longer_than_the_map_of_copies(database: Database) -> None:
    """Without it, a message with an unknown outcome after a quiet month could not be told from the bot's older ones."""
    async with database.begin() as store:
        chat = await store.chats.get_or_create(ChatRef(MessengerName.TELEGRAM, "-1001"))
        await store.messages.add(sent_at=NOW - timedelta(days=400), chat=chat, native_id="c/10")
        await store.counters.record(["c/10"])
    await forget(database)
    async with database.begin() as store:
        assert await store.messages.find(chat, "c/10") is None
        await store.deliveries.send(chat, await store.messages.add(sent_at=NOW), Post(rich("hello")), NOW)
        delivery = await store.deliveries.claim(chat.ref.lane, NOW, numbering=lambda _chat: "c")
    assert delivery
    assert delivery.after_id == "c/10"
