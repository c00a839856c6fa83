"""getUpdates: order, confirmation, allowed kinds, concurrent consumers, and what a bot gets to see."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.telegram import Json
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town

ALL = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made


def texts(updates: list[Json]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_confirmed(here: TelegramTown) -> None:
    for word in ("a", "b", "c"):
        here.server.say(here.group, here.anna, word)
    first = await here.api("getUpdates", limit=2)
    assert texts(first) == ["a", "b"]
    assert texts(await here.api("getUpdates")) == ["a", "b", "c"]
    after = first[-1]["update_id"] + 1
    assert texts(await here.api("getUpdates", offset=after)) == ["c"]
    assert texts(await here.api("getUpdates")) == ["c"]
    assert texts(await here.api("getUpdates", offset=-1)) == ["c"]
    assert (await here.api("getWebhookInfo"))["pending_update_count"] == 1


async def test_a_negative_offset_forgets_the_rest(here: TelegramTown) -> None:
    for word in ("a", "b", "c"):
        here.server.say(here.group, here.anna, word)
    assert texts(await here.api("getUpdates", offset=-2)) == ["b", "c"]
    assert texts(await here.api("getUpdates")) == ["b", "c"]


async def test_a_long_poll_ends_with_the_first_update_or_its_time(here: TelegramTown) -> None:
    assert await here.api("getUpdates", timeout=0) == []
    poll = asyncio.create_task(here.api("getUpdates", timeout=30))
    await here.called("getUpdates", 2)
    here.server.say(here.group, here.anna, "now")
    assert texts(await asyncio.wait_for(poll, 5)) == ["now"]


async def test_the_earlier_of_two_consumers_gets_409(here: TelegramTown) -> None:
    first = asyncio.create_task(here.api("getUpdates", timeout=30))
    await here.called("getUpdates")
    second = asyncio.create_task(here.api("getUpdates", timeout=30))
    with pytest.raises(Refusal, match="409 Conflict: terminated by other getUpdates request"):
        await asyncio.wait_for(first, 5)
    here.server.say(here.group, here.anna, "x")
    assert texts(await asyncio.wait_for(second, 5)) == ["x"]


async def test_updates_older_than_a_day_are_gone(here: TelegramTown) -> None:
    here.server.say(here.group, here.anna, "old")
    here.clock.pass_(hours=23)
    here.server.say(here.group, here.anna, "young")
    here.clock.pass_(hours=1, seconds=1)
    assert texts(await here.api("getUpdates")) == ["young"]


async def test_reactions_only_when_asked_for_and_only_for_admins(here: TelegramTown) -> None:
    id = here.server.say(here.group, here.anna, "x")["message_id"]
    here.server.react(here.group, here.ben, id, "👍")
    assert [list(update)[1] for update in await here.api("getUpdates")] == ["message"]
    await here.api("getUpdates", offset=-1, allowed_updates=ALL)
    here.server.react(here.group, here.ben, id, "🔥")
    update = (await here.api("getUpdates"))[-1]["message_reaction"]
    assert (update["old_reaction"][0]["emoji"], update["new_reaction"][0]["emoji"]) == ("👍", "🔥")
    here.server.promote(here.group, here.bot, admin=False)
    here.server.react(here.group, here.ben, id, "")
    assert "message_reaction" not in (await here.api("getUpdates"))[-1]


async def test_what_is_allowed_stays_allowed(here: TelegramTown) -> None:
    await here.api("getUpdates", allowed_updates=["edited_message"])
    id = here.server.say(here.group, here.anna, "x")["message_id"]
    here.server.edit(here.group, here.anna, id, "y")
    here.server.delete(here.group, here.anna, id)
    assert [list(update)[1] for update in await here.api("getUpdates")] == ["edited_message"]
    await here.api("getUpdates", offset=-1, allowed_updates=[])
    here.server.say(here.group, here.anna, "z")
    assert "message" in (await here.api("getUpdates"))[-1]


async def test_privacy_mode_hides_what_is_not_meant_for_the_bot() -> None:
    async with town(admin=False) as here:
        sent = await here.api("sendMessage", chat_id=here.group.id, text="Well?")
        for text in ("just talk", "/help", "/help@intercitybot", "/help@OtherBot", "hey @IntercityBot", "hey @anna"):
            here.server.say(here.group, here.anna, text)
        here.server.say(here.group, here.anna, "an answer", reply_to=sent["message_id"])
        seen = ["/help", "/help@intercitybot", "hey @IntercityBot", "an answer"]
        assert texts(await here.api("getUpdates")) == seen
        here.server.promote(here.group, here.bot)
        here.server.say(here.group, here.anna, "more talk")
        assert (await here.api("getUpdates"))[-1]["message"]["text"] == "more talk"


async def test_a_bot_without_privacy_mode_sees_all() -> None:
    async with town(admin=False) as here:
        here.bot.privacy = False
        here.server.say(here.group, here.anna, "just talk")
        assert texts(await here.api("getUpdates")) == ["just talk"]


async def test_coming_and_going_and_moving_is_told() -> None:
    async with town(supergroup=False) as here:
        here.server.kick_bot(here.group, here.anna)
        here.server.say(here.group, here.anna, "among us")
        here.server.add_bot(here.group, here.anna)
        new = here.server.migrate(here.group)
        here.server.block(here.ben)
        updates = await here.api("getUpdates")
        moves = [u["my_chat_member"] for u in updates if "my_chat_member" in u]
        assert [(m["old_chat_member"]["status"], m["new_chat_member"]["status"]) for m in moves] == [
            ("administrator", "kicked"),
            ("kicked", "member"),
            ("member", "kicked"),
        ]
        messages = [update["message"] for update in updates if "message" in update]
        assert [message.get("text") for message in messages] == [None] * 3
        assert [m["migrate_to_chat_id"] for m in messages if "migrate_to_chat_id" in m] == [new.id]
        assert [m["migrate_from_chat_id"] for m in messages if "migrate_from_chat_id" in m] == [here.group.id]
        assert all(bot_api().problems("Update", update) == [] for update in updates)


async def test_any_update_can_be_pushed(here: TelegramTown) -> None:
    id = here.server.push({"poll": {"id": "1"}})
    async with here.api.session.get(f"{here.api.url}/getUpdates") as response:
        assert (await response.json())["result"][-1] == {"update_id": id, "poll": {"id": "1"}}
