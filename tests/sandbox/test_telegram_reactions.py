"""Bots and people react to messages, and bots hear of people's reactions."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.telegram import Json, SentFile
from bot.sandbox.telegram.emoji import REACTIONS
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        await made.api("getUpdates", allowed_updates=["message", "message_reaction"])
        yield made
        assert made.server.violations == []


async def react(here: TelegramTown, id: int, *emoji: str) -> bool:
    reaction = [{"type": "emoji", "emoji": one} for one in emoji]
    done: bool = await here.api("setMessageReaction", chat_id=here.group.id, message_id=id, reaction=reaction)
    return done


def seen(here: TelegramTown, id: int) -> list[tuple[str, str]]:
    message = next(message for message in here.server.messages(here.group) if message["message_id"] == id)
    return [(reaction["emoji"], reaction["from"]["first_name"]) for reaction in message["reactions"]]


async def reactions(here: TelegramTown) -> list[Json]:
    updates = await here.api("getUpdates")
    assert all(bot_api().problems("Update", update) == [] for update in updates)
    return [update["message_reaction"] for update in updates if "message_reaction" in update]


def test_all_listed_emoji_are_known() -> None:
    assert len(REACTIONS) == 73


async def test_reactions_are_seen_with_their_people(here: TelegramTown) -> None:
    id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
    assert await react(here, id, "👀")
    here.server.react(here.group, here.ben, id, "👍")
    assert seen(here, id) == [("👀", "Intercity"), ("👍", "Ben")]
    assert await react(here, id, "❤️")
    assert await react(here, id, "❤")
    assert seen(here, id) == [("👍", "Ben"), ("❤", "Intercity")]
    assert await react(here, id)
    assert seen(here, id) == [("👍", "Ben")]


async def test_a_reaction_is_put_changed_and_taken_back(here: TelegramTown) -> None:
    id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
    for emoji in ("👍", "👍", "❤️", ""):
        here.server.react(here.group, here.ben, id, emoji)
    changes = await reactions(here)
    assert [
        [[r["emoji"] for r in change[side]] for side in ("old_reaction", "new_reaction")] for change in changes
    ] == [
        [[], ["👍"]],
        [["👍"], ["❤"]],
        [["❤"], []],
    ]
    assert {(change["user"]["id"], change["message_id"]) for change in changes} == {(here.ben.id, id)}


async def test_bots_do_not_hear_of_their_own_reactions(here: TelegramTown) -> None:
    await react(here, here.server.say(here.group, here.anna, "Plan?")["message_id"], "👍")
    assert await reactions(here) == []


async def test_what_is_no_reaction(here: TelegramTown) -> None:
    id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
    service = here.server.pin(here.group, here.anna, id)["message_id"]
    for target, emoji, says in (
        (id, ("🏴",), "400 Bad Request: REACTION_INVALID"),
        (service, ("👍",), "400 Bad Request: REACTION_INVALID"),
        (id, ("👍", "❤"), "400 Bad Request: REACTIONS_TOO_MANY"),
        (id, (), "400 Bad Request: REACTION_EMPTY"),
        (99, ("👍",), "400 Bad Request: message to react not found"),
    ):
        with pytest.raises(Refusal, match=says):
            await react(here, target, *emoji)
    with pytest.raises(ValueError, match="is no reaction"):
        here.server.react(here.group, here.ben, id, "🏴")


async def test_a_group_allows_some_reactions_only(here: TelegramTown) -> None:
    id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
    assert "available_reactions" not in await here.api("getChat", chat_id=here.group.id)
    here.server.allow_reactions(here.group, ["👍"])
    chat = await here.api("getChat", chat_id=here.group.id)
    assert chat["available_reactions"] == [{"type": "emoji", "emoji": "👍"}]
    assert await react(here, id, "👍")
    with pytest.raises(Refusal, match="REACTION_INVALID"):
        await react(here, id, "🔥")


async def test_without_the_right_nobody_reacts() -> None:
    async with town(admin=False) as here:
        id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
        here.server.permit(here.group, here.group.permissions - {"can_react_to_messages"})
        with pytest.raises(Refusal, match="403 Forbidden: CHAT_WRITE_FORBIDDEN"):
            await react(here, id, "👍")
        with pytest.raises(ValueError, match="Ben may not react"):
            here.server.react(here.group, here.ben, id, "👍")


async def test_a_message_has_at_most_eleven_different_reactions(here: TelegramTown) -> None:
    id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
    *most, last = sorted(REACTIONS)[:12]
    for emoji in most:
        person = here.server.person("Guest")
        here.server.join(here.group, person)
        here.server.react(here.group, person, id, emoji)
    with pytest.raises(Refusal, match="REACTIONS_TOO_MANY"):
        await react(here, id, last)
    assert await react(here, id, most[0])


async def test_an_album_has_its_reactions_on_the_first_message(here: TelegramTown) -> None:
    album = here.server.album(here.group, here.anna, [SentFile()] * 3)
    first, second, third = (message["message_id"] for message in album)
    await react(here, third, "👍")
    here.server.react(here.group, here.ben, second, "🔥")
    assert seen(here, first) == [("👍", "Intercity"), ("🔥", "Ben")]
    assert [change["message_id"] for change in await reactions(here)] == [first]
    here.server.delete(here.group, here.anna, first)
    await react(here, third, "👍")
    assert seen(here, second) == [("👍", "Intercity")]


async def test_reactions_other_than_emoji_are_not_played() -> None:
    async with town() as here:
        id = here.server.say(here.group, here.anna, "Plan?")["message_id"]
        with pytest.raises(Refusal, match="501"):
            await here.api("setMessageReaction", chat_id=here.group.id, message_id=id, reaction=[{"type": "paid"}])
