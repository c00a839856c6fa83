"""Links to calendars: told in private, once, renewed and revoked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.model import Sender
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, Story, direct_room, private_chat, running


@pytest.fixture
async def listening(database: Database) -> AsyncIterator[Story]:
    """A bot with a web listener, which does not run: its address is known."""
    it = Story(database, web=("127.0.0.1", 0))
    await it.set_up()
    async with running(it):
        yield it


async def works(story: Story, token: str) -> bool:
    digest = story.app.services.signer.digest(f"calendar {token}")
    async with story.database.begin() as store:
        return await store.calendar_links.find(digest) is not None


def token_in(text: str) -> str:
    found = re.search(r"https://calendar\.test/calendar/([\w-]{32})\.ics", text)
    assert found, text
    assert f"webcal://calendar.test/calendar/{found[1]}.ics" in text
    return found[1]


async def privately(story: Story, who: Sender, text: str) -> str:
    chat = direct_room(who) if who is GRACE else private_chat(who)
    return await story.says(chat, who, text)


async def test_in_private_everybody_gets_their_own_link_once(listening: Story) -> None:
    await listening.says(KOELN, MEHMET, "Hallo")
    told = await privately(listening, MEHMET, "/runden kalender")
    assert told.startswith("📅 Ihre Runden und Aufgaben in Ihrem Kalender")
    token = token_in(told)
    assert await works(listening, token)
    again = await privately(listening, MEHMET, "/roundtables calendar")
    assert again.startswith("Sie haben seit ")
    assert token not in again


async def test_action_points_are_in_the_same_calendar_as_roundtables(listening: Story) -> None:
    token = token_in(await privately(listening, GRACE, "!actions calendar"))
    assert (await privately(listening, GRACE, "!roundtables calendar")).startswith("You have a link to this calendar")
    assert "new or revoke" in await privately(listening, GRACE, "!actions calendar please")
    assert token_in(await privately(listening, GRACE, "!actions calendar new")) != token
    assert not await works(listening, token)
    told = await privately(listening, GRACE, "!aufgaben kalender widerrufen")
    assert told.startswith("The link no longer works.")


async def test_a_new_link_replaces_the_old_one_and_a_revoked_one_is_over(listening: Story) -> None:
    first = token_in(await privately(listening, GRACE, "!roundtables calendar"))
    second = token_in(await privately(listening, GRACE, "!roundtables calendar new"))
    assert (await works(listening, first), await works(listening, second)) == (False, True)
    await listening.chooses(direct_room(GRACE), GRACE, 0)
    third = token_in(listening.at(direct_room(GRACE))[-1])
    assert (await works(listening, second), await works(listening, third)) == (False, True)
    assert (await listening.chooses(direct_room(GRACE), GRACE, 1)).startswith("The link no longer works.")
    assert not await works(listening, third)
    assert await privately(listening, GRACE, "!roundtables calendar revoke") == "You have no link to this calendar."


async def test_a_coordinator_gets_the_dialogues_link_in_private_only(listening: Story) -> None:
    assert "privaten Chat mit mir" in await listening.says(KOELN, ANNA, "/runden kalender")
    await privately(listening, ANNA, "/start")
    assert await listening.says(KOELN, ANNA, "/runden kalender") == "Ich habe Ihnen privat geschrieben."
    told = listening.at(private_chat(ANNA))[-1]
    assert told.startswith("📅 Die Runden und Aufgaben von Köln – Indianapolis in Ihrem Kalender")
    token = token_in(told)
    assert not any(token in text for chat in (KOELN, INDY) for text in listening.at(chat))
    assert (await listening.chooses(private_chat(ANNA), ANNA, 1)).startswith("Der Link funktioniert nicht mehr.")
    assert not await works(listening, token)


async def test_others_do_not_get_the_dialogues_link(listening: Story) -> None:
    answer = await listening.says(KOELN, MEHMET, "/runden kalender")
    assert answer.startswith("Der Kalender des ganzen Dialogs ist der Koordination vorbehalten.")


async def test_what_is_mistyped_is_explained(listening: Story) -> None:
    assert "`" not in await privately(listening, GRACE, "!roundtables calendar please")
    assert "new or revoke" in await privately(listening, GRACE, "!roundtables calendar please")


async def test_without_a_listener_it_says_so(story: Story) -> None:
    answer = await privately(story, GRACE, "!roundtables calendar")
    assert answer.startswith("Nobody can subscribe to a calendar here: the operator has not switched it on")
