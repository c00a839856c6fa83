"""What random lines have found, each reduced to as few lines as possible."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.model import ChatRef, Message, MessageRef, rich
from tests.fuzz.town import FOREIGN, GROUPS, KOELN, PEOPLE, Inhabitant, Town, open_town, private_chat

BY_NAME = {human.name: human for human in PEOPLE}
ANNA, GERD, NOBODY = BY_NAME["Anna Weber"], BY_NAME["Gerd Gast"], BY_NAME["Rathaus"]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as made:
        yield made


async def types(town: Town, human: Inhabitant, chat: ChatRef, line: str) -> dict[ChatRef, str]:
    """Type a line, and return the bot's replies by chat."""
    id = str(next(town.numbers))
    private = chat not in GROUPS
    sender = human.sender(human.name, admin=None if private else human.admin)
    at = datetime.now(UTC)
    event = Message(id=id, ref=MessageRef(chat, id), sender=sender, at=at, text=rich(line), private=private)
    await town.happens(event, chat.messenger)
    async with town.database.begin() as store:
        return {each.chat: each.text for each in await town.carry_out(store)}


async def test_a_role_given_in_private_is_answered_there(town: Town) -> None:
    said = await types(town, ANNA, private_chat(ANNA), "/role @mehmet mayor")
    assert "Mehmet Kaya" in said[KOELN]
    assert "Mehmet Kaya" in said[private_chat(ANNA)]


@pytest.mark.parametrize("word", ["status", "doctor"])
async def test_what_stands_behind_start_is_for_those_who_may_type_it_alone(town: Town, word: str) -> None:
    await types(town, GERD, KOELN, "Guten Tag")
    said = await types(town, GERD, private_chat(GERD), f"/start {word}")
    assert "Indianapolis (Matrix)" not in said[private_chat(GERD)]


async def test_start_of_a_command_without_a_dialogue_is_answered(town: Town) -> None:
    assert private_chat(GERD) in await types(town, GERD, private_chat(GERD), "/start status")


async def test_the_audit_does_not_take_an_anonymous_admin_for_the_shell(town: Town) -> None:
    await types(town, NOBODY, FOREIGN, "/link")
    async with town.database.begin() as store:
        (note,) = await store.audit.all("stranger")
    assert note.account == "nobody"
