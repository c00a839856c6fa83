"""Reminders reach only those who are meant (cases 15 and 104)."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChatRef, Role
from tests.trust.test_privacy import fills
from tests.trust.world import ANNA, INDY, KOELN, TOM, World, privately

SCHEDULED = "runde Städte vereint | wann: in 5 Tagen 12 Uhr | erinnern: 4 Tage, 1 Tag"


async def begins(world: World) -> None:
    """Invite Tom as a mayor who has opened a private room, and schedule a roundtable."""
    await world.appoint(TOM, Role.MAYOR, "Indianapolis")
    await world.opens_private(TOM)
    await world.commands(KOELN, ANNA, SCHEDULED)


async def reminded(world: World, chat: ChatRef) -> int:
    """Advance the clock by two and a half days, hour by hour, and return how many reminders came in a chat."""
    before = len(world.at(chat))
    for _hour in range(60):
        await world.later(timedelta(hours=1))
    return sum(each.startswith("🔔") for each in world.at(chat)[before:])


async def test_case_104_a_private_reminder_goes_to_no_room_that_has_filled(world: World) -> None:
    await begins(world)
    assert await reminded(world, privately(TOM)) == 1
    await fills(world, privately(TOM))
    assert await reminded(world, privately(TOM)) == 0


async def test_case_15_who_is_not_invited_any_more_is_not_reminded(world: World) -> None:
    await begins(world)
    assert await reminded(world, privately(TOM)) == 1
    await world.appoint(TOM, Role.GUEST, "Indianapolis")
    assert await reminded(world, privately(TOM)) == 0


async def test_case_15_a_chat_that_has_left_the_dialogue_is_not_reminded(world: World) -> None:
    await begins(world)
    async with world.database.begin() as store:
        chat = await store.chats.by_ref(INDY)
        assert chat
        await store.chats.unpair(chat)
    assert await reminded(world, INDY) == 0
    assert await reminded(world, KOELN) == 1
