"""Rights, names and menus: what groups allow, how people are called, which commands they are offered."""

import asyncio
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import pytest

from bot.sandbox.telegram import Json, PersonActor
from bot.sandbox.telegram.rights import PERMISSIONS, RIGHTS
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


async def refused(here: TelegramTown, method: str, **params: object) -> str:
    with pytest.raises(Refusal) as caught:
        await here.api(method, **params)
    return str(caught.value)


async def me(here: TelegramTown) -> Json:
    member: Json = await here.api("getChatMember", chat_id=here.group.id, user_id=here.bot.id)
    return member


def test_rights_and_permissions_are_those_of_the_specification() -> None:
    for type, names in (("ChatMemberAdministrator", RIGHTS), ("ChatMemberRestricted", PERMISSIONS)):
        fields = bot_api().types[type]
        assert isinstance(fields, dict)
        required = {name for name, type in fields.items() if type == "Boolean!"} - {"is_member"}
        assert required - {"can_be_edited", "is_anonymous"} <= names <= fields.keys()


async def test_a_restricted_bot(here: TelegramTown) -> None:
    sent = await here.api("sendMessage", chat_id=here.group.id, text="x")
    here.server.restrict(here.group, here.bot, may=["can_pin_messages"])
    text = "400 Bad Request: not enough rights to send text messages to the chat"
    assert await refused(here, "sendMessage", chat_id=here.group.id, text="x") == text
    assert await here.api("deleteMessage", chat_id=here.group.id, message_id=sent["message_id"])
    member = await me(here)
    assert (member["status"], member["is_member"], member["can_send_messages"]) == ("restricted", True, False)
    assert member["can_pin_messages"] is True
    here.server.restrict(here.group, here.bot, may=["can_send_messages"])
    assert await here.api("sendMessage", chat_id=here.group.id, text="x")
    changes = [u["my_chat_member"]["new_chat_member"] for u in await here.api("getUpdates")]
    assert [(each["status"], each["can_send_messages"]) for each in changes] == [
        ("restricted", False),
        ("restricted", True),
    ]


async def test_restrictions_outlast_leaving_and_end_with_a_promotion(here: TelegramTown) -> None:
    here.server.restrict(here.group, here.bot)
    assert await here.api("leaveChat", chat_id=here.group.id)
    assert await refused(here, "sendMessage", chat_id=here.group.id, text="x") == (
        "403 Forbidden: bot is not a member of the supergroup chat"
    )
    here.server.add_bot(here.group, here.anna)
    assert (await me(here))["status"] == "restricted"
    here.server.promote(here.group, here.bot)
    assert (await me(here))["status"] == "administrator"
    statuses = [
        (change["old_chat_member"]["status"], change["new_chat_member"].get("is_member"))
        for change in (u["my_chat_member"] for u in await here.api("getUpdates") if "my_chat_member" in u)
    ]
    assert statuses == [("administrator", True), ("restricted", False), ("restricted", True), ("restricted", None)]


async def test_restricted_people_write_no_more(here: TelegramTown) -> None:
    here.server.restrict(here.group, here.ben, may=["can_send_photos"])
    with pytest.raises(ValueError, match="Ben may not write in Köln"):
        here.server.say(here.group, here.ben, "x")
    assert here.server.photo(here.group, here.ben)
    with pytest.raises(ValueError, match="Ben may not write in Köln"):
        here.server.photo(here.group, here.ben, "plan.pdf")
    here.server.leave(here.group, here.ben)
    here.server.join(here.group, here.ben)
    assert (await here.api("getChatMember", chat_id=here.group.id, user_id=here.ben.id))["status"] == "restricted"
    here.server.promote(here.group, here.ben, admin=False)
    assert here.server.say(here.group, here.ben, "x")


async def test_what_members_may_is_for_all_but_admins(here: TelegramTown) -> None:
    here.server.permit(here.group, ["can_send_photos"])
    assert (await here.api("getChat", chat_id=here.group.id))["permissions"]["can_send_messages"] is False
    assert await here.api("sendMessage", chat_id=here.group.id, text="x")
    with pytest.raises(ValueError, match="may not write"):
        here.server.say(here.group, here.ben, "x")
    here.server.promote(here.group, here.bot, admin=False)
    assert "not enough rights" in await refused(here, "sendMessage", chat_id=here.group.id, text="x")


async def test_single_rights_of_an_admin(here: TelegramTown) -> None:
    said = here.server.say(here.group, here.ben, "x")
    here.server.promote(here.group, here.bot, rights=["can_pin_messages"])
    assert "can't be deleted" in await refused(
        here, "deleteMessage", chat_id=here.group.id, message_id=said["message_id"]
    )
    assert [(await me(here))[right] for right in ("can_pin_messages", "can_delete_messages")] == [True, False]
    here.server.promote(here.group, here.ben, rights=["can_pin_messages"])
    other = here.server.say(here.group, here.anna, "y")
    with pytest.raises(ValueError, match="Ben cannot delete"):
        here.server.delete(here.group, here.ben, other["message_id"])
    with pytest.raises(ValueError, match="no right can_fly"):
        here.server.promote(here.group, here.ben, rights=["can_fly"])


async def test_basic_groups_restrict_nobody() -> None:
    async with town(supergroup=False) as here:
        with pytest.raises(ValueError, match="only supergroups"):
            here.server.restrict(here.group, here.ben)


async def test_without_being_admin_a_bot_hears_only_of_itself_and_the_admins(here: TelegramTown) -> None:
    here.server.promote(here.group, here.bot, admin=False)
    assert (await me(here))["status"] == "member"
    assert "CHAT_ADMIN_REQUIRED" in await refused(here, "getChatMember", chat_id=here.group.id, user_id=here.ben.id)
    admins = await here.api("getChatAdministrators", chat_id=here.group.id)
    assert [admin["user"]["id"] for admin in admins] == [here.anna.id]


async def test_topics_are_hidden_from_a_bot_that_is_no_admin(here: TelegramTown) -> None:
    here.bot.privacy = False
    forum = here.server.group("Forum", [here.anna], forum=True, bot_admin=False)
    topic = here.server.topic(forum, "Trees")
    here.server.say(forum, here.anna, "just talk", thread=topic)
    here.server.say(forum, here.anna, "/help", thread=topic)
    here.server.say(forum, here.anna, "for all")
    messages = [update["message"] for update in await here.api("getUpdates")]
    assert [message["text"] for message in messages if "text" in message] == ["/help", "for all"]


async def test_what_botfather_was_told(here: TelegramTown) -> None:
    told = await here.api("getMe")
    names = ("can_join_groups", "can_read_all_group_messages", "supports_guest_queries")
    assert [told[name] for name in names] == [True, False, False]
    here.bot.joinable, here.bot.privacy, here.bot.guest_queries = False, False, True
    told = await here.api("getMe")
    assert [told[name] for name in names] == [False, True, True]
    with pytest.raises(ValueError, match="cannot be added to groups"):
        here.server.add_bot(here.server.group("Bonn", [here.anna], bots=[]), here.anna)


async def test_a_webhook_keeps_getupdates_away(here: TelegramTown) -> None:
    here.bot.webhook = "https://example.org/hook"
    assert "409 Conflict: can't use getUpdates method while webhook is active" in await refused(here, "getUpdates")
    assert (await here.api("getWebhookInfo"))["url"] == "https://example.org/hook"
    assert await here.api("deleteWebhook")
    assert await here.api("getUpdates") == []


async def test_people_change_and_take_over_names(here: TelegramTown) -> None:
    here.server.say(here.group, here.anna, "before")
    with pytest.raises(ValueError, match="@Anna is taken"):
        here.server.rename(here.ben, username="Anna")
    here.server.rename(here.anna, first_name="Annette", username="")
    here.server.rename(here.ben, "Anna", "Weber", "anna")
    here.server.say(here.group, here.ben, "after")
    before, after = here.server.messages(here.group)
    assert (before["from"]["username"], before["from"]["id"]) == ("anna", here.anna.id)
    assert (after["from"]["username"], after["from"]["id"], here.ben.name) == ("anna", here.ben.id, "Anna Weber")
    assert here.anna.user["first_name"] == "Annette"
    assert "username" not in here.anna.user
    with pytest.raises(ValueError, match="is taken"):
        here.server.rename(here.anna, username="intercityBOT")


async def test_people_leave_and_come_back(here: TelegramTown) -> None:
    here.server.leave(here.group, here.ben)
    with pytest.raises(ValueError, match="Ben is not in Köln"):
        here.server.say(here.group, here.ben, "x")
    here.server.join(here.group, here.ben)
    assert here.server.say(here.group, here.ben, "x")


async def test_a_forged_press_carries_anything(here: TelegramTown) -> None:
    keys = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await here.api("sendMessage", chat_id=here.group.id, text="Well?", reply_markup=keys)
    answer = here.server.press(here.group, here.ben, sent["message_id"], "role:mayor" * 20, forge=True)
    query = (await here.api("getUpdates"))[-1]["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("role:mayor" * 20, here.ben.id)
    await here.api("answerCallbackQuery", callback_query_id=query["id"], text="No")
    assert (await asyncio.wait_for(answer, 5))["text"] == "No"
    said = here.server.say(here.group, here.anna, "x")
    with pytest.raises(ValueError, match="is no bot's"):
        here.server.press(here.group, here.ben, said["message_id"], "y", forge=True)


async def test_answers_are_dated_by_the_servers_clock(here: TelegramTown) -> None:
    here.clock.pass_(days=3)
    async with here.api.session.get(here.server.url) as response:
        assert parsedate_to_datetime(response.headers["Date"]) == here.clock.now


# Menus

SCOPES: list[Json] = [
    {"type": "default"},
    {"type": "all_group_chats"},
    {"type": "all_chat_administrators"},
    {"type": "chat"},
    {"type": "chat_administrators"},
    {"type": "chat_member"},
]
"""From the widest to the narrowest."""


def scope(here: TelegramTown, scope: Json, person: PersonActor) -> Json:
    type = scope["type"]
    chat = {"chat_id": here.group.id} if type.startswith("chat") else {}
    return scope | chat | ({"user_id": person.id} if type == "chat_member" else {})


async def test_the_narrowest_scope_wins(here: TelegramTown) -> None:
    seen: list[tuple[list[str], list[str]]] = []
    for each in SCOPES:
        commands = [{"command": each["type"], "description": "x"}]
        await here.api("setMyCommands", commands=commands, scope=scope(here, each, here.anna))
        offered = [here.server.menu(here.group, person) for person in (here.anna, here.ben)]
        anna, ben = ([command["command"] for command in commands] for commands in offered)
        seen.append((anna, ben))
    assert seen == [
        (["default"], ["default"]),
        (["all_group_chats"], ["all_group_chats"]),
        (["all_chat_administrators"], ["all_group_chats"]),  # Ben is no admin
        (["chat"], ["chat"]),
        (["chat_administrators"], ["chat"]),
        (["chat_member"], ["chat"]),
    ]


async def test_private_chats_have_scopes_of_their_own(here: TelegramTown) -> None:
    here.server.start(here.anna)
    private = here.server.private(here.anna)
    assert here.server.menu(private, here.anna) == []
    seen = []
    for each in ({"type": "default"}, {"type": "all_private_chats"}, {"type": "chat", "chat_id": private.id}):
        await here.api("setMyCommands", commands=[{"command": each["type"], "description": "x"}], scope=each)
        seen += [command["command"] for command in here.server.menu(private, here.anna)]
    assert seen == ["default", "all_private_chats", "chat"]


async def test_within_a_scope_the_language_wins(here: TelegramTown) -> None:
    here.ben.language_code = "fr-CA"
    for language in ("", "de", "fr"):
        commands = [{"command": language or "any", "description": "x"}]
        await here.api("setMyCommands", commands=commands, language_code=language)
    assert [here.server.menu(here.group, p)[0]["command"] for p in (here.anna, here.ben)] == ["de", "fr"]
    await here.api("setMyCommands", commands=[], language_code="fr")
    assert here.server.menu(here.group, here.ben)[0]["command"] == "any"


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ({"type": "everybody"}, "can't parse"),
        ({"type": "chat"}, "can't parse"),
        ({"type": "chat", "chat_id": -5}, "chat not found"),
        ({"type": "chat_member", "chat_id": "anna", "user_id": 1}, "chat not found"),
    ],
)
async def test_scopes_are_checked(here: TelegramTown, scope: Json, says: str) -> None:
    commands = [{"command": "help", "description": "x"}]
    assert says in await refused(here, "setMyCommands", commands=commands, scope=scope)
    assert says in await refused(here, "deleteMyCommands", scope=scope)


async def test_scopes_of_members_need_a_group_and_a_user(here: TelegramTown) -> None:
    here.server.start(here.anna)
    commands = [{"command": "help", "description": "x"}]
    for person, chat, says in (
        (here.anna.id, here.anna.id, "can't use specified scope in private chats"),
        (1, here.group.id, "user not found"),
    ):
        scope = {"type": "chat_member", "chat_id": chat, "user_id": person}
        assert says in await refused(here, "setMyCommands", commands=commands, scope=scope)
    assert "invalid language" in await refused(here, "setMyCommands", commands=commands, language_code="german")
