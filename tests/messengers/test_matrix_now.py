"""Fresh state from a homeserver that answers an identical sync from its cache, as Synapse does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import account, person, ref, running
from tests.messengers.test_matrix_health import texts


@pytest.fixture
async def caching() -> AsyncIterator[Synapse]:
    async with Synapse(settings={"caches": {"sync_response_cache_duration": "2m"}}) as server:
        yield server


async def test_the_doctor_sees_what_was_mended_a_moment_ago(caching: Synapse, tmp_path: Path) -> None:
    anna = await person(caching, "Anna")
    async with running(caching, await account(caching), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        for level in (0, 50, 0, 50):
            await anna.set_power(room, bot.id, level)
            findings = await bot.messenger.check_health(ref(room))
            assert ("I can remove messages here." in texts(findings, ok=True)) is (level == 50)
        await anna.kick(room, bot.id)
        assert "I am not in this room" in texts(await bot.messenger.check_health(ref(room)), ok=False)


async def test_a_first_start_sees_the_rooms_as_they_are_now(caching: Synapse, tmp_path: Path) -> None:
    """An earlier first start must not leave its response in the homeserver's cache."""
    anna, name = await person(caching, "Anna"), await account(caching)
    async with running(caching, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
    async with running(caching, name, tmp_path):
        pass
    await anna.send_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    async with running(caching, name, tmp_path) as again:
        assert again.messenger._rooms[room].encrypted
        said = await again.says(room, "nothing in the clear")
    assert (await anna.event(room, said))["type"] == "m.room.encrypted"
