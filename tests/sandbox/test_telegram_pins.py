"""Messages are pinned and unpinned, with rights, and a service message shows it."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.telegram import Json
from bot.sandbox.telegram.rights import RIGHTS
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


async def pin(here: TelegramTown, id: int, method: str = "pinChatMessage") -> None:
    assert await here.api(method, chat_id=here.group.id, message_id=id)


def pinned(here: TelegramTown) -> list[int]:
    return [message["message_id"] for message in here.server.pins(here.group)]


async def service(here: TelegramTown) -> list[Json]:
    updates = await here.api("getUpdates")
    assert all(bot_api().problems("Update", update) == [] for update in updates)
    return [update["message"] for update in updates if "pinned_message" in update.get("message", {})]


async def test_the_bot_pins_and_hears_of_it(here: TelegramTown) -> None:
    asked = here.server.say(here.group, here.anna, "Well?")["message_id"]
    said = here.server.say(here.group, here.anna, "Plan", reply_to=asked)["message_id"]
    await pin(here, said)
    assert pinned(here) == [said]
    [told] = await service(here)
    assert (told["from"]["id"], told["pinned_message"]["text"]) == (here.bot.id, "Plan")
    assert "reply_to_message" not in told["pinned_message"]
    await pin(here, said, "unpinChatMessage")
    assert pinned(here) == []
    assert len(await service(here)) == 1


async def test_people_pin_as_well(here: TelegramTown) -> None:
    sent = await here.api("sendMessage", chat_id=here.group.id, text="Agenda")
    here.server.pin(here.group, here.ben, sent["message_id"])
    [told] = await service(here)
    assert (told["from"]["id"], told["pinned_message"]["message_id"]) == (here.ben.id, sent["message_id"])
    with pytest.raises(ValueError, match="cannot be pinned"):
        here.server.pin(here.group, here.ben, sent["message_id"])
    with pytest.raises(ValueError, match="cannot be pinned"):
        here.server.pin(here.group, here.ben, told["message_id"])
    here.server.unpin(here.group, here.ben, sent["message_id"])
    with pytest.raises(ValueError, match="is not pinned"):
        here.server.unpin(here.group, here.ben, sent["message_id"])
    assert pinned(here) == []


async def test_privacy_mode_does_not_hide_pins() -> None:
    async with town(admin=False) as here:
        said = here.server.say(here.group, here.anna, "just talk")["message_id"]
        here.server.pin(here.group, here.anna, said)
        assert len(await service(here)) == 1


async def test_a_pin_in_a_topic_is_told_there(here: TelegramTown) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True)
    topic = here.server.topic(forum, "Trees")
    said = here.server.say(forum, here.anna, "Plan", thread=topic)
    assert here.server.pin(forum, here.anna, said["message_id"])["message_thread_id"] == topic


async def test_what_cannot_be_pinned(here: TelegramTown) -> None:
    said = here.server.say(here.group, here.anna, "Plan")["message_id"]
    await pin(here, said)
    told = here.server.messages(here.group)[-1]["message_id"]
    other = here.server.say(here.group, here.anna, "Talk")["message_id"]
    for method, id, says in (
        ("pinChatMessage", said, "CHAT_NOT_MODIFIED"),
        ("pinChatMessage", 99, "message to pin not found"),
        ("pinChatMessage", told, "service messages can't be pinned"),
        ("unpinChatMessage", other, "CHAT_NOT_MODIFIED"),
        ("unpinChatMessage", 99, "message to unpin not found"),
    ):
        with pytest.raises(Refusal, match=f"400 Bad Request: {says}"):
            await pin(here, id, method)


@pytest.mark.parametrize("supergroup", [True, False])
async def test_pinning_takes_an_admin_with_the_right(supergroup: bool) -> None:
    powerless = "400 Bad Request: not enough rights to manage pinned messages in the chat"
    async with town(admin=False, supergroup=supergroup) as here:
        said = here.server.say(here.group, here.anna, "Plan")["message_id"]
        for _ in range(2):
            for method in ("pinChatMessage", "unpinChatMessage"):
                with pytest.raises(Refusal, match=powerless):
                    await pin(here, said, method)
            with pytest.raises(Refusal, match=powerless):
                await here.api("unpinAllChatMessages", chat_id=here.group.id)
            here.server.promote(here.group, here.bot, rights=RIGHTS - {"can_pin_messages"})
        here.server.promote(here.group, here.bot)
        await pin(here, said)
        here.server.permit(here.group, here.group.permissions - {"can_pin_messages"})
        with pytest.raises(ValueError, match="Ben may not pin"):
            here.server.unpin(here.group, here.ben, said)


async def test_in_private_anything_is_pinned(here: TelegramTown) -> None:
    private = here.server.private(here.ben)
    said = here.server.say(private, here.ben, "hi")["message_id"]
    assert await here.api("pinChatMessage", chat_id=private.id, message_id=said)
    assert [message["text"] for message in here.server.pins(private)] == ["hi"]


async def test_the_newest_pinned_message_counts(here: TelegramTown) -> None:
    older, newer = (here.server.say(here.group, here.anna, word)["message_id"] for word in ("older", "newer"))
    assert "pinned_message" not in await here.api("getChat", chat_id=here.group.id)
    for id in (newer, older):
        await pin(here, id)
    assert (await here.api("getChat", chat_id=here.group.id))["pinned_message"]["text"] == "newer"
    assert await here.api("unpinChatMessage", chat_id=here.group.id)
    assert pinned(here) == [older]
    assert await here.api("unpinAllChatMessages", chat_id=here.group.id)
    with pytest.raises(Refusal, match="message to unpin not found"):
        await here.api("unpinChatMessage", chat_id=here.group.id)


async def test_a_deleted_message_is_pinned_no_more(here: TelegramTown) -> None:
    said = here.server.say(here.group, here.anna, "Plan")["message_id"]
    await pin(here, said)
    here.server.delete(here.group, here.anna, said)
    assert pinned(here) == []
    gone = here.server.messages(here.group)[-1]["pinned_message"]
    assert (gone["message_id"], gone["date"]) == (said, 0)
