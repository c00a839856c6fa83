"""An upgraded room whose history is hidden from new members: the bot knows that it has not read everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import Membership, Message, Migration, Presence
from bot.sandbox.synapse import Synapse
from tests.messengers.test_matrix import texts, together


@pytest.mark.parametrize("visibility", ["joined", "invited", "shared"])
async def test_what_was_said_in_an_upgraded_room_may_be_hidden_from_the_bot(
    synapse: Synapse, tmp_path: Path, visibility: str
) -> None:
    async with together(synapse, tmp_path, version="11") as (bot, anna, room):
        await anna.send_state(room, "m.room.history_visibility", {"history_visibility": visibility})
        answer = await anna.call("POST", f"/v3/rooms/{room}/upgrade", {"new_version": "12"})
        to = answer["replacement_room"]
        await bot.wait_for(Migration)
        await anna.say(to, "among us")
        await anna.invite(to, bot.id)
        await bot.joins(to)
        await anna.say(to, "welcome")
        await bot.wait_for(Message, lambda event: event.ref.chat.id == to and "welcome" in str(event.text))
        is_hidden = visibility != "shared"
        assert texts(bot.events) == ([] if is_hidden else ["among us"]) + ["welcome"]
        joined = await bot.wait_for(Membership, lambda each: (each.chat.id, each.presence) == (to, Presence.JOINED))
        assert joined.hides_history == is_hidden
