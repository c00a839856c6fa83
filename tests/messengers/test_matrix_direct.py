"""How a direct room begins: who invites the bot, and what they say before it has joined."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import Join, Membership, Message, Presence, plain
from bot.sandbox.synapse import Synapse
from tests.messengers.faulty_proxy import says
from tests.messengers.matrix_bot import account, person, ref, running
from tests.messengers.test_matrix_faults import behind_proxy


@pytest.mark.parametrize(
    ("profile", "zone"),
    [
        ({"m.tz": "Europe/Berlin"}, "Europe/Berlin"),
        ({"us.cloke.msc4175.tz": "America/Indiana/Indianapolis"}, "America/Indiana/Indianapolis"),
        ({"m.tz": "Atlantis/Poseidonis", "us.cloke.msc4175.tz": "Europe/Vienna"}, "Europe/Vienna"),
        ({"m.tz": ["Europe/Berlin"]}, ""),
        ({"m.tz": "../../etc/passwd"}, ""),
        ({}, ""),
    ],
)
async def test_who_opens_a_direct_room_brings_their_time_zone(
    synapse: Synapse, tmp_path: Path, profile: dict[str, object], zone: str
) -> None:
    anna = await person(synapse, "Anna")
    for field, value in profile.items():
        await anna.set_profile(field, value)
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room(invite=[bot.id], direct=True)
        await bot.joins(room)
        memberships = [event for event in bot.events if isinstance(event, Membership)]
        assert [(each.private, each.sender.name) for each in memberships] == [(True, "Anna")] * 2
        assert memberships[-1].sender.zone == zone


async def test_a_room_of_many_asks_for_no_zone(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    await anna.set_profile("m.tz", "Europe/Berlin")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        assert {event.sender.zone for event in bot.events if isinstance(event, Membership)} == {""}


async def test_a_profile_that_cannot_be_read_is_no_error(synapse: Synapse, tmp_path: Path) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, anna, _, proxy):
        await anna.set_profile("m.tz", "Europe/Berlin")
        proxy.faults["/profile/"] = [says(502, "M_UNKNOWN")]
        room = await anna.create_room(invite=[bot.id], direct=True)
        await bot.joins(room)
        assert not proxy.faults["/profile/"]
        assert {event.sender.zone for event in bot.events if isinstance(event, Membership)} == {""}


async def test_what_is_said_before_we_have_come_is_heard(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room(invite=[bot.id], direct=True)
        await bot.wait_for(Membership)
        committed = bot.cursor
        early = await anna.say(room, "hello?")
        await bot.messenger.deliver(Join(chat=ref(room)))
        await bot.wait_for(Membership, lambda event: event.presence is Presence.JOINED)
        late = await anna.say(room, "there you are")
        await bot.wait_for(Message, lambda event: event.id == late)
        heard = [event for event in bot.events if isinstance(event, Message)]
        assert [(event.id, event.private, event.sender.name) for event in heard] == [
            (early, True, "Anna"),
            (late, True, "Anna"),
        ]
        assert len([event for event in bot.events if isinstance(event, Membership)]) == 2
    async with running(synapse, name, tmp_path, committed) as again:
        await again.wait_for(Message, lambda event: event.id == late)
        assert [event for event in again.events if isinstance(event, Message)] == heard


async def test_what_was_said_before_we_were_asked_in_again_is_not(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room(invite=[bot.id], direct=True)
        await bot.joins(room)
        await anna.kick(room, bot.id)
        await bot.wait_for(Membership, lambda event: event.presence is Presence.GONE)
        await anna.say(room, "alone at last")
        invitation = {"membership": "invite", "is_direct": True}
        await anna.send_state(room, "m.room.member", invitation, bot.id)
        await anna.say(room, "come back")
        await bot.messenger.deliver(Join(chat=ref(room)))
        await anna.say(room, "good")
        await bot.wait_for(Message, lambda event: plain(event.text) == "good")
        assert [plain(event.text) for event in bot.events if isinstance(event, Message)] == ["come back", "good"]


@pytest.mark.parametrize("direct", [True, False])
async def test_a_room_that_fills_is_private_no_more(synapse: Synapse, tmp_path: Path, *, direct: bool) -> None:
    """Also at once, and also after a restart, when the server no longer sends the number of members."""
    anna, ben, name = await person(synapse, "Anna"), await person(synapse, "Ben"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room(invite=[bot.id], direct=direct)
        await bot.joins(room)
        alone = await anna.say(room, "alone")
        assert (await bot.wait_for(Message, lambda event: event.id == alone)).private
        committed = bot.cursor
    async with running(synapse, name, tmp_path, committed) as again:
        still = await anna.say(room, "still alone")
        assert (await again.wait_for(Message, lambda event: event.id == still)).private
        await anna.invite(room, ben.id)
        told = await again.wait_for(Membership, lambda event: event.presence is Presence.ACCOMPANIED)
        assert (told.chat, told.private) == (ref(room), False)
        filled = await anna.say(room, "with Ben")
        assert not (await again.wait_for(Message, lambda event: event.id == filled)).private
        committed = again.cursor
    async with running(synapse, name, tmp_path, committed) as later:
        late = await anna.say(room, "and still with Ben")
        assert not (await later.wait_for(Message, lambda event: event.id == late)).private
