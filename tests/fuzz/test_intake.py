"""Two hundred thousand malformed events: the bot survives, and every valid message is relayed once, in order."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, MutableMapping
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bot.app import App
from bot.messengers.base import AccountError, Messenger
from bot.messengers.matrix.polls import START, start
from bot.model import Batch, ChatRef, MessengerName, NativePoll, plain, rich
from storage import Database, tables
from storage.deliveries import posts
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.fuzz import noise
from tests.length import FULL
from tests.places import PLACES
from tests.scripted import BEGIN, ME, Homeserver, answer, matrix_event, matrix_intake, section, state, telegram_intake

SEED = int(os.environ.get("INTERCITY_TEST_SEED", "20261125"))
EVENTS = 200_000 if FULL else 3_000
"""Of both messengers together."""


@pytest.fixture
def lines() -> Iterator[Counter[str]]:
    """Count log lines instead of writing them."""
    counted: Counter[str] = Counter()

    def drop(_logger: object, level: str, line: MutableMapping[str, Any]) -> str:
        assert level != "error" or line.get("number") or "put aside" not in line["event"], line
        error = line.get("exc_info")
        counted[f"{line['event']} {error!r:.150}" if error else line["event"]] += 1
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[drop])
    try:
        yield counted
    finally:
        structlog.configure(**before)


async def _takes(app: App, messenger: Messenger, batches: AsyncGenerator[Batch, None]) -> None:
    try:
        async for batch in batches:
            await app.inbox.take(messenger, batch)
    except AccountError:
        pass  # the end of the script


async def test_the_bot_lives_and_keeps_the_order(
    database: Database, monkeypatch: pytest.MonkeyPatch, lines: Counter[str]
) -> None:
    """Trust: cases 80 and 91, on both databases. Set INTERCITY_TEST_SEED for another run."""
    monkeypatch.setattr("bot.intake.presses.CARD_WAIT", 0.0)
    telegram, matrix = FakeMessenger(MessengerName.TELEGRAM, TELEGRAM), FakeMessenger(MessengerName.MATRIX, MATRIX)
    app = App(database, [telegram, matrix], secret=bytes(32), places=PLACES)
    await _pair(app)
    server = Homeserver()
    async with matrix_intake(server) as (intake, crypto):
        rooms = {
            room: section(state=state(members=noise.SENDERS, encrypted=room == noise.SEALED))
            for room in (noise.INDY, noise.SEALED, noise.ELSEWHERE)
        }
        server.syncs.append(answer(rooms))
        server.events[noise.POLL] = matrix_event(
            start(NativePoll(question=rich("?"), options=("yes", "no"))), START, sender=ME
        )
        random = Random(SEED)  # noqa: S311 - reproducible
        from_matrix = noise.MatrixNoise(random, crypto.sealer(noise.SEALED), crypto.key)
        server.more = from_matrix.answers(EVENTS // 2)
        from_telegram = noise.TelegramNoise(Random(SEED))  # noqa: S311
        other = telegram_intake(monkeypatch, from_telegram.payloads(EVENTS // 2))
        await asyncio.gather(
            _takes(app, matrix, intake.events(BEGIN, app._in_dialogue)), _takes(app, telegram, other.events(None))
        )
    print(*(f"{number:7} {line}" for line, number in lines.most_common()), sep="\n")
    marks = [f"mark {number + 1}" for number in range(from_matrix.marks)]
    told = [f"told {number + 1}" for number in range(from_telegram.marks)]
    assert await _crossed(database, noise.KOELN, "mark ") == marks
    assert await _crossed(database, noise.INDY, "told ") == told
    async with database.begin() as store:
        assert await store.cursors.get(telegram.account) == str(from_telegram.updates + 1)


async def _pair(app: App) -> None:
    async with app.database.begin() as store:
        koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
        indy = await store.cities.add("Indianapolis", "en_US", "America/Indiana/Indianapolis")
        dialogue = await store.dialogues.add("Köln – Indianapolis", (koeln, indy))
        await store.chats.pair(ChatRef(MessengerName.TELEGRAM, str(noise.KOELN)), dialogue, koeln)
        for room in (noise.INDY, noise.SEALED):
            await store.chats.pair(ChatRef(MessengerName.MATRIX, room), dialogue, indy)


async def _crossed(database: Database, chat: int | str, sign: str) -> list[str]:
    """Return the valid messages queued for a chat, in the order in which they will arrive there."""
    waiting = sa.select(tables.deliveries.c.post).join(tables.chats).order_by(tables.deliveries.c.id)
    async with database.engine.connect() as connection:
        rows = await connection.execute(waiting.where(tables.chats.c.native_id == str(chat)))
        said = [plain(posts.load(row.post).text) for row in rows if row.post]
    return [words for words in said if words.startswith(sign)]
