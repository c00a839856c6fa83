"""The homeserver dies and comes back: nothing is lost, duplicated or out of order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.messengers.base import TemporaryError, UnknownOutcome
from bot.model import Message, Send, plain
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import MatrixBot, account, person, running, send
from tests.messengers.nio_person import nio_person


@pytest.fixture
async def mortal() -> AsyncGenerator[Synapse, None]:
    """Run a separate homeserver that a test may kill."""
    async with Synapse() as server:
        yield server


async def lane(bot: MatrixBot, orders: list[Send], failures: list[Exception]) -> list[str]:
    """Deliver as the outbox does: one at a time, retried until done."""
    ids = []
    for operation in orders:
        while True:
            try:
                ids.append((await bot.messenger.deliver(operation)).id)
                break
            except (TemporaryError, UnknownOutcome) as error:
                failures.append(error)
                await asyncio.sleep(0.1)
    return ids


async def test_kill_in_mid_send(mortal: Synapse, tmp_path: Path) -> None:
    anna = await person(mortal, "Anna")
    async with (
        nio_person(mortal, "Ben", tmp_path / "ben") as ben,
        running(mortal, await account(mortal), tmp_path) as bot,
    ):
        plain_room = await anna.create_room("Köln", invite=[bot.id])
        sealed_room = await ben.make_room(bot.id)
        for room in (plain_room, sealed_room):
            await bot.joins(room)
        failures: list[Exception] = []
        orders = {room: [send(room, f"{number}") for number in range(40)] for room in (plain_room, sealed_room)}
        async with asyncio.TaskGroup() as group:
            lanes = [group.create_task(lane(bot, each, failures)) for each in orders.values()]
            await anna.wait_for(lambda event: event["content"].get("body") == "10")
            await mortal.kill()
            await mortal.start()
        assert failures
        for room, done in zip(orders, lanes, strict=True):
            assert len(set(done.result())) == 40
            seen = [event for event in await reader(mortal, anna.id, ben.id, room) if event["sender"] == bot.id]
            ids = [event["event_id"] for event in seen if event["type"] in {"m.room.message", "m.room.encrypted"}]
            assert ids == done.result()
        for number in range(40):
            await ben.wait_for(f"{number}")
        await anna.say(plain_room, "still reading?")
        await bot.wait_for(Message, lambda event: plain(event.text) == "still reading?")


async def reader(server: Synapse, anna: str, ben: str, room: str) -> list[dict[str, object]]:
    """Return a room's events as one of its members sees them."""
    for id in (anna, ben):
        human = await server.register(id[1:].partition(":")[0], "secret")
        joined = await human.call("GET", "/v3/joined_rooms")
        if room in joined["joined_rooms"]:
            return await human.messages(room, 200)
    raise AssertionError(f"nobody is in {room}")
