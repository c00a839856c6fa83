"""Files made by the bot: kept in chunks as long as a delivery needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import File, FileKind, Post, Sent, rich
from storage import Chat, Database, Delivery, State, Store
from storage import tables as t
from storage.files.repository import CHUNK
from storage.purge import DELIVERIES, FILES, MESSAGES
from tests.databases import made_on
from tests.storage.test_store import NOW, paired
from tests.trust.test_races import in_a_row

LARGE = bytes(range(256)) * 5000
"""More than a megabyte."""


def document(source: str, thumbnail: str = "") -> File:
    mime = "application/pdf"
    return File(kind=FileKind.DOCUMENT, source=source, name="Minutes.pdf", mime=mime, thumbnail=thumbnail)


async def read(store: Store, source: str) -> list[bytes]:
    chunks: list[bytes] = []
    while chunk := await store.files.chunk(source, len(chunks)):
        chunks.append(chunk)
    return chunks


async def send(store: Store, chat: Chat, *files: File) -> int:
    id = await store.messages.add(sent_at=NOW)
    await store.deliveries.send(chat, id, Post(rich("minutes"), files=files), NOW)
    return id


async def claimed(store: Store, chat: Chat) -> Delivery:
    delivery = await store.deliveries.claim(chat.ref.lane, NOW)
    assert delivery
    return delivery


async def pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(LARGE), 100_000):
        yield LARGE[start : start + 100_000]


@pytest.mark.parametrize("whole", [True, False])
async def test_bytes_come_back_in_small_chunks(database: Database, *, whole: bool) -> None:
    async with database.begin() as store:
        source, size = await store.files.add(LARGE if whole else pieces(), NOW)
        chunks = await read(store, source)
    assert size == len(LARGE)
    assert b"".join(chunks) == LARGE
    assert max(map(len, chunks)) == CHUNK


async def test_a_file_is_wiped_with_the_last_delivery_that_needs_it(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, room = await paired(store)
        source, _size = await store.files.add(b"minutes", NOW)
        preview, _size = await store.files.add(b"preview", NOW)
        id = await send(store, group, document(source, preview))
        await store.deliveries.send(room, id, Post(rich("minutes"), files=(document(source),)), NOW)
        await store.deliveries.delivered(await claimed(store, group), Sent(("-1001/1",)), NOW)
        assert await store.files.exists(source)
        assert not await store.files.exists(preview), "nobody else needs it"
        await store.deliveries.delivered(await claimed(store, room), Sent(("$1",)), NOW)
        assert not await store.files.exists(source)
        assert await read(store, source) == []


async def test_a_file_stays_while_a_failed_delivery_may_be_retried(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        source, _size = await store.files.add(b"minutes", NOW)
        await send(store, group, document(source))
        await store.deliveries.fail(await claimed(store, group), "the chat is closed", NOW)
        assert await store.files.exists(source)
        (failed,) = await store.deliveries.in_state([State.FAILED])
        assert await store.deliveries.retry([failed.id]) == 1
        await store.deliveries.fail(await claimed(store, group), "still closed", NOW)
        assert await store.files.exists(source)
        assert await store.deliveries.discard([failed.id], NOW) == 1
        assert not await store.files.exists(source)


@pytest.mark.parametrize("how", ["removed", "chat left"])
async def test_what_is_cancelled_needs_no_file(database: Database, how: str) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        source, _size = await store.files.add(b"minutes", NOW)
        id = await send(store, group, document(source))
        if how == "removed":
            await store.deliveries.remove(group, id, NOW)
        else:
            await store.deliveries.cancel_all(group, NOW)
        assert not await store.files.exists(source)


async def test_a_waiting_post_keeps_its_file_until_it_gets_another(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        first, _size = await store.files.add(b"first", NOW)
        second, _size = await store.files.add(b"second", NOW)
        id = await send(store, group, document(first))
        await store.deliveries.replace(group, id, Post(rich("other words")), NOW)
        (row,) = await store.deliveries.of_message(id)
        assert row.post == Post(rich("other words"), files=(document(first),))
        await store.deliveries.replace(group, id, Post(rich("all new"), files=(document(second),)), NOW)
        assert not await store.files.exists(first)
        assert await store.files.exists(second)


async def test_files_that_nobody_needs_expire(database: Database) -> None:
    old = NOW - timedelta(days=2)
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        orphan, _size = await store.files.add(b"orphan", old)
        fresh, _size = await store.files.add(b"fresh", NOW)
        needed, _size = await store.files.add(b"needed", old)
        await send(store, group, document(needed))
        await store.purge.slice(FILES, NOW - timedelta(days=1), None, 100)
        assert [await store.files.exists(each) for each in (orphan, fresh, needed)] == [False, True, True]


@pytest.mark.parametrize("expiry", [DELIVERIES, MESSAGES], ids=["the delivery", "its message"])
async def test_a_failed_delivery_that_expires_leaves_its_file_to_expire(database: Database, expiry: object) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        source, _size = await store.files.add(b"minutes", NOW)
        await send(store, group, document(source))
        await store.deliveries.fail(await claimed(store, group), "closed", NOW)
        await store.purge.slice(expiry, later, None, 100)  # type: ignore[arg-type]
        await store.purge.slice(FILES, later, None, 100)
        assert not await store.files.exists(source)
        assert await store._connection.scalar(t.file_chunks.select().with_only_columns(t.file_chunks.c.number)) is None


@pytest.mark.parametrize("first", ["delivered", "changed"])
async def test_two_that_finish_with_a_file_at_the_same_time_wipe_it(postgres: str, first: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        try:
            async with database.begin() as store:
                _dialogue, group, room = await paired(store)
                source, _size = await store.files.add(b"minutes", NOW)
                id = await send(store, group, document(source))
                await store.deliveries.send(room, id, Post(rich("minutes"), files=(document(source),)), NOW)
                other, _size = await store.files.add(b"corrected minutes", NOW)
                one = await claimed(store, group) if first == "delivered" else None
                two = await claimed(store, room)

            async def finish(store: Store) -> None:
                if one:
                    await store.deliveries.delivered(one, Sent(("-1001/1",)), NOW)
                else:
                    await store.deliveries.replace(group, id, Post(rich("minutes"), files=(document(other),)), NOW)

            await in_a_row(
                database,
                finish,
                lambda store: store.deliveries.delivered(two, Sent(("$1",)), NOW),
            )
            async with database.begin() as store:
                assert not await store.files.exists(source)
        finally:
            await database.close()
