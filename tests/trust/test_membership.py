"""Where the bot is and which migrations it follows is up to those entitled (cases 31 to 36, 82)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.messengers.base import PermanentError
from bot.model import ChatRef, Join, Leave, MessengerName, Migration, Presence, Sender
from bot.sandbox.telegram.rights import RIGHTS
from tests.messengers.telegram_scene import scene
from tests.trust import raw
from tests.trust.world import (
    ANNA,
    BONN,
    EVE,
    GRACE,
    INDY,
    KOELN,
    LEEDS,
    MALLORY,
    MEHMET,
    TOM,
    YORK,
    World,
    called,
    only,
    privately,
    stands,
)

NEW = ChatRef(MessengerName.TELEGRAM, "-1007")
MINUTE = timedelta(minutes=1)


# 31, 32, 82: who adds the bot to a chat


async def test_case_31_a_strangers_invitation_is_declined(world: World) -> None:
    await world.opens_private(GRACE)
    for stranger in (TOM, MALLORY, called(MALLORY, "Grace Miller")):
        await world.brings(stranger, YORK, Presence.INVITED)
        await world.later(MINUTE)
    assert [each for each in world.matrix.calls if isinstance(each, Join | Leave)] == [Leave(chat=YORK)] * 3
    assert "@mallory:evil" in world.last(privately(GRACE)), "the coordinators are told, with the account"
    assert not await world.joined(YORK)


async def test_case_82_coordinators_are_not_flooded(world: World) -> None:
    await world.opens_private(GRACE)
    before = len(world.at(privately(GRACE)))
    for number in range(8):
        await world.brings(MALLORY, ChatRef(MessengerName.MATRIX, f"!{number}:evil"), Presence.INVITED)
    assert len(world.at(privately(GRACE))) == before + 5
    await world.later(timedelta(hours=1, seconds=1))
    await world.brings(MALLORY, YORK, Presence.INVITED)
    assert len(world.at(privately(GRACE))) == before + 6
    await world.later(MINUTE)
    leaves = {each.chat for each in world.matrix.calls if isinstance(each, Leave)}
    assert len(leaves) == 9, "but every invitation is declined"


async def test_case_32_a_foreign_group_is_left_with_a_polite_line(world: World) -> None:
    await world.opens_private(ANNA)
    await world.brings(EVE, NEW)
    line = only(world.at(NEW))
    assert "Koordination" in line
    assert "telegram:66" in world.last(privately(ANNA))
    assert await world.speaks(NEW, EVE, "/pair Berlin") == []
    assert await world.speaks(NEW, EVE, "Hallo") == []
    await world.later(MINUTE)
    assert world.telegram.calls[-1] == Leave(chat=NEW)
    assert world.at(INDY) == []
    assert not await world.joined(NEW)


async def test_case_32_a_group_that_the_bot_was_never_told_of_is_left_too(world: World) -> None:
    world.telegram.messages_in(NEW)
    world.telegram.admins |= {each.account for each in (EVE,) if each.account}
    line = only(await world.speaks(NEW, EVE, "/pair Berlin"))
    assert "Koordination" in line or "coordinators" in line
    await world.later(MINUTE)
    assert world.telegram.calls[-1] == Leave(chat=NEW)


# 33, 34: migrations of a chat


async def test_case_33_a_migration_is_followed_from_the_service_message(world: World) -> None:
    await raw.on_telegram(world, raw.message(migrate_to_chat_id=int(NEW.id)))
    assert await world.paired() == {NEW, INDY}


async def test_case_33_a_migration_is_followed_from_the_error_of_a_delivery(world: World) -> None:
    world.telegram.messages_in(NEW)
    world.telegram.faults.append(PermanentError("The group has become a supergroup", moved_to=NEW))
    await world.speaks(INDY, TOM, "Hello")
    assert await world.paired() == {NEW, INDY}
    assert world.at(NEW) == ["Tom Jackson · Indianapolis: Hello"]


async def test_case_33_what_only_looks_like_a_migration_is_not_followed(world: World) -> None:
    await world.happens(stands(ANNA, KOELN, Presence.JOINED))
    twin = {"id": int(NEW.id), "type": "supergroup", "title": "Köln"}
    eve = {"id": 66, "is_bot": False, "first_name": "Eve"}
    joined = raw.messages_in({"status": "left"}, {"status": "member"}, twin)
    joined["my_chat_member"] |= {"from": eve}
    world.telegram.messages_in(NEW)
    await raw.on_telegram(world, joined)
    await raw.on_telegram(world, raw.message(**{"chat": twin, "from": eve}, text=f"migrate_to_chat_id: {NEW.id}"))
    await raw.on_telegram(world, raw.message(text=f"migrate_to_chat_id: {NEW.id}"))
    assert await world.paired() == {KOELN, INDY}
    await world.speaks(INDY, TOM, "Hello")
    assert not any("Hello" in text for text in world.at(NEW))


def moves(chat: ChatRef, to: ChatRef) -> Migration:
    return Migration(id=f"move {chat} {to}", chat=chat, to=to, at=datetime.now(UTC))


async def test_case_33_a_chat_that_moves_takes_no_other_one_over(world: World) -> None:
    """An admin of one chat, even a private one of their own, decides nothing about others."""
    await world.second_dialogue()
    await world.opens_private(MALLORY)
    for chat in (privately(MALLORY), LEEDS):
        await world.happens(moves(chat, INDY))
    assert await world.paired() == {KOELN, INDY, BONN, LEEDS}
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    assert world.at(INDY) == ["Mehmet Kaya · Köln: Guten Tag"]
    await world.speaks(INDY, TOM, "Hello")
    assert world.at(KOELN) == ["Tom Jackson · Indianapolis: Hello"]
    assert world.at(BONN) == []


async def test_case_33_a_private_chat_brings_the_bot_nowhere(world: World) -> None:
    await world.opens_private(MALLORY)
    await world.happens(moves(privately(MALLORY), YORK))
    await world.brings(MALLORY, YORK, Presence.INVITED)
    await world.later(MINUTE)
    assert [each for each in world.matrix.calls if isinstance(each, Join | Leave)] == [Leave(chat=YORK)]


@pytest.mark.parametrize("sender", ["@mallory:evil", "@tom:test"])
async def test_case_34_a_tombstone_by_someone_without_the_power_is_not_followed(world: World, sender: str) -> None:
    tombstone = raw.raw({"replacement_room": YORK.id}, "m.room.tombstone", sender=sender, state_key="")
    await raw.on_matrix(world, tombstone)
    place = raw.room(tombstone)
    assert place.successor is None, "nor when a message is refused"
    assert await world.paired() == {KOELN, INDY}
    await raw.on_matrix(world, tombstone | {"sender": "@grace:test", "event_id": "$good"})
    assert await world.paired() == {KOELN, YORK}


# 35: commands from elsewhere


async def test_case_35_that_strangers_can_call_the_bot_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as here:
        here.bot.guest_queries = True
        real = here.messenger
        monkeypatch.setattr(
            world.telegram, "check_health", lambda chat=None: real.check_health(here.chat if chat else None)
        )
        await world.commands(KOELN, ANNA, "doctor")
    report = only([text for text in world.at(KOELN) if "⚠️" in text])
    assert "/mybots" in report, "where it is switched off"


# 36: removed


async def shut(world: World, who: Sender, how: Presence) -> None:
    await world.happens(stands(who, INDY, how))


@pytest.mark.parametrize("how", [Presence.GONE, Presence.RESTRICTED])
async def test_case_36_that_a_chat_is_out_of_reach_is_said_to_the_others(world: World, how: Presence) -> None:
    await world.opens_private(ANNA, GRACE)
    await shut(world, MALLORY, how)
    told = [world.last(chat) for chat in (KOELN, privately(ANNA), privately(GRACE))]
    for text in told:
        assert "Mallory" in text
        assert "Indianapolis" in text
    chat = await world.chat(INDY)
    assert chat
    assert chat.blocked_reason
    await shut(world, GRACE, Presence.JOINED)
    again = [world.last(chat) for chat in (KOELN, privately(ANNA), privately(GRACE))]
    for text in again:
        assert "✅" in text
        assert "Indianapolis" in text
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    back, said = world.at(INDY)
    assert back.startswith("I can read and write here again.")
    assert said == "Mehmet Kaya · Köln: Guten Tag"


ADMIN: dict[str, Any] = {
    "status": "administrator",
    "can_be_edited": False,
    "is_anonymous": False,
    **dict.fromkeys(RIGHTS, True),
}


@pytest.mark.parametrize("new", ["kicked", "left", "member"])
async def test_case_36_being_thrown_out_or_demoted_on_telegram_pauses_the_chat(world: World, new: str) -> None:
    until: dict[str, Any] = {"until_date": 0} if new == "kicked" else {}
    update = raw.messages_in(ADMIN, {"status": new, **until})
    await world.happens(*raw.telegram(update, reads_all=False))
    told = only(world.at(INDY))
    assert "Anna Weber" in told
    chat = await world.chat(KOELN)
    assert chat
    assert chat.blocked_reason


async def test_case_36_being_muzzled_on_matrix_pauses_the_chat(world: World) -> None:
    before = {"users": {"@grace:test": 100}}
    levels = raw.raw(
        before | {"events_default": 10}, "m.room.power_levels", state_key="", unsigned={"prev_content": before}
    )
    await raw.on_matrix(world, levels, raw.room(levels))
    told = only(world.at(KOELN))
    assert "Indianapolis" in told
    chat = await world.chat(INDY)
    assert chat
    assert chat.blocked_reason
    assert replace(chat, blocked_reason="").is_at_home, "it stays in the dialogue"


async def test_case_31_coordinators_are_told_where_the_bot_is(world: World) -> None:
    """Another direct room of theirs is newer, but the bot has not joined it."""
    await world.opens_private(GRACE)
    newer = ChatRef(MessengerName.MATRIX, "!newer:direct")
    await world.happens(stands(GRACE, newer, Presence.INVITED, private=True))
    await world.brings(MALLORY, YORK, Presence.INVITED)
    assert "@mallory:evil" in world.last(privately(GRACE))
    assert world.at(newer) == []
