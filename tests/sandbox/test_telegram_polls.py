"""Bots and people ask, people vote, and the bot that asked hears of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.telegram import Json
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import Refusal, client
from tests.sandbox.telegram_city import TelegramTown, town

KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


def options(*texts: str) -> list[Json]:
    return [{"text": text} for text in texts]


async def ask(here: TelegramTown, **params: object) -> Any:
    defaults = {"question": "Where?", "options": options("Park", "Hall", "Pier"), "is_anonymous": False}
    return await here.api("sendPoll", **({"chat_id": here.group.id} | defaults | params))


async def updates(here: TelegramTown, kind: str) -> list[Json]:
    found = await here.api("getUpdates")
    assert all(bot_api().problems("Update", update) == [] for update in found)
    return [update[kind] for update in found if kind in update]


def counts(poll: Json) -> list[int]:
    return [option["voter_count"] for option in poll["options"]]


async def test_a_poll_is_seen_with_its_question_and_options(here: TelegramTown) -> None:
    said = here.server.say(here.group, here.anna, "Where do we meet?")
    sent = await ask(
        here,
        question=" Where? ",
        description="By tram",
        allows_multiple_answers=True,
        reply_parameters={"message_id": said["message_id"]},
        reply_markup=KEYS,
    )
    poll = here.server.messages(here.group)[-1]["poll"]
    assert (poll["question"], poll["description"]) == ("Where?", "By tram")
    assert [option["text"] for option in poll["options"]] == ["Park", "Hall", "Pier"]
    assert len({option["persistent_id"] for option in poll["options"]}) == 3
    assert (poll["is_anonymous"], poll["allows_multiple_answers"], poll["allows_revoting"]) == (False, True, True)
    assert (sent["reply_to_message"]["text"], sent["reply_markup"]) == ("Where do we meet?", KEYS)


async def test_a_vote_is_cast_changed_and_taken_back(here: TelegramTown) -> None:
    sent = await ask(here, allows_multiple_answers=True)
    ids = [option["persistent_id"] for option in sent["poll"]["options"]]
    for chosen in ((0, 2), (2, 0), (1,), ()):
        here.server.vote(here.group, here.ben, sent["message_id"], *chosen)
    answers = await updates(here, "poll_answer")
    assert [answer["option_ids"] for answer in answers] == [[0, 2], [1], []]
    assert [answer["option_persistent_ids"] for answer in answers] == [[ids[0], ids[2]], [ids[1]], []]
    assert {(answer["poll_id"], answer["user"]["id"]) for answer in answers} == {(sent["poll"]["id"], here.ben.id)}
    states = await updates(here, "poll")
    assert [counts(state) for state in states] == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert [state["total_voter_count"] for state in states] == [1, 1, 0]


async def test_votes_are_counted_in_the_message(here: TelegramTown) -> None:
    id = (await ask(here))["message_id"]
    here.server.vote(here.group, here.anna, id, 1)
    shown = here.server.vote(here.group, here.ben, id, 1)
    assert counts(shown["poll"]) == [0, 2, 0]
    assert here.server.history[-1]["kind"] == "vote"


async def test_of_an_anonymous_poll_only_the_counts_are_known(here: TelegramTown) -> None:
    sent = await here.api("sendPoll", chat_id=here.group.id, question="Where?", options=options("Park", "Hall"))
    assert sent["poll"]["is_anonymous"] is True
    here.server.vote(here.group, here.ben, sent["message_id"], 0)
    assert await updates(here, "poll_answer") == []
    assert [counts(state) for state in await updates(here, "poll")] == [[1, 0]]


async def test_an_anonymous_admin_votes_as_the_group(here: TelegramTown) -> None:
    sent = await ask(here)
    here.server.vote(here.group, here.anna, sent["message_id"], 0, anonymous=True)
    [answer] = await updates(here, "poll_answer")
    assert (answer["voter_chat"]["id"], answer["user"]["username"]) == (here.group.id, "Channel_Bot")


async def test_whoever_sees_a_forwarded_poll_votes_in_it(here: TelegramTown) -> None:
    sent, carla = await ask(here), here.server.person("Carla")
    shown = here.server.vote(here.group, carla, sent["message_id"], 0, forwarded=True)
    [answer] = await updates(here, "poll_answer")
    assert (answer["poll_id"], answer["user"]["id"]) == (sent["poll"]["id"], carla.id)
    assert counts(shown["poll"]) == [1, 0, 0]


async def test_only_the_bot_that_asked_hears_of_votes(here: TelegramTown) -> None:
    other = here.server.bot("OtherBot", "Other")
    here.server.add_bot(here.group, here.anna, other, admin=True)
    here.server.vote(here.group, here.ben, (await ask(here))["message_id"], 0)
    async with client(here.server, other) as api:
        assert [update for update in await api("getUpdates") if update.keys() & {"poll", "poll_answer"}] == []


async def test_votes_that_the_poll_does_not_take(here: TelegramTown) -> None:
    id = (await ask(here, allows_revoting=False))["message_id"]
    carla = here.server.person("Carla")
    here.server.vote(here.group, here.anna, id, 0)
    for person, chosen, says in (
        (here.ben, (0, 1), "one answer only"),
        (here.ben, (3,), "only 3 options"),
        (here.ben, (-1,), "only 3 options"),
        (here.anna, (1,), "does not let votes be changed"),
        (here.anna, (), "does not let votes be changed"),
        (carla, (0,), "Carla is not in"),
    ):
        with pytest.raises(ValueError, match=says):
            here.server.vote(here.group, person, id, *chosen)
    said = here.server.say(here.group, here.anna, "x")["message_id"]
    with pytest.raises(ValueError, match="is no poll"):
        here.server.vote(here.group, here.ben, said, 0)


async def test_a_poll_is_stopped_once(here: TelegramTown) -> None:
    sent = await ask(here, reply_markup=KEYS, open_period=60)
    stop = {"chat_id": here.group.id, "message_id": sent["message_id"]}
    here.server.vote(here.group, here.ben, sent["message_id"], 2)
    closed = await here.api("stopPoll", **stop)
    assert (closed["is_closed"], counts(closed)) == (True, [0, 0, 1])
    assert not closed.keys() & {"open_period", "close_date"}
    shown = here.server.messages(here.group)[-1]
    assert shown["poll"]["is_closed"] is True
    assert not shown.keys() & {"reply_markup", "edit_date"}
    assert (await updates(here, "poll"))[-1] == closed
    with pytest.raises(ValueError, match="closed"):
        here.server.vote(here.group, here.ben, sent["message_id"], 0)
    with pytest.raises(Refusal, match="400 Bad Request: poll has already been closed"):
        await here.api("stopPoll", **stop)


async def test_what_cannot_be_stopped(here: TelegramTown) -> None:
    text = (await here.api("sendMessage", chat_id=here.group.id, text="x"))["message_id"]
    theirs = here.server.ask(here.group, here.anna, "Where?", ["Park", "Hall"])["message_id"]
    for id, says in (
        (99, "message with poll to stop not found"),
        (text, "message is not a poll"),
        (theirs, "poll can't be stopped"),
    ):
        with pytest.raises(Refusal, match=f"400 Bad Request: {says}"):
            await here.api("stopPoll", chat_id=here.group.id, message_id=id)


@pytest.mark.parametrize("end", ["open_period", "close_date"])
async def test_a_poll_closes_when_its_time_is_over(here: TelegramTown, end: str) -> None:
    sent = await ask(here, **{end: 60 if end == "open_period" else here.server.world.now + 60})
    assert sent["poll"]["open_period"] == 60
    assert sent["poll"]["close_date"] == here.server.world.now + 60
    here.clock.pass_(seconds=59)
    assert await updates(here, "poll") == []
    here.clock.pass_(seconds=1)
    assert [poll["is_closed"] for poll in await updates(here, "poll")] == [True]
    with pytest.raises(ValueError, match="closed"):
        here.server.vote(here.group, here.ben, sent["message_id"], 0)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"question": " "}, "400 Bad Request: text must be non-empty"),
        ({"question": "x" * 301}, "400 Bad Request: poll question length must not exceed 300"),
        ({"options": []}, "400 Bad Request: poll must have at least one answer option"),
        ({"options": options(*"abcdefghijklm")}, "400 Bad Request: poll can't have more than 12 options"),
        ({"options": options("a", " ")}, "400 Bad Request: text must be non-empty"),
        ({"options": options("a", "x" * 101)}, "400 Bad Request: poll options length must not exceed 100"),
        ({"options": ["a", "b"]}, "400 Bad Request: can't parse options"),
        ({"open_period": 4}, "must be open from 5 to 2628000 seconds"),
        ({"close_date": 1}, "must be open from 5 to 2628000 seconds"),
        ({"open_period": 5, "close_date": 5}, "open_period and close_date can't be used together"),
        ({"description": "x" * 1025}, "poll description length must not exceed 1024"),
        ({"chat_id": -5}, "400 Bad Request: chat not found"),
        ({"message_thread_id": 7}, "400 Bad Request: message thread not found"),
    ],
)
async def test_what_cannot_be_asked(here: TelegramTown, params: Json, says: str) -> None:
    with pytest.raises(Refusal) as caught:
        await ask(here, **params)
    assert says in str(caught.value)
    assert here.server.messages(here.group) == []


async def test_one_option_and_the_longest_texts_are_enough_and_allowed(here: TelegramTown) -> None:
    sent = await ask(here, question="😀" * 300, options=options("😀" * 100), description="x" * 1024)
    assert counts(sent["poll"]) == [0]


async def test_quizzes_and_media_are_not_played() -> None:
    async with town() as here:
        for params in ({"type": "quiz"}, {"options": [{"text": "a", "text_parse_mode": "HTML"}]}):
            with pytest.raises(Refusal, match="501"):
                await ask(here, **params)


async def test_a_channel_takes_anonymous_polls_only(here: TelegramTown) -> None:
    channel = here.server.group("News", [here.anna], channel=True)
    with pytest.raises(Refusal, match="non-anonymous polls can't be sent to channel chats"):
        await ask(here, chat_id=channel.id)
    assert await ask(here, chat_id=channel.id, is_anonymous=True)


async def test_without_the_right_there_are_no_polls() -> None:
    async with town(admin=False) as here:
        here.server.permit(here.group, here.group.permissions - {"can_send_polls"})
        with pytest.raises(Refusal, match="400 Bad Request: not enough rights to send polls to the chat"):
            await ask(here)
        with pytest.raises(ValueError, match="Ben may not write"):
            here.server.ask(here.group, here.ben, "Where?", ["Park"])


async def test_a_poll_has_neither_text_nor_caption_to_edit(here: TelegramTown) -> None:
    edit = {"chat_id": here.group.id, "message_id": (await ask(here))["message_id"]}
    with pytest.raises(Refusal, match="there is no text in the message to edit"):
        await here.api("editMessageText", text="x", **edit)
    with pytest.raises(Refusal, match="there is no caption in the message to edit"):
        await here.api("editMessageCaption", caption="x", **edit)
    assert (await here.api("editMessageReplyMarkup", reply_markup=KEYS, **edit))["reply_markup"] == KEYS


async def test_people_ask_and_the_bot_hears_of_the_end_only(here: TelegramTown) -> None:
    asked = here.server.ask(here.group, here.anna, "When?", ["Mon", "Tue"], anonymous=False, multiple=True)
    assert asked["poll"]["allows_multiple_answers"] is True
    here.server.vote(here.group, here.ben, asked["message_id"], 0, 1)
    with pytest.raises(ValueError, match="Ben cannot close"):
        here.server.stop(here.group, here.ben, asked["message_id"])
    here.server.stop(here.group, here.anna, asked["message_id"])
    assert [message["poll"]["question"] for message in await updates(here, "message")] == ["When?"]
    assert await updates(here, "poll_answer") == []
    assert [(poll["is_closed"], counts(poll)) for poll in await updates(here, "poll")] == [(True, [1, 1])]


async def test_privacy_mode_hides_polls_of_people() -> None:
    async with town(admin=False) as here:
        here.server.ask(here.group, here.anna, "When?", ["Mon", "Tue"])
        assert await updates(here, "message") == []
