"""The methods answer as Telegram does, and refuse in its words."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.telegram import Json
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal, client
from tests.sandbox.telegram_city import TelegramTown, town

KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


def button(**more: str) -> Json:
    return {"inline_keyboard": [[{"text": "a", **more}]]}


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made


async def refused(here: TelegramTown, method: str, **params: object) -> str:
    with pytest.raises(Refusal) as caught:
        await here.api(method, **params)
    return str(caught.value)


async def test_people_and_bot_see_each_other(here: TelegramTown) -> None:
    said = here.server.say(here.group, here.anna, "Hello @IntercityBot")
    answer = await here.api(
        "sendMessage", chat_id=here.group.id, text=" Hello Anna ", reply_parameters={"message_id": said["message_id"]}
    )
    assert (said["message_id"], answer["message_id"]) == (1, 2)
    assert answer["reply_to_message"]["text"] == "Hello @IntercityBot"
    assert [message["text"] for message in here.server.messages(here.group)] == ["Hello @IntercityBot", "Hello Anna"]
    assert here.server.violations == []


async def test_get_form_multipart_and_any_case_work(here: TelegramTown) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{here.api.url}/SENDmessage"
        params = {"chat_id": str(here.group.id), "text": "hi", "disable_notification": "true"}
        for request in (
            session.get(url, params=params),
            session.post(url, data=params),
            session.post(url, data=aiohttp.FormData(params, default_to_multipart=True)),
        ):
            async with request as response:
                assert (await response.json())["result"]["text"] == "hi"


async def test_wrong_tokens_methods_and_parameters(here: TelegramTown) -> None:
    async with aiohttp.ClientSession() as session:
        for token, status in (("nonsense", 404), (f"{here.bot.id}:wrong", 401), ("1:x", 401)):
            async with session.get(f"{here.server.url}/bot{token}/getMe") as response:
                assert response.status == status
        async with session.get(f"{here.server.url}/nothing") as response:
            assert response.status == 404
    assert here.server.violations == []
    assert await refused(here, "sendEverything") == "404 Not Found"
    await here.api("getMe", colour="red")
    assert await refused(here, "sendGame", chat_id=1, game_short_name="x") == (
        "501 Not Implemented: the emulator does not play sendGame"
    )
    assert "does not play sendMessage with parse_mode" in await refused(
        here, "sendMessage", chat_id=here.group.id, text="x", parse_mode="HTML"
    )
    assert [violation.partition(":")[0] for violation in here.server.violations] == [
        "sendEverything",
        "getMe",
        "sendGame",
        "sendMessage",
    ]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"text": " \n "}, "400 Bad Request: message text is empty"),
        ({"text": "x" * 4097}, "400 Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "400 Bad Request: message is too long"),
        ({"chat_id": -5}, "400 Bad Request: chat not found"),
        ({"chat_id": "@somewhere"}, "400 Bad Request: chat not found"),
        ({"reply_parameters": {"message_id": 99}}, "400 Bad Request: message to be replied not found"),
        ({"message_thread_id": 7}, "400 Bad Request: message thread not found"),
        ({"reply_markup": button(callback_data="ä" * 33)}, "400 Bad Request: BUTTON_DATA_INVALID"),
        ({"reply_markup": button(callback_data="")}, "400 Bad Request: BUTTON_DATA_INVALID"),
        ({"reply_markup": button()}, "Text buttons are unallowed in the inline keyboard"),
        ({"reply_markup": {"remove_keyboard": True}}, "501 Not Implemented"),
        ({"entities": [{"type": "bold", "offset": 0, "length": 9}]}, "entity beginning at UTF-16 offset 0"),
    ],
)
async def test_what_cannot_be_sent(here: TelegramTown, params: Json, says: str) -> None:
    assert says in await refused(here, "sendMessage", **({"chat_id": here.group.id, "text": "x"} | params))
    assert here.server.messages(here.group) == []


async def test_a_reply_to_nothing_may_go_without(here: TelegramTown) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    sent = await here.api("sendMessage", chat_id=here.group.id, text="x", reply_parameters=reply)
    assert "reply_to_message" not in sent


async def test_private_chats_begin_with_the_person(here: TelegramTown) -> None:
    stranger = here.server.person("Carla")
    send = {"text": "hi"}
    assert await refused(here, "sendMessage", chat_id=stranger.id, **send) == "400 Bad Request: chat not found"
    assert await refused(here, "sendMessage", chat_id=here.anna.id, **send) == (
        "403 Forbidden: bot can't initiate conversation with a user"
    )
    assert here.server.start(here.anna, "K7QF")["text"] == "/start K7QF"
    assert (await here.api("sendMessage", chat_id=here.anna.id, **send))["chat"]["type"] == "private"
    here.server.block(here.anna)
    assert (
        await refused(here, "sendMessage", chat_id=here.anna.id, **send) == "403 Forbidden: bot was blocked by the user"
    )
    here.server.say(here.server.private(here.anna), here.anna, "again")
    assert await here.api("sendMessage", chat_id=here.anna.id, **send)


async def test_kicked_left_and_migrated() -> None:
    async with town(supergroup=False) as here:
        send = {"chat_id": here.group.id, "text": "x"}
        here.server.kick_bot(here.group, here.anna)
        assert await refused(here, "sendMessage", **send) == "403 Forbidden: bot was kicked from the group chat"
        here.server.add_bot(here.group, here.anna, admin=True)
        assert await here.api("leaveChat", chat_id=here.group.id)
        assert await refused(here, "sendMessage", **send) == "403 Forbidden: bot is not a member of the group chat"
        here.server.add_bot(here.group, here.anna, admin=True)
        new = here.server.migrate(here.group)
        with pytest.raises(Refusal, match="group chat was upgraded to a supergroup chat") as caught:
            await here.api("sendMessage", **send)
        assert caught.value.body["parameters"] == {"migrate_to_chat_id": new.id}
        assert (await here.api("sendMessage", chat_id=new.id, text="x"))["message_id"] == 2
        with pytest.raises(ValueError, match="has become a supergroup"):
            here.server.say(here.group, here.anna, "here?")


async def test_ids_count_per_supergroup_and_else_per_bot(here: TelegramTown) -> None:
    basic = here.server.group("Bonn", [here.ben], supergroup=False)
    other = here.server.group("Leeds", [here.ben])
    chats = (here.server.private(here.ben), basic, here.group, other, basic, here.group)
    assert [here.server.say(chat, here.ben, "x")["message_id"] for chat in chats] == [1, 2, 1, 1, 3, 2]


async def test_pressing_a_button(here: TelegramTown) -> None:
    sent = await here.api("sendMessage", chat_id=here.group.id, text="Well?", reply_markup=KEYS)
    answer = here.server.press(here.group, here.ben, sent["message_id"], "y")
    update = (await here.api("getUpdates"))[-1]
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("y", here.ben.id, "Well?")
    assert "MESSAGE_TOO_LONG" in await refused(
        here, "answerCallbackQuery", callback_query_id=query["id"], text="x" * 201
    )
    await here.api("answerCallbackQuery", callback_query_id=query["id"], text="Thank you")
    assert await asyncio.wait_for(answer, 5) == {"text": "Thank you", "show_alert": False}
    assert "query is too old" in await refused(here, "answerCallbackQuery", callback_query_id="1")
    with pytest.raises(ValueError, match="no button"):
        here.server.press(here.group, here.ben, sent["message_id"], "n")


async def test_an_unanswered_press_ends_with_the_server() -> None:
    async with town() as here:
        sent = await here.api("sendMessage", chat_id=here.group.id, text="Well?", reply_markup=KEYS)
        answer = here.server.press(here.group, here.ben, sent["message_id"], "y")
    with pytest.raises(asyncio.CancelledError):
        await answer


async def test_commands_by_scope_and_language(here: TelegramTown) -> None:
    commands = [{"command": "help", "description": "What I can do"}]
    scope = {"type": "chat", "chat_id": here.group.id}
    await here.api("setMyCommands", commands=commands, scope=scope, language_code="de")
    assert await here.api("getMyCommands") == []
    assert await here.api("getMyCommands", scope=scope, language_code="de") == commands
    await here.api("deleteMyCommands", scope=scope, language_code="de")
    assert await here.api("getMyCommands", scope=scope, language_code="de") == []
    bad = [{"command": "Help!", "description": "x"}]
    assert "BOT_COMMAND_INVALID" in await refused(here, "setMyCommands", commands=bad)


async def test_who_is_here(here: TelegramTown) -> None:
    chat = here.group.id
    assert (await here.api("getMe"))["can_read_all_group_messages"] is False
    assert (await here.api("getChat", chat_id=chat))["title"] == "Köln"
    assert (await here.api("getChatMember", chat_id=chat, user_id=here.anna.id))["status"] == "creator"
    assert (await here.api("getChatMember", chat_id=chat, user_id=here.bot.id))["can_delete_messages"] is True
    carla = here.server.person("Carla")
    assert (await here.api("getChatMember", chat_id=chat, user_id=carla.id))["status"] == "left"
    assert "user not found" in await refused(here, "getChatMember", chat_id=chat, user_id=1)
    here.server.promote(here.group, here.ben)
    admins = await here.api("getChatAdministrators", chat_id=chat)
    assert [admin["user"]["id"] for admin in admins] == [here.anna.id, here.ben.id, here.bot.id]
    assert await here.api("getChatMemberCount", chat_id=chat) == 3
    assert (await here.api("getWebhookInfo"))["url"] == ""
    assert await here.api("deleteWebhook", drop_pending_updates=True)


async def test_topics(here: TelegramTown) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True)
    topic = here.server.topic(forum, "Trees")
    said = here.server.say(forum, here.anna, "hello", thread=topic)
    assert (said["message_thread_id"], said["is_topic_message"]) == (topic, True)
    assert said["reply_to_message"]["forum_topic_created"]["name"] == "Trees"
    reply = {"message_id": said["message_id"]}
    sent = await here.api("sendMessage", chat_id=forum.id, text="hi", message_thread_id=topic, reply_parameters=reply)
    assert (sent["message_thread_id"], sent["reply_to_message"]["text"]) == (topic, "hello")
    general = await here.api("sendMessage", chat_id=forum.id, text="all")
    assert "is_topic_message" not in general


async def test_what_people_see_is_what_the_specification_allows(here: TelegramTown) -> None:
    here.server.say(here.group, here.anna, "from elsewhere", forward=here.ben)
    here.server.say(here.group, here.anna, "hidden", forward=True)
    here.server.say(here.group, here.anna, "nobody", anonymous=True)
    here.server.photo(here.group, here.anna, "plan.pdf", "see @ben")
    here.server.photo(here.group, here.anna)
    here.server.join(here.group, here.server.person("Carla"))
    for message in here.server.messages(here.group):
        del message["reactions"]
        assert bot_api().problems("Message", message) == []


async def test_people_cannot_do_everything(here: TelegramTown) -> None:
    carla = here.server.person("Carla")
    id = here.server.say(here.group, here.anna, "mine")["message_id"]
    with pytest.raises(ValueError, match="Carla is not in Köln"):
        here.server.say(here.group, carla, "hi")
    with pytest.raises(ValueError, match="Ben cannot edit"):
        here.server.edit(here.group, here.ben, id, "yours")
    with pytest.raises(ValueError, match="Ben cannot delete"):
        here.server.delete(here.group, here.ben, id)
    here.server.edit(here.group, here.anna, id, "still mine")
    assert here.server.messages(here.group)[0]["text"] == "still mine"
    here.server.delete(here.group, here.anna, id)
    assert here.server.messages(here.group) == []
    with pytest.raises(ValueError, match="no message"):
        here.server.react(here.group, here.ben, id, "👍")


async def test_events_can_be_waited_for(here: TelegramTown) -> None:
    async with here.server.watch() as queue:
        await here.api("sendMessage", chat_id=here.group.id, text="first")
        assert (await queue.get())["message"]["text"] == "first"
    mark = len(here.server.history)
    here.server.say(here.group, here.anna, "second")
    event = await here.server.wait_for(lambda event: event["kind"] == "message", since=mark)
    assert event["message"]["text"] == "second"
    with pytest.raises(AssertionError, match="'second'"):
        await here.server.wait_for(lambda event: event["kind"] == "delete", timeout=0.01)
    later = asyncio.create_task(here.server.wait_for(lambda event: event["kind"] == "delete"))
    await asyncio.sleep(0)
    here.server.delete(here.group, here.anna, event["message"]["message_id"])
    assert (await later)["chat"] == here.group.id


async def test_bots_are_apart(here: TelegramTown) -> None:
    other = here.server.bot("OtherBot", "Other")
    here.server.add_bot(here.group, here.anna, other)
    async with client(here.server, other) as api:
        await api("sendMessage", chat_id=here.group.id, text="from the other bot")
    texts = [update.get("message", {}).get("text") for update in await here.api("getUpdates")]
    assert "from the other bot" not in texts
