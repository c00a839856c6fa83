"""The chat of a message, and the dialogue in which it was written, decide who can act on it (cases 102, 103)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import ChatRef, Role, Sender
from storage import tables
from tests.trust import raw
from tests.trust.world import ANNA, BEN, BONN, GRACE, INDY, KOELN, LEEDS, MEHMET, TOM, World

ELSEWHERE: dict[str, Any] = {"id": -1009, "type": "supergroup", "title": "Elsewhere"}
NUMBER = 77


async def mehmet_writes(world: World, number: int = NUMBER) -> None:
    """Write as Mehmet, under a number that another chat uses as well."""
    mehmet = {"id": 12, "is_bot": False, "first_name": "Mehmet", "last_name": "Kaya"}
    await raw.on_telegram(world, raw.message(**{"from": mehmet}, message_id=number, text="Guten Tag"))


def from_elsewhere(text: str, *, number: int = NUMBER, chat: dict[str, Any] = ELSEWHERE) -> dict[str, Any]:
    """Return an update in which Anna replies to a message of Ben's in another chat."""
    ben = {"id": 21, "is_bot": False, "first_name": "Ben", "last_name": "Schulz"}
    origin = {"type": "user", "sender_user": ben, "date": 1_770_000_000}
    entities = (
        [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}] if text.startswith("/") else []
    )
    return raw.message(
        text=text, entities=entities, external_reply={"origin": origin, "chat": chat, "message_id": number}
    )


# 102: a reply to a message in another chat


async def test_case_102_a_role_goes_to_whoever_wrote_it_elsewhere(world: World) -> None:
    await mehmet_writes(world)
    await raw.on_telegram(world, from_elsewhere("/role mayor"))
    assert (await world.role(MEHMET), await world.role(BEN)) == ("guest of Köln", "mayor of Köln")


async def test_case_102_what_stands_elsewhere_is_not_deleted_here(world: World) -> None:
    await mehmet_writes(world)
    await raw.on_telegram(world, from_elsewhere("/delete"))
    assert world.at(INDY) == ["Mehmet Kaya · Köln: Guten Tag"]


async def test_case_102_an_answer_to_what_stands_elsewhere_answers_nothing_here(world: World) -> None:
    await mehmet_writes(world)
    await raw.on_telegram(world, from_elsewhere("I agree"))
    answer = world.matrix.messages_in(INDY)[-1]
    assert ("I agree" in answer.text, answer.reply_to) == (True, "")


async def test_case_102_the_other_chat_may_be_one_of_another_dialogue(world: World) -> None:
    """Members of both can reply there, but not reach into it from here."""
    await world.second_dialogue()
    bonn = {"id": int(BONN.id), "type": "supergroup", "title": "Bonn"}
    ben = {"id": 21, "is_bot": False, "first_name": "Ben", "last_name": "Schulz"}
    await raw.on_telegram(world, raw.message(**{"from": ben}, chat=bonn, message_id=NUMBER, text="Hallo Leeds"))
    await raw.on_telegram(world, from_elsewhere("/delete", chat=bonn))
    await raw.on_telegram(world, from_elsewhere("/status", chat=bonn))
    leeds = world.matrix.messages_in(LEEDS)
    assert [each.text for each in leeds] == ["Hallo Leeds"]
    assert "Leeds" not in world.last(KOELN)


# 103: the dialogue of the message counts


async def change_dialogue(world: World, *chats: ChatRef) -> None:
    """Move chats from their dialogue to Bonn's: Köln's group speaks for Bonn, Indianapolis's room for Leeds."""
    await world.second_dialogue()
    async with world.database.begin() as store:
        dialogue = (await store.dialogues.all())[-1]
        cities = {city.name: city for city in dialogue.cities}
        for ref in chats:
            chat = await store.chats.by_ref(ref)
            assert chat
            await store.chats.unpair(chat)
            await store.chats.pair(ref, dialogue, cities["Bonn" if ref == KOELN else "Leeds"])
            for who in (ANNA, GRACE):
                assert who.account
                person = await store.people.get_or_create(who.account, who.name, "", world.now())
                await store.roles.set(dialogue, person, cities["Bonn"], Role.COORDINATOR, world.now())


@pytest.mark.parametrize("who", [ANNA, MEHMET], ids=["coordinator", "author"])
async def test_case_103_a_former_partners_message_is_not_deleted(world: World, who: Sender) -> None:
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    said = world.original(KOELN, "Guten Tag")
    await change_dialogue(world, KOELN)
    assert await world.commands(KOELN, who, "delete", reply_to=said)
    assert world.at(INDY) == ["Mehmet Kaya · Köln: Guten Tag"]


async def test_case_103_a_former_partners_message_is_not_edited(world: World) -> None:
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    said = world.original(KOELN, "Guten Tag")
    await change_dialogue(world, KOELN, INDY)
    world.telegram.edits(KOELN, MEHMET, said, "Something else")
    await world.quiet()
    assert world.at(INDY) == ["Mehmet Kaya · Köln: Guten Tag"]


async def test_case_103_what_is_removed_after_a_chat_has_left_stays_with_the_former_partner(world: World) -> None:
    await world.speaks(INDY, TOM, "Hello")
    said = world.original(INDY, "Hello")
    await change_dialogue(world, INDY)
    world.matrix.deletes(INDY, TOM, said)
    await world.quiet()
    assert world.at(KOELN) == ["Tom Jackson · Indianapolis: Hello"]


async def test_case_103_a_former_partner_is_not_asked_after(world: World) -> None:
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    said = world.original(KOELN, "Guten Tag")
    await change_dialogue(world, KOELN)
    (answer,) = await world.commands(KOELN, ANNA, "status", reply_to=said)
    assert "Indianapolis" not in answer


@pytest.mark.parametrize("words", ["role mayor", "mute"])
async def test_case_102_the_bot_itself_is_never_meant(world: World, words: str) -> None:
    """The bot's posts are forgotten after 30 days; a reply to one then shows the bot as its author."""
    await world.speaks(INDY, GRACE, "Hello")
    copy = world.telegram.messages_in(KOELN)[-1]
    async with world.database.begin() as store:
        await store._connection.execute(sa.delete(tables.copies))
    world.telegram._authors[copy.id] = world.telegram.account
    await world.commands(KOELN, ANNA, words, reply_to=copy.id)
    assert await world.role(Sender(world.telegram.account, "Intercity")) == ""
    assert not [each for each in world.at(KOELN) if "🔇" in each or "👤" in each]
