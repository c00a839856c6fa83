"""The content of encrypted events, where no homeserver can check whether the sender may send it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.model import ChatChange, ChatChangeKind, Message, plain
from bot.sandbox.synapse import Synapse
from tests.messengers.nio_person import nio_person
from tests.messengers.test_matrix_encryption import together

FORBIDDEN: dict[str, dict[str, Any]] = {
    "m.room.redaction": {},
    "m.room.tombstone": {"body": "gone", "replacement_room": "!other:localhost"},
    "m.room.power_levels": {"events_default": 100},
    "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
    "m.room.member": {"membership": "leave"},
}


@pytest.mark.parametrize("type", FORBIDDEN)
async def test_case_98_what_only_some_may_send_counts_only_in_the_open(
    synapse: Synapse, tmp_path: Path, type: str
) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room), nio_person(synapse, "Tom", tmp_path / "tom") as tom:
        said = await anna.say(room, "We meet at noon")
        await anna.client.room_invite(room, tom.id)
        await tom.client.join(room)
        await tom.step()
        await tom.knows(room, bot.id)
        await tom.client.room_send(room, type, FORBIDDEN[type] | {"redacts": said}, ignore_unverified_devices=True)
        await tom.say(room, "done")
        done = await bot.wait_for(Message, lambda event: plain(event.text) == "done")
        own = [event for event in bot.events if event.at >= done.at or getattr(event, "sender", None) == done.sender]
        changes = [event for event in own if isinstance(event, ChatChange)]
        assert [event for event in own if event not in changes] == [done]
        assert [change.kind for change in changes] == [ChatChangeKind.JOINED], "Tom's own arrival"


async def test_case_98_an_encrypted_event_is_no_state(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        await anna.say(room, "first")
        text = {"msgtype": "m.text", "body": "as state"}
        type, content = anna.client.encrypt(room, "m.room.message", text)
        await anna.client.room_put_state(room, type, content)
        await anna.say(room, "last")
        await bot.wait_for(Message, lambda event: plain(event.text) == "last")
        assert [plain(event.text) for event in bot.events if isinstance(event, Message)] == ["first", "last"]
