"""Migration of a database with data of revision 0002: everything keeps its meaning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.model import ChatRef, Join, MessengerName, Remove, Replace, Send, Sent
from bot.readiness import Notice
from storage import Chat, Database, Delivery, State, upgrade
from storage.schema import MIGRATIONS

OLD = "0002"
AT = "2026-01-01 00:00:00+00:00"
NOW = datetime(2026, 1, 2, tzinfo=UTC)

GROUP = ChatRef(MessengerName.TELEGRAM, "-1001")
SUPERGROUP = ChatRef(MessengerName.TELEGRAM, "-1000000000500", "7")
PRIVATE = ChatRef(MessengerName.TELEGRAM, "11")
ROOM = ChatRef(MessengerName.MATRIX, "!indy:test")
CHATS = {1: GROUP, 2: SUPERGROUP, 3: PRIVATE, 4: ROOM}

MESSAGES = (  # id, chat, its id there
    (1, 1, "12"),
    (2, 2, "30"),
    (3, 4, "$said"),
    (4, None, None),  # posted by the bot itself
    (5, 4, "$waiting"),
)
COPIES = (  # message, chat, its id there
    (1, 2, "31"),
    (1, 4, "$of-1"),
    (2, 1, "14"),
    (3, 1, "13"),
    (3, 2, "32"),
    (4, 3, "99"),
)
DELIVERIES = (  # chat, message, kind, state, replied-to message, replied-to id, behind, has a post
    (1, 3, Send.kind, State.DELIVERED, None, None, "12", False),
    (1, 5, Send.kind, State.SENDING, 3, None, "14", True),
    (2, 5, Send.kind, State.QUEUED, None, "30", None, True),
    (1, 3, Replace.kind, State.QUEUED, None, None, None, True),
    (2, 3, Remove.kind, State.QUEUED, None, None, "", False),
    (3, 4, Send.kind, State.FAILED, None, "98", "", True),
    (4, 2, Send.kind, State.CANCELLED, 1, None, None, False),
    (4, 5, Join.kind, State.QUEUED, None, None, None, False),
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def old(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Yield a database filled at revision 0002."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'old.sqlite'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        name = f"old_{tmp_path.name}"[:60].lower().replace("-", "_")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        url = urlsplit(server)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(_fill)
    try:
        yield database
    finally:
        await database.close()


def _go_to(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _add(connection: sa.Connection, table: str, **values: Any) -> None:
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)  # noqa: S608 - constants


def _fill(connection: sa.Connection) -> None:
    _go_to(connection, OLD)
    add = partial(_add, connection)
    add("cities", id=1, name="Köln", locale="de_DE", zone="Europe/Berlin")
    add("dialogues", id=1, name="Köln – Indianapolis")
    add("dialogue_cities", dialogue_id=1, city_id=1)
    add("people", id=1, name="Anna", seen_at=AT)
    add("accounts", id=1, messenger="telegram", native_id="11", person_id=1, name="Anna", username="anna")
    add("cursors", account="telegram:999", value="5", moved_at=AT)
    add("cursors", account="matrix:@bot:test", value="s1", moved_at=AT)
    for id, chat in CHATS.items():
        place: dict[str, Any] = {"person_id": 1} if chat == PRIVATE else {"dialogue_id": 1, "city_id": 1}
        where = {"messenger": chat.messenger, "native_id": chat.id, "topic": chat.topic}
        add("chats", id=id, **where, **place, title="", closed="", invited=False)
    for id, chat_id, native_id in MESSAGES:
        add("messages", id=id, dialogue_id=1, chat_id=chat_id, native_id=native_id, person_id=1, said_at=AT)
    for id, (message_id, chat_id, native_id) in enumerate(COPIES, 1):
        add("copies", id=id, message_id=message_id, chat_id=chat_id, part=0, native_id=native_id)
    for id, (chat_id, message_id, kind, state, answers, native, after, has_post) in enumerate(DELIVERIES, 1):
        add(
            "deliveries",
            id=id,
            chat_id=chat_id,
            lane=CHATS[chat_id].lane,
            message_id=message_id,
            part=0,
            kind=kind,
            state=state,
            token=f"t{id}",
            post='{"text": ["Hello"]}' if has_post else None,
            reply_message_id=answers,
            reply_native_id=native,
            after_id=after,
            attempts=1,
            error="",
            queued_at=AT,
            tried_at=AT if state == State.SENDING else None,
        )
    add("checkups", id=1, chat_id=1, dialogue_id=1, reply_native_id="12", asked_at=AT)
    if connection.dialect.name == "postgresql":
        for table in ("messages", "copies", "deliveries", "chats", "checkups"):
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")


@pytest.fixture
async def new(old: Database) -> Database:
    assert await upgrade(old)
    return old


def _target(delivery: Delivery) -> str:
    return delivery.operation.id if isinstance(delivery.operation, Replace | Remove) else ""


def _numbering(chat: ChatRef) -> str:
    return chat.lane if chat == SUPERGROUP else "telegram:999"


async def _chat(database: Database, ref: ChatRef) -> Chat:
    async with database.begin() as store:
        chat = await store.chats.by_ref(ref)
    assert chat
    return chat


async def test_replies_and_edits_of_old_messages_find_their_copies(new: Database) -> None:
    """A person replies to, or edits, a message from before the upgrade, by the id that the adapter uses now."""
    ids = {GROUP: "telegram:999/12", SUPERGROUP: f"{SUPERGROUP.lane}/30", ROOM: "$said"}
    copies = {
        GROUP: {2: f"{SUPERGROUP.lane}/31", 4: "$of-1"},
        SUPERGROUP: {1: "telegram:999/14"},
        ROOM: {1: "telegram:999/13", 2: f"{SUPERGROUP.lane}/32"},
    }
    for ref, id in ids.items():
        chat = await _chat(new, ref)
        async with new.begin() as store:
            said = await store.messages.find(chat, id)
            assert said, ref
            assert said.chat_id == chat.id
            assert {copy.chat_id: copy.native_id for copy in await store.messages.copies(said.id)} == copies[ref]
            for chat_id, copy in copies[ref].items():
                there = await store.messages.find(await _chat_of(store, CHATS[chat_id]), copy)
                assert there, "an answer to the copy means the original"
                assert there.id == said.id


async def _chat_of(store: Any, ref: ChatRef) -> Chat:
    chat: Chat = await store.chats.by_ref(ref)
    return chat


async def test_old_deliveries_go_where_they_belong(new: Database) -> None:
    async with new.begin() as store:
        deliveries = {each.id: each for each in await store.deliveries.in_state(State)}
    assert [(each.chat, each.kind, each.state) for each in deliveries.values()] == [
        (CHATS[chat_id], kind, state) for chat_id, _, kind, state, *_ in DELIVERIES
    ]
    assert {id: target for id, each in deliveries.items() if (target := _target(each))} == {
        4: "telegram:999/13",  # changes the copy in the group
        5: f"{SUPERGROUP.lane}/32",  # removes the one in the supergroup
    }
    assert {id: each.operation.reply_to for id, each in deliveries.items() if isinstance(each.operation, Send)} == {
        2: "telegram:999/13",
        3: f"{SUPERGROUP.lane}/30",
        6: "telegram:999/98",
    }
    assert {id: each.after_id for id, each in deliveries.items() if each.after_id} == {
        1: "telegram:999/12",
        2: "telegram:999/14",
    }
    assert {id for id, each in deliveries.items() if each.post} == {2, 3, 4, 6}


async def test_what_was_being_sent_is_looked_for_first_and_behind_its_own_bound(new: Database) -> None:
    async with new.begin() as store:
        delivery = await store.deliveries.claim(GROUP.lane, NOW, numbering=_numbering)
        assert delivery
        assert (delivery.id, delivery.uncertain, delivery.after_id) == (2, True, "telegram:999/14")
        known = await store.deliveries.ids_after([1, 3], delivery.after_id)
        assert known == {"telegram:999/99"}, "of the private chat, which has the same counter"
        await store.deliveries.delivered(delivery, Sent(("telegram:999/15",)), NOW)
        following = await store.deliveries.claim(GROUP.lane, NOW, numbering=_numbering)
    assert following
    assert (following.id, _target(following), following.after_id) == (4, "telegram:999/13", "telegram:999/99")


async def test_bounds_are_the_newest_ids_of_before(new: Database) -> None:
    async with new.begin() as store:
        assert await store.counters.newest("telegram:999") == "telegram:999/99"
        assert await store.counters.newest(SUPERGROUP.lane) == f"{SUPERGROUP.lane}/32"
        delivery = await store.deliveries.claim(SUPERGROUP.lane, NOW, numbering=_numbering)
    assert delivery
    assert delivery.after_id == f"{SUPERGROUP.lane}/32"


async def test_what_was_pending_becomes_jobs(old: Database) -> None:
    """A health check, chats that are still checked, and one to be left."""

    def leave_and_watch(connection: sa.Connection) -> None:
        _go_to(connection, "0016")
        stranger = {"messenger": "matrix", "native_id": "!stranger:test", "topic": "", "title": "", "invited": True}
        _add(connection, "chats", id=50, **stranger, blocked_reason="", leave_at=AT)
        for id, told, told_at in ((1, "", None), (4, "I am not an admin.", AT)):
            watched = {"told": told, "told_at": told_at, "reminded": False}
            _add(connection, "readiness", chat_id=id, due_at=AT, **watched)

    async with old.engine.begin() as connection:
        await connection.run_sync(leave_and_watch)
    assert await upgrade(old)
    async with old.begin() as store:
        jobs = {job.kind: job for job in await store.jobs.all()}
        chat = await store.chats.get(50)
    assert {kind: (job.key, job.payload) for kind, job in jobs.items()} == {
        "leave": ("50", {}),
        "health check": ("1 telegram:999/12 1", {"chat": 1, "dialogue": 1, "reply_to": "telegram:999/12"}),
        "readiness:telegram": ("1", Notice().dump()),
        "readiness:matrix": ("4", Notice("I am not an admin.", datetime(2026, 1, 1, tzinfo=UTC)).dump()),
    }
    assert {job.due_at for job in jobs.values()} == {datetime(2026, 1, 1, tzinfo=UTC)}
    assert (chat.leaving, chat.invited) == (True, True)


async def test_a_delivery_that_failed_before_can_be_sent_again(new: Database) -> None:
    async with new.begin() as store:
        assert await store.deliveries.retry([6]) == 1
        delivery = await store.deliveries.claim(PRIVATE.lane, NOW, numbering=_numbering)
    assert delivery
    assert isinstance(delivery.operation, Send)
    assert (delivery.chat, delivery.operation.reply_to, delivery.after_id) == (
        PRIVATE,
        "telegram:999/98",
        "telegram:999/99",
    )


async def test_foreign_keys_are_whole(new: Database) -> None:
    """Each still refers to an existing row, and the database still rejects one that does not."""

    def broken(connection: sa.Connection) -> list[str]:
        inspector = sa.inspect(connection)
        found = []
        for table in inspector.get_table_names():
            for key in inspector.get_foreign_keys(table):
                column, referred = key["constrained_columns"][0], key["referred_table"]
                orphans = f"SELECT COUNT(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM {referred})"  # noqa: S608
                count = connection.exec_driver_sql(orphans).scalar()
                found += [f"{table}.{column}"] * bool(count)
        return found

    async with new.engine.begin() as connection:
        assert await connection.run_sync(broken) == []
        counts = {
            table: (await connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}")).scalar()  # noqa: S608
            for table in ("chats", "messages", "copies", "deliveries")
        }
    assert counts == {
        "chats": len(CHATS),
        "messages": len(MESSAGES),
        "copies": len(COPIES),
        "deliveries": len(DELIVERIES),
    }
    with pytest.raises(sa.exc.IntegrityError):
        async with new.engine.begin() as connection:
            await connection.exec_driver_sql(
                "INSERT INTO copies (message_id, chat_id, part, native_id) VALUES (77, 1, 0, 'x')"
            )
