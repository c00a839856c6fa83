"""Invitations by strangers: whatever their servers do, nothing else waits for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery import attempts
from bot.messengers.base import UnknownOutcome
from bot.model import ChatRef, Join, Leave, Membership, Message, MessengerName, Presence, plain
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import person, ref
from tests.messengers.test_matrix_faults import behind_proxy
from tests.trust.world import GRACE, MALLORY, YORK, World, privately, stands

MANY, MINUTE = 6, timedelta(minutes=1)


async def test_case_93_rooms_that_cannot_be_entered_hold_up_nothing(synapse: Synapse, tmp_path: Path) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, anna, room, proxy):
        proxy.hanging = {"/profile/", "/join/"}
        mallory = await person(synapse, "Mallory")
        traps = [await mallory.create_room(invite=[bot.id], direct=True) for _ in range(MANY)]
        await bot.wait_for(Membership, lambda event: event.chat == ref(traps[-1]))
        joins = [asyncio.create_task(bot.messenger.deliver(Join(chat=ref(trap)))) for trap in traps]
        try:
            await anna.say(room, "Are you there?")
            await bot.wait_for(Message, lambda event: plain(event.text) == "Are you there?")
            said = await bot.says(room, "Yes")
            assert (await anna.event(room, said))["content"]["body"] == "Yes"
            under_way = [path for path in proxy.asked if "/profile/" in path or any(trap in path for trap in traps)]
            assert len(under_way) <= 1, "one room at a time for each inviter"
        finally:
            for join in joins:
                join.cancel()
            await asyncio.wait(joins)


async def test_case_93_who_invites_into_many_rooms_is_followed_into_few(world: World) -> None:
    rooms = [ChatRef(MessengerName.MATRIX, f"!{number}:evil") for number in range(MANY)]
    await world.opens_private(GRACE)  # it is logged in by now
    world.matrix.hold()
    for room in rooms:
        world.matrix.happens(stands(MALLORY, room, Presence.INVITED, private=True))
    await world.matrix.taken_in()
    world.matrix.release()
    await world.later(MINUTE)
    assert {each.chat for each in world.matrix.calls if isinstance(each, Join)} == set(rooms[:3])
    assert {each.chat for each in world.matrix.calls if isinstance(each, Leave)} == set(rooms[3:])


async def test_case_93_a_room_that_cannot_be_entered_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SETTLE", 0.01)
    await world.opens_private(GRACE)
    world.matrix.faults = [UnknownOutcome("no answer")] * attempts.TRIES
    await world.brings(GRACE, YORK, Presence.INVITED)
    assert len([each for each in world.matrix.calls if isinstance(each, Join)]) == attempts.TRIES
    york = await world.chat(YORK)
    assert york
    assert york.blocked_reason
    assert "could not join" in world.last(privately(GRACE)), "who asked for it is told"
