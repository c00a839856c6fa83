"""What the web listener answers, and to whom it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.settings import SettingsError
from bot.web import server
from bot.web.calendars import EACH
from bot.web.throttle import SPAN, Throttle
from storage import Database, StorageError
from tests.calendars.test_calendars import strictly
from tests.stories.conftest import ANNA, Story, running
from tests.stories.test_calendar_files import planned

TOKEN = "A" * 32
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass
class Site:
    """A bot that listens, and a client."""

    story: Story
    client: aiohttp.ClientSession

    async def get(self, path: str, method: str = "GET", **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        web = self.story.app.web
        assert web
        async with self.client.request(method, f"http://127.0.0.1:{web.port}{path}", headers=headers) as response:
            return response, await response.read()

    async def link(self, *, dialogue: bool = False, token: str = TOKEN) -> None:
        """Create a link for Anna, to her own calendar or to that of the dialogue."""
        digest = self.story.app.services.signer.digest(f"calendar {token}")
        async with self.story.database.begin() as store:
            person = await store.people.by_account(ANNA.account) if ANNA.account else None
            (only,) = await store.dialogues.all()
            assert person
            await store.calendar_links.make(digest, person.id, only.id if dialogue else None, NOW)


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    story = Story(database, web=("127.0.0.1", 0))
    await story.set_up()
    assert story.app.web
    async with running(story), aiohttp.ClientSession() as client, asyncio.TaskGroup() as group:
        listening = group.create_task(story.app.web.run())
        await asyncio.wait_for(story.app.web.ready.wait(), 10)
        yield Site(story, client)
        listening.cancel()


async def test_a_supervisor_learns_whether_it_lives_and_is_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    response, body = await site.get("/live")
    assert (response.status, body) == (200, b'{"live": true}')
    response, body = await site.get("/ready")
    assert (response.status, body) == (200, b'{"ready": true, "database": true, "telegram": true, "matrix": true}')

    async def cancel(*_args: object) -> bool:
        raise StorageError("disk full")

    monkeypatch.setattr("storage.jobs.repository.Jobs.cancel", cancel)
    response, body = await site.get("/ready")
    assert (response.status, b'"database": false' in body) == (503, True)


async def test_the_bot_listens_while_it_runs(database: Database) -> None:
    story, stop = Story(database, web=("127.0.0.1", 0)), asyncio.Event()
    web = story.app.web
    assert web
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession() as client:
        group.create_task(story.app.run(stop))
        await asyncio.wait_for(web.ready.wait(), 10)
        async with client.get(f"http://127.0.0.1:{web.port}/live") as response:
            assert response.status == 200
        stop.set()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", web.port)


async def test_a_messenger_that_is_not_logged_in_is_named(site: Site) -> None:
    del site.story.app._serving[site.story.matrix.name]
    response, body = await site.get("/ready")
    assert (response.status, b'"matrix": false' in body) == (503, True)


async def test_a_calendar_shows_what_its_owner_may_attend(site: Site) -> None:
    async with site.story.database.begin() as store:
        await planned(store, NOW)
    await site.link()
    response, body = await site.get(f"/calendar/{TOKEN}.ics")
    assert (response.status, response.content_type, response.charset) == (200, "text/calendar", "utf-8")
    (read,) = strictly(body).events
    assert str(read.description).startswith("Runde 1 von Köln – Indianapolis")
    assert not read.attendees
    assert b"Grace" not in body
    assert b"NAME:Meine Runden" in body
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in body
    head, nothing = await site.get(f"/calendar/{TOKEN}.ics", "HEAD")
    assert (head.status, nothing, head.headers["ETag"]) == (200, b"", response.headers["ETag"])


async def test_a_dialogues_calendar_shows_all_of_it(site: Site) -> None:
    async with site.story.database.begin() as store:
        roundtable = await planned(store, NOW)
        (dialogue,) = await store.dialogues.all()
        series = await store.roundtables.add_series(
            dialogue.id, "FREQ=WEEKLY;COUNT=3", zone="Europe/Berlin", starts_at=NOW, length=timedelta(hours=1)
        )
        await planned(store, NOW, series, NOW)
    await site.link(dialogue=True)
    _response, body = await site.get(f"/calendar/{TOKEN}.ics")
    assert {each.uid for each in strictly(body).events} == {roundtable.uid, series.uid}
    assert len(list(strictly(body).timeline)) == 4


async def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    await site.link()
    response, _body = await site.get(f"/calendar/{TOKEN}.ics")
    tag = {"If-None-Match": response.headers["ETag"]}
    again, body = await site.get(f"/calendar/{TOKEN}.ics", **tag)
    assert (again.status, body, again.headers["ETag"]) == (304, b"", response.headers["ETag"])
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    async with site.story.database.begin() as store:
        await planned(store, NOW)
    changed, body = await site.get(f"/calendar/{TOKEN}.ics", **tag)
    assert (changed.status, bool(body)) == (200, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", f"/calendar/{TOKEN}", 404),
        ("GET", "/calendar/..%2f..%2fetc.ics", 404),
        ("POST", f"/calendar/{TOKEN}.ics", 405),
        ("PUT", "/anything", 405),
        ("OPTIONS", "/live", 405),
        ("GET", "/" + "x" * 2000, 400),
    ],
)
async def test_what_it_refuses(site: Site, method: str, path: str, status: int) -> None:
    await site.link()
    response, body = await site.get(path, method)
    assert response.status == status
    assert b"aiohttp" not in body.lower()


async def test_a_request_with_a_body_is_refused_and_headers_protect_the_answers(site: Site) -> None:
    web = site.story.app.web
    assert web
    async with site.client.get(f"http://127.0.0.1:{web.port}/live", data=b"x" * 100_000) as response:
        assert response.status == 413
    response, _body = await site.get("/nothing")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Server"] == "intercity"


async def test_a_bug_in_an_answer_ends_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.link()

    def write(*_args: object, **_options: object) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr("bot.web.calendars.write_calendar", write)
    response, _body = await site.get(f"/calendar/{TOKEN}.ics")
    assert response.status == 503
    assert (await site.get("/live"))[0].status == 200


async def test_who_asks_too_often_has_to_wait(site: Site) -> None:
    await site.link()
    for _time in range(EACH):
        assert (await site.get(f"/calendar/{TOKEN}.ics"))[0].status == 200
    response, _body = await site.get(f"/calendar/{TOKEN}.ics")
    assert (response.status, response.headers["Retry-After"]) == (429, "60")
    await site.link(token="B" * 32, dialogue=True)
    assert (await site.get(f"/calendar/{'B' * 32}.ics"))[0].status == 200


def test_requests_are_counted_together_and_by_key_for_a_minute() -> None:
    time = 0.0
    throttle = Throttle(3, 2, lambda: time)
    assert [throttle.allows("a") for _each in range(3)] == [True, True, False]
    assert throttle.allows("b")
    assert [throttle.allows() for _each in range(4)] == [True, True, True, False]
    time = SPAN
    assert throttle.allows("a")
    assert throttle.allows()


async def test_idle_connections_do_not_pile_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 2)
    web = site.story.app.web
    assert web
    opened = [await asyncio.open_connection("127.0.0.1", web.port) for _each in range(4)]
    async with asyncio.timeout(10):
        for reader, _writer in opened[:2]:
            assert await reader.read() == b""
    assert (await site.get("/live"))[0].status == 200
    for _reader, writer in opened:
        writer.close()


async def test_an_address_that_is_taken_is_said(site: Site) -> None:
    web = site.story.app.web
    assert web
    with pytest.raises(SettingsError, match="INTERCITY_WEB_LISTEN: cannot be used"):
        await server.WebServer(("127.0.0.1", web.port), ()).run()
