"""Action points in files and calendars: text stays text, and everybody sees what is theirs (cases 70, 71, 143, 144)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.calendars import Attendee, AttendeeRole, CalendarTask, write_calendar
from bot.model import Role, Sender
from tests.trust.test_calendars import calendars, link
from tests.trust.test_poll_exports import files_in
from tests.trust.world import ANNA, BEN, BONN, KOELN, MEHMET, World


async def proposed(world: World) -> None:
    """Propose an action point that is Mehmet's, and one that is Anna's; and one in another dialogue."""
    await world.second_dialogue()
    await world.speaks(KOELN, MEHMET, "Hallo")
    await world.appoint(MEHMET, Role.STAFF)
    await world.commands(KOELN, ANNA, "aufgabe =1+1 Bäume,=2+2 @mehmet bis 15.12.2030")
    await world.commands(KOELN, ANNA, "aufgabe Hecken @anna bis 16.12.2030")
    await world.commands(BONN, BEN, "aufgabe Geheimes bis 17.12.2030")


@pytest.mark.parametrize("delimiter", [";", ","])
async def test_case_70_no_cell_of_an_action_point_is_calculated(world: World, delimiter: str) -> None:
    await proposed(world)
    await world.commands(KOELN, ANNA, "export aufgaben csv")
    text = files_in(world, KOELN)[-1]
    rows = [row for line in text.splitlines() for row in csv.reader(io.StringIO(line), delimiter=delimiter)]
    assert any("=1+1" in cell for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]


async def test_case_71_no_text_adds_a_line_to_a_task() -> None:
    words = "Title\r\nX-EVIL:1\nX-EVIL:2\rX-EVIL:3\x0bX-EVIL:4\x85X-EVIL:5\u2028X-EVIL:6; a, b\\n"
    task = CalendarTask(
        uid="u", sequence=0, title=words, stamp=datetime(2026, 11, 25, tzinfo=UTC), due=date(2026, 12, 15),
        day_title=words, description=words, categories=(words,), organizer=words,
        attendees=(Attendee("a", f'"{words}', AttendeeRole.SPEAKER),),
    )  # fmt: skip
    data = write_calendar([task], None).decode()
    assert not [line for line in data.splitlines() if line.startswith("X-EVIL")]
    assert max(len(line.encode()) for line in data.split("\r\n")) <= 75
    assert data.count("BEGIN:") == data.count("END:") == 3


async def shown(world: World, token: str) -> str:
    """Return what a calendar shows."""
    request = make_mocked_request("GET", f"/calendar/{token}.ics", match_info={"token": token})
    answer = await calendars(world)._calendar(request)
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    return answer.body.decode().replace("\r\n ", "")


async def test_case_143_a_calendar_shows_people_what_is_theirs_and_names_nobody(world: World) -> None:
    await proposed(world)
    for who, dialogue, texts in (
        (MEHMET, False, {"Bäume"}),
        (ANNA, False, {"Hecken"}),
        (ANNA, True, {"Bäume", "Hecken"}),
    ):
        calendar = await shown(world, await link(world, who, dialogue=dialogue))
        assert {text for text in ("Bäume", "Hecken", "Geheimes") if text in calendar} == texts
        assert not [each for each in (MEHMET, ANNA, BEN) if _named(each, calendar)]


def _named(who: Sender, text: str) -> bool:
    return who.name in text or bool(who.username and f"@{who.username}" in text)


async def test_case_144_a_chat_that_has_left_the_dialogue_gets_no_file(world: World) -> None:
    await proposed(world)
    (dialogue, *_others) = await world.dialogues()
    chat = await world.chat(KOELN)
    assert chat
    async with world.database.begin() as store:
        payload = {"dialogue": dialogue.id, "what": "actions", "format": "csv", "reads": ["de_DE", "UTC", "/"]}
        await store.jobs.schedule("export", payload=payload | {"chat": chat.id, "message": ""})
        await store.chats.unpair(chat)
    await world.quiet()
    assert files_in(world, KOELN) == []


async def test_case_144_a_former_coordinator_gets_no_file_in_private(world: World) -> None:
    await proposed(world)
    await world.opens_private(ANNA)
    person = await world.person(ANNA)
    assert person
    (dialogue, *_others) = await world.dialogues()
    async with world.database.begin() as store:
        (chat,) = await store.chats.private(person.id)
        payload = {"dialogue": dialogue.id, "what": "actions", "format": "csv", "reads": ["de_DE", "UTC", "/"]}
        await store.jobs.schedule("export", payload=payload | {"chat": chat.id, "message": ""})
        await store.roles.set(dialogue, person, dialogue.cities[0], Role.STAFF, world.now())
    await world.quiet()
    assert files_in(world, chat.ref) == []
