"""An encrypted room: someone with an independent client talks through the bot, also over a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from tests.system.harness import SystemWorld, open_world
from tests.system.sending import share_in_group, share_in_room


@pytest.fixture
async def sealed(synapse: Synapse, tmp_path: Path) -> AsyncIterator[SystemWorld]:
    async with open_world(synapse, tmp_path, pairs=2, encrypted=1) as world:
        yield world


async def test_text_crosses_an_encrypted_room_before_and_after_a_restart(sealed: SystemWorld) -> None:
    await sealed.start()
    await sealed.talk(3)
    assert (await sealed.settled()).good, sealed.report()
    assert await sealed.bot.stop() == 0
    for pair in sealed.pairs:  # while the bot is down
        sealed.say_in_group(pair)
        await sealed.say_in_room(pair)
    await sealed.start()
    await sealed.talk(3)
    assert (await sealed.settled()).good, sealed.report()
    room = sealed.pairs[0].room
    sent = [e["type"] for e in await sealed.resident.human.messages(room) if e["sender"] == sealed.bot_id]
    assert "m.room.encrypted" in sent
    assert "m.room.message" not in sent


async def test_killed_in_an_encrypted_room(sealed: SystemWorld) -> None:
    await sealed.start()
    await sealed.talk(2)
    await sealed.settled()
    for pair in sealed.pairs:
        for _ in range(5):
            await share_in_group(sealed, pair)
            await share_in_room(sealed, pair)
    await sealed.bot.kill()
    await sealed.start()
    assert (await sealed.settled()).good, sealed.report()
