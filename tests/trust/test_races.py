"""What may happen once happens once, also in concurrent transactions (case 106)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.model import Account, ChatRef, MessengerName, Post, rich
from storage import Chat, Database, Purpose, Store, TakenError, locks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROOM = ChatRef(MessengerName.MATRIX, "!room:test")
ANNA, EVE = (Account(MessengerName.MATRIX, id) for id in ("@anna:test", "@eve:test"))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def begun(database: Database) -> Chat:
    """Create a room, a code of Anna's, and two messages for the room."""
    async with database.begin() as store:
        chat = await store.chats.get_or_create(ROOM)
        until = NOW + timedelta(hours=1)
        await store.codes.add(Purpose.LINK, "digest", account=ANNA, chat=chat, expires_at=until)
        for text in ("first", "second"):
            await store.deliveries.send(chat, await store.messages.add(sent_at=NOW), Post(rich(text)), NOW)
        return chat


async def in_a_row(
    database: Database, first: Callable[[Store], Awaitable[object]], second: Callable[[Store], Awaitable[object]]
) -> object:
    """Run a second transaction into the uncommitted changes of a first; return the second one's result."""
    async with database.begin() as later:
        async with database.begin() as earlier:
            await first(earlier)
            waiting = asyncio.ensure_future(second(later))
            await blocked(database)
        return await waiting


async def blocked(database: Database) -> None:
    """Wait until a transaction waits for another one, at most 10 seconds."""
    waits = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(10):
        while True:
            async with database.engine.begin() as connection:
                if (await connection.execute(waits)).scalar_one():
                    return
            await asyncio.sleep(0.01)


async def test_case_106_one_transaction_alone_uses_a_code(on_postgres: str) -> None:
    async def use(store: Store) -> bool:
        code = await store.codes.find(Purpose.LINK, "digest", NOW)
        assert code
        return await store.codes.use(code, NOW)

    async with opened(on_postgres) as database:
        await begun(database)
        assert await in_a_row(database, use, use) is False


async def test_case_106_one_account_alone_claims_a_code(on_postgres: str) -> None:
    async def claim(store: Store, account: Account) -> bool:
        code = await store.codes.find(Purpose.LINK, "digest", NOW)
        assert code
        return await store.codes.claim(code, account)

    async with opened(on_postgres) as database:
        await begun(database)
        assert await in_a_row(database, lambda store: claim(store, ANNA), lambda store: claim(store, EVE)) is False


async def test_case_106_one_transaction_alone_claims_a_row(on_postgres: str) -> None:
    async def claim(store: Store) -> object:
        return await store.deliveries.claim(ROOM.lane, NOW)

    async with opened(on_postgres) as database:
        await begun(database)
        assert await in_a_row(database, claim, claim) is None


async def test_case_106_what_is_taken_back_meanwhile_is_not_claimed(on_postgres: str) -> None:
    async def claim(store: Store) -> object:
        return await store.deliveries.claim(ROOM.lane, NOW)

    async with opened(on_postgres) as database:
        chat = await begun(database)
        assert await in_a_row(database, lambda store: store.deliveries.cancel_all(chat, NOW), claim) is None


async def test_case_106_what_moves_meanwhile_is_not_claimed_in_its_former_lane(on_postgres: str) -> None:
    """The lane of the new place would find it in doubt, and send it again."""
    new = ChatRef(MessengerName.MATRIX, "!new:test")

    async def claim(store: Store) -> object:
        return await store.deliveries.claim(ROOM.lane, NOW)

    async with opened(on_postgres) as database:
        await begun(database)
        assert await in_a_row(database, lambda store: store.chats.move(ROOM, new, NOW), claim) is None


async def test_case_106_two_bots_do_not_work_for_one_messenger_on_one_database(
    on_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_LIMIT", 0.2)
    for url in (on_postgres, f"sqlite+aiosqlite:///{tmp_path / 'shared.sqlite'}"):
        async with opened(url) as one, opened(url) as other:
            async with one.lock("telegram"):
                assert await refused(other, "telegram")
                assert not await refused(other, "matrix")
            assert not await refused(other, "telegram"), "free again"


async def refused(database: Database, name: str) -> bool:
    try:
        async with database.lock(name):
            return False
    except TakenError:
        return True


async def test_case_106_two_cities_that_look_alike_are_not_added_at_once(on_postgres: str) -> None:
    async def add(store: Store, name: str) -> bool:
        try:
            await store.cities.add(name, "en_US", "America/Indiana/Indianapolis")
        except ValueError:
            return False
        return True

    async with opened(on_postgres) as database, database.begin() as later:
        async with database.begin() as earlier:
            assert await add(earlier, "Indianapolis")
            second, waits = asyncio.ensure_future(add(later, "lndianapolis")), asyncio.ensure_future(blocked(database))
            await asyncio.wait({second, waits}, return_when=asyncio.FIRST_COMPLETED)
            waits.cancel()
        assert not await second
