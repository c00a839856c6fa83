"""What happens to groups: people come and go, the title changes, topics close, slow mode slows."""

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


async def heard(here: TelegramTown, **params: object) -> list[Json]:
    updates: list[Json] = await here.api("getUpdates", **params)
    assert all(bot_api().problems("Update", update) == [] for update in updates)
    return updates


async def test_service_messages_tell_who_comes_and_goes_and_what_changes(here: TelegramTown) -> None:
    server, group = here.server, here.group
    carla = server.person("Carla")
    server.join(group, carla, by=here.anna)
    server.remove(group, carla)
    server.retitle(group, "Köln am Rhein", here.ben)
    joined, left, title = [update["message"] for update in await heard(here)]
    assert (joined["from"]["id"], joined["new_chat_members"][0]["id"]) == (here.anna.id, carla.id)
    assert (left["from"]["id"], left["left_chat_member"]["id"]) == (here.anna.id, carla.id)
    assert (title["new_chat_title"], title["chat"]["title"]) == ("Köln am Rhein",) * 2


async def test_an_administrator_may_ask_to_hear_of_members(here: TelegramTown) -> None:
    await heard(here, allowed_updates=["chat_member"])
    here.server.promote(here.group, here.ben)
    [update] = await heard(here)
    assert update["chat_member"]["new_chat_member"]["status"] == "administrator"
    here.server.promote(here.group, here.bot, admin=False)
    here.server.leave(here.group, here.ben)
    assert len(await heard(here)) == 1


async def test_closed_topics_take_messages_of_administrators_only(here: TelegramTown) -> None:
    server, anna, ben = here.server, here.anna, here.ben
    forum = server.group("Forum", [anna, ben], forum=True)
    topic = server.topic(forum, "Trees")
    said = server.say(forum, ben, "Oaks?", thread=topic)["message_id"]
    server.rename_topic(forum, topic, "Woods")
    server.close_topic(forum, topic)
    server.close_topic(forum)
    for reply_to, thread in ((None, topic), (said, None), (None, None)):
        with pytest.raises(ValueError, match="is closed"):
            server.say(forum, ben, "x", reply_to=reply_to, thread=thread)
    assert server.say(forum, anna, "x", thread=topic)
    assert await here.api("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic)
    server.promote(forum, here.bot, rights=RIGHTS - {"can_manage_topics"})
    for place in ({"message_thread_id": topic}, {"reply_parameters": {"message_id": said}}, {}):
        with pytest.raises(Refusal, match="400 Bad Request: TOPIC_CLOSED"):
            await here.api("sendMessage", chat_id=forum.id, text="x", **place)
    server.reopen_topic(forum, topic)
    assert server.say(forum, ben, "x", thread=topic)
    told = [update["message"] for update in await heard(here) if "message" in update]
    changes = [(name, message.get("message_thread_id")) for message in told for name in message if "forum_" in name]
    assert changes == [
        ("forum_topic_created", topic),
        ("forum_topic_edited", topic),
        ("forum_topic_closed", topic),
        ("forum_topic_closed", None),
        ("forum_topic_reopened", topic),
    ]


async def test_slow_mode_spares_administrators(here: TelegramTown) -> None:
    server, group = here.server, here.group
    server.slow_down(group, 30)
    assert (await here.api("getChat", chat_id=group.id))["slow_mode_delay"] == 30
    server.say(group, here.ben, "one")
    with pytest.raises(ValueError, match="Ben has to wait"):
        server.say(group, here.ben, "two")
    for _ in range(2):
        server.say(group, here.anna, "x")
        await here.api("sendMessage", chat_id=group.id, text="x")
    server.promote(group, here.bot, admin=False)
    here.clock.pass_(seconds=10)
    with pytest.raises(Refusal, match="429 Too Many Requests: retry after 20"):
        await here.api("sendMessage", chat_id=group.id, text="x")
    here.clock.pass_(seconds=20)
    assert await here.api("sendMessage", chat_id=group.id, text="x")
    assert server.say(group, here.ben, "two")
    with pytest.raises(ValueError, match="slow mode takes"):
        server.slow_down(group, 7)
