"""Venues, contacts, dice and locations, from people and from the bot."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.telegram import Json
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town

PLACE = {"latitude": 50.9413, "longitude": 6.9583}


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


async def heard(here: TelegramTown) -> list[Json]:
    updates: list[Json] = await here.api("getUpdates")
    assert all(bot_api().problems("Update", update) == [] for update in updates)
    return updates


async def test_the_bot_hears_what_people_send(here: TelegramTown) -> None:
    server, group, anna = here.server, here.group, here.anna
    server.venue(group, anna, 50.9413, 6.9583, title="Dom", address="Domkloster 4")
    server.contact(group, anna, "+49 221 1", "Ruth", "Bennett")
    server.dice(group, anna, "🎯")
    venue, contact, dice = [update["message"] for update in await heard(here)]
    assert venue["location"] == venue["venue"]["location"] == PLACE
    assert contact["contact"] == {"phone_number": "+49 221 1", "first_name": "Ruth", "last_name": "Bennett"}
    assert 1 <= dice["dice"]["value"] <= 6
    server.restrict(group, here.ben, may=["can_send_messages"])
    with pytest.raises(ValueError, match="may not write"):
        server.dice(group, here.ben)


async def test_a_live_location_moves_until_it_ends(here: TelegramTown) -> None:
    server, group, anna = here.server, here.group, here.anna
    id = server.locate(group, anna, 50.0, 7.0, live=600)["message_id"]
    server.move(group, anna, id, 50.1, 7.1)
    server.stop_moving(group, anna, id)
    sent, moved, ended = await heard(here)
    assert sent["message"]["location"]["live_period"] == 600
    assert moved["edited_message"]["location"]["latitude"] == 50.1
    assert ended["edited_message"]["location"] == {"latitude": 50.1, "longitude": 7.1}
    late = server.locate(group, anna, 50.0, 7.0, live=60)["message_id"]
    here.clock.pass_(minutes=2)
    for over, person in ((id, anna), (late, anna), (late, here.ben)):
        with pytest.raises(ValueError, match="no live location"):
            server.move(group, person, over, 50.2, 7.2)


async def test_the_bot_sends_them_too(here: TelegramTown) -> None:
    chat = {"chat_id": here.group.id}
    venue = await here.api("sendVenue", **chat, **PLACE, title=" Tom \n Jackson ", address="Dom")
    assert (venue["venue"]["title"], venue["location"]) == ("Tom Jackson", PLACE)
    assert (await here.api("sendContact", **chat, phone_number="+1", first_name="R"))["contact"]["phone_number"] == "+1"
    assert (await here.api("sendDice", **chat, emoji="🏀"))["dice"]["value"] <= 5
    live = await here.api("sendLocation", **chat, **PLACE, live_period=60, horizontal_accuracy=9000)
    assert live["location"]["horizontal_accuracy"] == 1500
    message = {**chat, "message_id": live["message_id"]}
    moved = await here.api("editMessageLiveLocation", **message, latitude=51, longitude=7)
    assert moved["location"] == {"latitude": 51, "longitude": 7, "live_period": 60}
    assert "live_period" not in (await here.api("stopMessageLiveLocation", **message))["location"]


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("sendVenue", {"latitude": 91, "longitude": 0, "title": "x", "address": "y"}, "wrong location specified"),
        ("sendVenue", {**PLACE, "title": " ", "address": "y"}, "title must be non-empty"),
        ("sendVenue", {**PLACE, "title": "x"}, "parameter address is required"),
        ("sendContact", {"phone_number": "1", "first_name": "R", "vcard": "x" * 2049}, "vCard is too long"),
        ("sendDice", {"emoji": "🚲"}, "EMOTICON_INVALID"),
        ("sendLocation", {**PLACE, "live_period": 59}, "wrong live location period specified"),
        ("editMessageLiveLocation", {**PLACE, "message_id": 99}, "message to edit not found"),
        ("stopMessageLiveLocation", {"message_id": 1}, "message can't be edited"),
        ("stopMessageLiveLocation", {"message_id": 2}, "there is no live location in the message to edit"),
    ],
)
async def test_what_is_refused(here: TelegramTown, method: str, params: Json, says: str) -> None:
    here.server.locate(here.group, here.anna, 50.0, 7.0, live=600)
    await here.api("sendLocation", chat_id=here.group.id, **PLACE)
    with pytest.raises(Refusal, match=f"400 Bad Request: {says}"):
        await here.api(method, chat_id=here.group.id, **params)
