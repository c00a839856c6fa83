"""Who is an admin, and whether the bot may write, at each point of a room's timeline."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.model import Account as Who
from bot.model import Event, Membership, Message, MessageRef, Presence, Reaction, plain
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import MatrixBot, account, person, ref, running


@asynccontextmanager
async def town_hall(
    synapse: Synapse, folder: Path, **room: Any
) -> AsyncGenerator[tuple[MatrixBot, HumanMatrix, HumanMatrix, str], None]:
    """Anna, who created the room, Ben and the bot."""
    anna, ben = await person(synapse, "Anna"), await person(synapse, "Ben")
    async with running(synapse, await account(synapse), folder) as bot:
        id = await anna.create_room(**{"name": "Köln", "invite": [bot.id, ben.id]} | room)
        await ben.join(id)
        await bot.joins(id)
        yield bot, anna, ben, id


def admins(events: list[Event]) -> dict[str, bool | None]:
    return {plain(event.text): event.sender.admin for event in events if isinstance(event, Message)}


def memberships(events: list[Event], room: str) -> list[Membership]:
    return [event for event in events if isinstance(event, Membership) and event.chat.id == room]


async def hears(bot: MatrixBot, text: str) -> Message:
    return await bot.wait_for(Message, lambda event: plain(event.text) == text)


@pytest.mark.parametrize("version", ["6", "10", "11", "12"])
async def test_who_is_admin_is_told_as_of_each_event(synapse: Synapse, tmp_path: Path, version: str) -> None:
    async with town_hall(synapse, tmp_path, version=version) as (bot, anna, ben, room):
        committed = bot.cursor
        await anna.say(room, "mine")
        await ben.say(room, "guest")
        await anna.set_power(room, ben.id, 50)
        await ben.say(room, "moderator")
        await anna.set_power(room, ben.id, 49)
        await ben.say(room, "demoted")
        levels = await anna.state(room, "m.room.power_levels")
        levels["users"].pop(ben.id)
        await anna.send_state(room, "m.room.power_levels", levels | {"users_default": 50})
        sign = await ben.react(room, await ben.say(room, "all"), "👍")
        assert (await bot.wait_for(Reaction, lambda event: event.id == sign)).sender.admin is True
        expected = {"mine": True, "guest": False, "moderator": True, "demoted": False, "all": True}
        assert admins(bot.events) == expected
        invited, joined = memberships(bot.events, room)
        assert (invited.sender.admin, joined.sender.admin) == (None, True)
        name = bot.id[1:].partition(":")[0]
        await bot.stop()
        async with running(synapse, name, tmp_path, committed) as again:
            await again.wait_for(Reaction)
            assert admins(again.events) == expected


async def test_in_a_gap_the_levels_of_that_time_count(synapse: Synapse, tmp_path: Path) -> None:
    """The state in a sync response is the state after the gap."""
    async with town_hall(synapse, tmp_path) as (bot, anna, ben, room):
        await anna.set_power(room, ben.id, 50)
        await ben.say(room, "before")
        await hears(bot, "before")
        name, cursor = bot.id[1:].partition(":")[0], bot.cursor
        await bot.stop()
        await ben.say(room, "moderator")
        await anna.set_power(room, ben.id, 0)
        await ben.say(room, "demoted")
        for number in range(110):
            await anna.say(room, f"{number}")
        for _ in range(2):
            async with running(synapse, name, tmp_path, cursor) as again:
                await hears(again, "109")
                assert (admins(again.events)["moderator"], admins(again.events)["demoted"]) == (True, False)


async def test_in_private_nobody_is_admin(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room(invite=[bot.id], direct=True)
        await bot.joins(room)
        await anna.say(room, "psst")
        assert (await bot.wait_for(Message)).sender.admin is None
        assert {event.sender.admin for event in memberships(bot.events, room)} == {None}


@pytest.mark.parametrize("encrypted", [False, True])
async def test_who_takes_the_right_to_write_from_us_is_told(synapse: Synapse, tmp_path: Path, encrypted: bool) -> None:
    async with town_hall(synapse, tmp_path, encrypted=encrypted) as (bot, anna, ben, room):
        await anna.set_power(room, ben.id, 100)
        committed = bot.cursor
        levels = await ben.state(room, "m.room.power_levels")
        type = "m.room.encrypted" if encrypted else "m.room.message"
        silent = levels | {"events": {**levels["events"], type: 40}}
        restricted = await ben.send_state(room, "m.room.power_levels", silent)
        # A change that does not affect the bot is not reported.
        await ben.send_state(room, "m.room.power_levels", silent | {"events_default": 10})
        freed = await ben.send_state(room, "m.room.power_levels", silent | {"users": {**levels["users"], bot.id: 40}})
        await bot.wait_for(Membership, lambda event: event.id == freed)
        changes = memberships(bot.events, room)[2:]
        assert [(each.id, each.presence) for each in changes] == [
            (restricted, Presence.RESTRICTED),
            (freed, Presence.JOINED),
        ]
        assert {(each.sender.name, each.sender.admin, each.title) for each in changes} == {("Ben", True, "Köln")}
        name = bot.id[1:].partition(":")[0]
        await bot.stop()
        async with running(synapse, name, tmp_path, committed) as again:
            await again.wait_for(Membership, lambda event: event.id == freed)
            assert memberships(again.events, room) == changes


async def test_whose_message_is_answered(synapse: Synapse, tmp_path: Path) -> None:
    async with town_hall(synapse, tmp_path) as (bot, anna, ben, room):
        ours = await bot.says(room, "question")
        await anna.say(room, "to the bot", reply_to=ours)
        theirs = await ben.say(room, "an idea")
        await anna.say(room, "to Ben", reply_to=theirs)
        await anna.say(room, "to nobody", reply_to="$unknown")
        await hears(bot, "to nobody")
        replies = {plain(event.text): event.reply for event in bot.events if isinstance(event, Message) and event.reply}
        answered = {text: reply.account for text, reply in replies.items()}
        name = ref(room).messenger
        assert answered == {"to the bot": Who(name, bot.id), "to Ben": Who(name, ben.id), "to nobody": None}
        assert replies["to Ben"].to == MessageRef(ref(room), theirs)
