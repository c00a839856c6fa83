"""Calendars and exports: what people write stays text, and nobody else reads a calendar (cases 70, 71, 114 to 117)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.calendars import CalendarEvent, write_calendar
from bot.logs import Redactor
from bot.model import Role, Sender
from bot.text.tables import write_csv
from bot.web.calendars import Calendars
from storage import tables
from tests.trust.world import ANNA, GRACE, KOELN, MEHMET, World, code_in, privately

FOUND, MISSING = 200, 404
UNKNOWN = "A" * 32


def calendars(world: World) -> Calendars:
    app = world.app
    return Calendars(app.database, app.services, app.features.all, app.clock)


async def asked(world: World, token: str) -> int:
    """Ask for a calendar, and return the status of the answer."""
    request = make_mocked_request("GET", f"/calendar/{token}.ics", match_info={"token": token})
    try:
        return (await calendars(world)._calendar(request)).status
    except web.HTTPNotFound:
        return MISSING


async def link(world: World, who: Sender, *, dialogue: bool = False) -> str:
    """Have the bot make a link, and return its token."""
    await world.opens_private(who)
    await world.commands(KOELN if dialogue else privately(who), who, "roundtables calendar new")
    found = re.search(r"https://calendar\.test/calendar/([\w-]+)\.ics", world.last(privately(who)))
    assert found
    return found[1]


async def test_case_70_no_cell_is_calculated() -> None:
    for text in ("=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1"):
        _header, row = write_csv(["x"], [[text]]).decode("utf-8-sig").split("\r\n", 1)
        assert row.lstrip('"').startswith("'"), text


async def test_case_71_no_text_adds_a_line_to_a_calendar() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    words = "Title\r\nATTENDEE:mailto:x@evil.test\rX-EVIL:1\x0bX-EVIL:2\x85X-EVIL:3\u2028X-EVIL:4; a, b\\n"
    event = CalendarEvent(
        uid="u", sequence=0, start=now, end=now + timedelta(hours=1), title=words, stamp=now, place=words,
        description=words, url=f"https://evil.test/{words}", organizer=words,
    )  # fmt: skip
    data = write_calendar([event]).decode()
    assert not [line for line in data.splitlines() if line.startswith(("ATTENDEE", "X-EVIL", "URL"))]
    assert "Title ATTENDEE:mailto:x@evil.test" in data.replace("\r\n ", "")


async def test_case_114_a_token_cannot_be_guessed_nor_read_from_the_database(world: World) -> None:
    token = await link(world, GRACE)
    assert len(token) == 32, "192 bits"
    assert await asked(world, token) == FOUND
    for guess in (UNKNOWN, token[:-1], token.lower(), f"{token}x", "", "../../etc/passwd", "%00"):
        assert await asked(world, guess) == MISSING
    async with world.database.begin() as store:
        rows = (await store._connection.execute(sa.select(tables.calendar_links))).all()
        results = [await store._connection.execute(sa.select(each)) for each in tables.metadata.sorted_tables]
        everything = [str(each.all()) for each in results]
    assert not [text for text in everything if token in text]
    assert [await asked(world, row.digest[:32]) for row in rows] == [MISSING]


async def test_case_115_a_revoked_or_replaced_link_shows_nothing(world: World) -> None:
    first = await link(world, GRACE)
    second = await link(world, GRACE)
    assert (await asked(world, first), await asked(world, second)) == (MISSING, FOUND)
    await world.commands(privately(GRACE), GRACE, "roundtables calendar revoke")
    assert await asked(world, second) == MISSING


async def test_case_116_whoever_is_demoted_loses_the_calendar_of_the_dialogue(world: World) -> None:
    token = await link(world, ANNA, dialogue=True)
    assert await asked(world, token) == FOUND
    await world.appoint(ANNA, Role.STAFF)
    assert await asked(world, token) == MISSING


async def test_case_116_only_coordinators_are_given_the_calendar_of_a_dialogue(world: World) -> None:
    await world.opens_private(MEHMET)
    before = len(world.at(privately(MEHMET)))
    told = await world.commands(KOELN, MEHMET, "roundtables calendar")
    assert not any("calendar.test/calendar" in text for text in (*told, *world.at(privately(MEHMET))[before:]))


async def test_case_116_accounts_that_are_separated_do_not_read_each_others_calendar(world: World) -> None:
    await world.speaks(KOELN, MEHMET, "Hallo")
    await world.opens_private(MEHMET, GRACE)
    token = await link(world, MEHMET)
    code = code_in("\n".join(await world.commands(privately(MEHMET), MEHMET, "link")))
    await world.commands(privately(GRACE), GRACE, f"link {code}")
    await world.picks(privately(MEHMET), MEHMET, "✅")
    await world.picks(privately(GRACE), GRACE, "✅")
    assert await asked(world, token) == FOUND
    await world.commands(privately(MEHMET), MEHMET, "unlink")
    assert await asked(world, token) == MISSING


async def test_case_116_the_links_of_a_forgotten_person_are_gone(world: World) -> None:
    token = await link(world, GRACE)
    person = await world.person(GRACE)
    assert person
    async with world.database.begin() as store:
        assert await store.people.forget(person)
    assert await asked(world, token) == MISSING


async def test_case_117_no_token_is_logged() -> None:
    redact = Redactor()
    for line in ("GET {}.ics HTTP/1.1", "webcal://a.test{}", "{{'path': '{}.ics'}}"):
        assert UNKNOWN not in redact(line.format(f"/calendar/{UNKNOWN}"))
