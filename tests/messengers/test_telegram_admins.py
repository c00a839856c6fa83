"""For everybody who types a command in a group, the bot learns whether they are an admin there now."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.messengers.telegram import TelegramMessenger, admins
from bot.model import Button, Edit, Message, Press
from bot.sandbox.telegram import Fault, GroupActor
from tests.messengers.telegram_scene import TelegramScene, ref, scene, send

ASKED = "getChatAdministrators"


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


async def told(here: TelegramScene) -> list[bool | None]:
    events = (await here.batch()).events
    return [event.sender.admin for event in events if isinstance(event, Message | Press)]


async def test_owner_and_admins_are_and_members_are_not(here: TelegramScene) -> None:
    carla = here.server.person("Carla")
    here.server.join(here.group, carla)
    here.server.promote(here.group, carla, rights=["can_pin_messages"])
    for person in (here.anna, here.ben, carla):
        here.server.say(here.group, person, "/pair")
    assert await told(here) == [True, False, True]
    assert here.server.stats.calls[ASKED] == 1
    here.server.promote(here.group, carla, admin=False)
    here.server.promote(here.group, here.ben)
    assert await told(here) == [True, True, False]  # now, not when it was typed


async def test_captions_count_and_presses_and_ordinary_words_do_not(here: TelegramScene) -> None:
    shown = (await here.messenger.deliver(send(here.chat, "Well?", buttons=(Button("yes", "👍", "y"),)))).id
    here.server.photo(here.group, here.anna, caption="/news Plan")
    answer = here.server.press(here.group, here.ben, int(shown.rpartition("/")[2]), "y")
    here.server.say(here.group, here.anna, "and/or")
    here.server.photo(here.group, here.anna)
    assert await told(here) == [True, None, None, None]
    answer.cancel()


async def test_of_who_corrects_a_command_it_is_told_too(here: TelegramScene) -> None:
    for person in (here.anna, here.ben):
        said = here.server.say(here.group, person, "/pairr")
        here.server.edit(here.group, person, said["message_id"], "/pair Köln")
    events = (await here.batch()).events
    assert [event.sender.admin for event in events if isinstance(event, Edit)] == [True, False]


async def test_nobody_is_asked_about_ordinary_words_nor_in_private(here: TelegramScene) -> None:
    here.server.say(here.group, here.anna, "Hello")
    here.server.start(here.ben)
    assert await told(here) == [None, None]
    assert here.server.stats.calls[ASKED] == 0


async def test_who_writes_in_the_name_of_the_group_stays_nobody(here: TelegramScene) -> None:
    here.server.say(here.group, here.anna, "/pair", anonymous=True)
    [event] = await here.events(1)
    assert isinstance(event, Message)
    assert (event.sender.account, event.sender.admin) == (None, None)
    assert here.server.stats.calls[ASKED] == 0


async def test_a_bot_that_is_no_admin_learns_it_too() -> None:
    async with scene(admin=False) as here:
        here.server.say(here.group, here.anna, "/pair")
        here.server.say(here.group, here.ben, "/pair")
        assert await told(here) == [True, False]


async def test_different_groups_are_asked_at_the_same_time(here: TelegramScene) -> None:
    for group in (here.group, here.server.group("Bonn", [here.anna])):
        here.server.say(group, here.anna, "/help")
    here.server.faults.always({Fault.HANG: 1.0}, [ASKED])
    messenger = TelegramMessenger(here.bot.token, api_url=here.server.url, clock=here.clock, read_timeout=60)
    await messenger.start()
    asked = asyncio.create_task(anext(messenger.events(None)))
    async with asyncio.timeout(3):  # less than the timeout of a single request
        while len(here.server.faults.met) < 2:  # noqa: ASYNC110 - the server's state cannot be awaited
            await asyncio.sleep(0.005)
    asked.cancel()
    await asyncio.wait([asked])
    await messenger.close()


async def test_a_passing_failure_is_tried_again(here: TelegramScene) -> None:
    here.server.say(here.group, here.anna, "/help")
    here.server.faults.once(Fault.ERROR, method=ASKED)
    with capture_logs() as logs:
        assert await told(here) == [True]
    assert [entry["event"] for entry in logs] == ["admins not told yet"]


async def test_who_is_out_of_the_group_has_no_admins_there(here: TelegramScene) -> None:
    here.server.say(here.group, here.anna, "/help")
    here.server.kick_bot(here.group, here.anna)
    assert await told(here) == [False]


async def test_a_group_that_moved_is_asked_where_it_is_now() -> None:
    async with scene(supergroup=False) as here:
        here.server.say(here.group, here.anna, "/help")
        new = here.server.migrate(here.group)
        here.server.say(new, here.ben, "/help")
        assert await told(here) == [True, False]


async def test_without_an_answer_nothing_is_told(here: TelegramScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admins, "LIMIT", 0.2)
    here.server.say(here.group, here.anna, "/help")
    here.server.faults.always({Fault.ERROR: 1.0}, [ASKED, "getChatMember"])
    with capture_logs() as logs:
        assert await told(here) == [None]
    assert logs[0]["event"] == "admins not told yet"
    here.server.faults.always({Fault.HANG: 1.0}, [ASKED, "getChatMember"])
    assert await told(here) == [None]


async def test_where_the_admins_are_not_listed_the_person_is_asked_about(
    here: TelegramScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admins, "LIMIT", 0.2)
    here.server.faults.always({Fault.ERROR: 1.0}, [ASKED])
    for person in (here.anna, here.ben):
        here.server.say(here.group, person, "/pair")
    assert await told(here) == [True, False]


async def test_a_command_in_a_topic_asks_about_its_group(here: TelegramScene) -> None:
    forum: GroupActor = here.server.group("Forum", [here.anna, here.ben], forum=True)
    topic = here.server.topic(forum, "Trees")
    here.server.say(forum, here.anna, "/help", thread=topic)
    here.server.say(forum, here.ben, "/help")
    events = [event for event in await asyncio.wait_for(here.events(2), 5) if isinstance(event, Message)]
    assert [(event.ref.chat, event.sender.admin) for event in events] == [
        (ref(forum, topic), True),
        (ref(forum), False),
    ]
    assert here.server.stats.calls[ASKED] == 1
