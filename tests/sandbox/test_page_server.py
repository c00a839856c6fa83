"""The page's server: whom it admits, what it sends, and how it answers requests. No messenger, no browser."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.page import server
from bot.sandbox.page.server import Page
from bot.sandbox.page.sides import GROUP, Change
from tests.sandbox.page_world import HELLO, ZONES, IdleBot, OneSide, Served


@pytest.fixture
async def served() -> AsyncGenerator[Served, None]:
    side, bot = OneSide(), IdleBot()
    page = Page("Köln – Indianapolis", (side,), bot, ZONES)
    async with page.serve(0) as url:
        yield Served(url, page, side, bot)


@pytest.fixture
async def http() -> AsyncGenerator[aiohttp.ClientSession, None]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def heard(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    news: dict[str, Any] = await socket.receive_json(timeout=10)
    return news


async def asked(side: OneSide) -> tuple[str, ...]:
    async with asyncio.timeout(10):
        return await side.asked.get()


async def test_every_file_comes_with_a_strict_policy(served: Served, http: aiohttp.ClientSession) -> None:
    scripts = [each.name for each in Path(server.__file__).parent.glob("*.js")]
    assert {"page.js", "poll.js"} <= set(scripts)
    for name in ("", "style.css", "icon.svg", *scripts):
        async with http.get(f"{served.url}/{name}") as answer:
            assert answer.status == 200, name
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            text = await answer.text()
            assert "innerHTML" not in text
            assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("name", ["server.py", "../stage.py", "%2e%2e/stage.py", "index.html.bak", "events/x"])
async def test_nothing_else_is_served(served: Served, http: aiohttp.ClientSession, name: str) -> None:
    async with http.get(f"{served.url}/{name}") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
)
async def test_another_site_in_the_browser_gets_nothing(
    served: Served, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with http.get(served.url, headers=headers) as answer:
        assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await http.ws_connect(served.events, headers={"Origin": served.url} | headers)


async def test_who_names_no_origin_gets_no_connection(served: Served, http: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await http.ws_connect(served.events)


async def test_a_viewer_hears_what_stands_and_then_every_change(served: Served, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(served.events, origin=served.url) as socket:
        state = await heard(socket)
        assert state["type"] == "state"
        assert state["running"] is True
        assert state["sides"]["telegram"]["people"] == [
            {"id": "1", "name": "Anna Weber", "city": "Köln", "role": "coordinator"}
        ]
        assert state["sides"]["telegram"]["messages"][GROUP][0]["text"] == [
            "Hello ",
            {"kind": "bold", "children": ["you"]},
        ]
        served.side.news.put_nowait(Change(GROUP, "7", HELLO))
        assert await heard(socket) == {"type": "message", "side": "telegram", "chat": GROUP, "message": HELLO.json()}
        served.side.news.put_nowait(Change("1", "8", None))
        assert await heard(socket) == {"type": "gone", "side": "telegram", "chat": "1", "id": "8"}
        served.bot.running = False
        served.page.tell_running()
        assert await heard(socket) == {"type": "running", "running": False}


async def test_wishes_reach_the_messenger(served: Served, http: aiohttp.ClientSession) -> None:
    where = {"side": "telegram", "chat": GROUP, "person": "1"}
    async with http.ws_connect(served.events, origin=served.url) as socket:
        await socket.send_json({"do": "say", "text": "**hi**", "reply_to": "7", **where})
        assert await asked(served.side) == ("say", "1", GROUP, "**hi**", "7")
        await socket.send_json({"do": "react", "id": "7", "key": "👍", **where})
        assert await asked(served.side) == ("react", "1", GROUP, "7", "👍")
        await socket.send_json({"do": "start", **where, "chat": "1"})
        assert await asked(served.side) == ("start", "1", "")
        assert (await heard(socket))["type"] == "state"
        assert await heard(socket) == {"type": "started", "side": "telegram", "person": "1"}
        await socket.send_json({"do": "start", "payload": "link_K7QF2MXD", **where, "chat": "1"})
        assert await asked(served.side) == ("start", "1", "link_K7QF2MXD")
        await socket.send_json({"do": "vote", "id": "7", "options": ["0", "2"], **where})
        assert await asked(served.side) == ("vote", "1", GROUP, "7", "0", "2")
        await socket.send_json({"do": "encrypt", **where})
        assert [(await heard(socket))["type"] for _ in range(2)] == ["started", "encrypted"]
        for what in ("delete", "pin"):
            await socket.send_json({"do": what, "id": "7", **where})
            assert await asked(served.side) == (what, "1", GROUP, "7")
        await socket.send_json({"do": "share", "what": "place", "text": "", "thread": "5", **where})
        _, *_, shown, text, _, thread = await asked(served.side)
        assert ("Kölner Dom" in shown, text, thread) == (True, "", "5")


async def test_files_of_people_are_sent_with_their_name_and_type(served: Served, http: aiohttp.ClientSession) -> None:
    url, own = f"{served.url}/uploads/telegram", {"Origin": served.url}
    query = {"person": "1", "chat": GROUP, "name": "plan.png", "text": "**the** plan", "reply_to": "7"}
    typed_as = {"Content-Type": "image/png"}
    async with http.post(url, params=query, data=b"bytes", headers=own | typed_as) as answer:
        assert answer.status == 204
    _, *_, shown, text, reply_to, _ = await asked(served.side)
    assert "kind='photo', name='plan.png', data=b'bytes', mime='image/png'" in shown
    assert (text, reply_to) == ("**the** plan", "7")
    for params, headers, status in (
        (query, {}, 403),
        (query, {"Origin": "https://evil.example"}, 403),
        (query | {"person": "stranger"}, own, 400),
        ({}, own, 400),
    ):
        async with http.post(url, params=params, data=b"x", headers=headers) as answer:
            assert answer.status == status


async def test_films_are_fetched_in_parts(served: Served, http: aiohttp.ClientSession) -> None:
    url = f"{served.url}/files/telegram/film"
    for wanted, part, data in (
        ("bytes=0-3", "bytes 0-3/13", b"byte"),
        ("bytes=9-", "bytes 9-12/13", b"film"),
        ("bytes=-2", "bytes 11-12/13", b"lm"),
    ):
        async with http.get(url, headers={"Range": wanted}) as answer:
            assert (answer.status, answer.headers["Content-Range"]) == (206, part)
            assert await answer.read() == data
    for wanted in ("bytes=99-", "nonsense"):
        async with http.get(url, headers={"Range": wanted}) as answer:
            assert (answer.status, await answer.read()) == (200, b"bytes of film")


async def test_a_press_that_waits_holds_nobody_up(served: Served, http: aiohttp.ClientSession) -> None:
    where = {"side": "telegram", "chat": GROUP, "person": "1"}
    async with http.ws_connect(served.events, origin=served.url) as socket:
        await heard(socket)
        await socket.send_json({"do": "press", "id": "7", "data": "yes", **where})
        await socket.send_json({"do": "say", "text": "meanwhile", **where})
        assert await asked(served.side) == ("say", "1", GROUP, "meanwhile", "")
        served.side.answer.set()
        assert await heard(socket) == {
            "type": "answer",
            "side": "telegram",
            "person": "1",
            "text": f"1 pressed yes of {GROUP}/7",
        }


async def test_the_menu_comes_for_one_person_in_one_chat(served: Served, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(served.events, origin=served.url) as socket:
        await heard(socket)
        for chat in (GROUP, "1"):
            place = {"side": "telegram", "chat": chat, "person": "1"}
            await socket.send_json({"do": "menu", **place})
            assert await heard(socket) == {"type": "menu", **place, "commands": [["help", f"1 in {chat}"]]}


async def test_viewers_can_tell_one_run_from_another(served: Served, http: aiohttp.ClientSession) -> None:
    async def run_of(url: str) -> str:
        async with http.ws_connect(url + "/events", origin=url) as socket:
            return str((await heard(socket))["run"])

    async with Page("", (), IdleBot(), {}).serve(0) as another:
        assert await run_of(served.url) == await run_of(served.url) != await run_of(another)


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "edit", "side": "telegram", "chat": GROUP, "person": "1", "id": "7", "text": "x"},
        {"do": "say", "side": "telegram", "chat": GROUP, "person": "stranger", "text": "x"},
        {"do": "say", "side": "telegram", "chat": "2", "person": "1", "text": "x"},
        {"do": "menu", "side": "telegram", "chat": "2", "person": "1"},
        {"do": "say", "side": "pigeon", "chat": GROUP, "person": "1", "text": "x"},
        {"do": "vote", "side": "telegram", "chat": GROUP, "person": "1", "id": "7"},
        {"do": "fly", "side": "telegram", "chat": GROUP, "person": "1"},
        {"do": "say"},
        {"do": "move", "seconds": 0},
        {"do": "move", "seconds": -3600},
        {"do": "move", "seconds": 1e300},
        {"do": "move", "seconds": [1]},
        {"do": "move", "to": "2026-02-22T09:59"},
        {"do": "move", "to": "2031-02-22T09:59"},
        {"do": "move", "to": "tomorrow"},
        {"do": "move"},
        {},
        [],
        7,
    ],
)
async def test_what_cannot_be_done_is_told_and_the_connection_lives_on(
    served: Served, http: aiohttp.ClientSession, wish: object
) -> None:
    async with http.ws_connect(served.events, origin=served.url) as socket:
        await heard(socket)
        await socket.send_str(json.dumps(wish))
        assert (await heard(socket))["type"] == "failed"
        await socket.send_str("{")
        assert (await heard(socket))["type"] == "failed"


async def test_the_bot_can_be_crashed(served: Served, http: aiohttp.ClientSession) -> None:
    where = {"side": "telegram", "chat": GROUP, "person": "1"}
    async with http.ws_connect(served.events, origin=served.url) as socket:
        await socket.send_json({"do": "crash"})
        await socket.send_json({"do": "delete", "id": "7", **where})
        await asked(served.side)
        assert not served.bot.running


async def test_the_clock_goes_forward_for_everybody(served: Served, http: aiohttp.ClientSession) -> None:
    """By a number of seconds, or to a local time in the first city."""

    def at(hour: int) -> float:
        return datetime(2026, 2, 22, hour, tzinfo=UTC).timestamp() * 1000

    async with http.ws_connect(served.events, origin=served.url) as socket:
        state = await heard(socket)
        assert (state["now"], state["zones"]) == (at(9), ZONES)
        for wish, hour in (({"seconds": 3600}, 10), ({"to": "2026-02-22T12:00"}, 11)):
            async with http.ws_connect(served.events, origin=served.url) as another:
                await another.send_json({"do": "move", **wish})
                assert await heard(socket) == {"type": "clock", "now": at(hour)}


@pytest.mark.parametrize(
    ("id", "type", "disposition"),
    [
        ("a/b", "application/octet-stream", "attachment; filename*=UTF-8''Tagesordnung%20%E2%80%93%20K%C3%B6ln.ics"),
        ("evil", "application/octet-stream", "attachment; filename*=UTF-8''page.html"),
        ("drawing", "application/octet-stream", "attachment; filename*=UTF-8''rathaus.svg"),
        ("picture", "image/png", "inline; filename*=UTF-8''rathaus.png"),
        ("film", "video/mp4", "inline; filename*=UTF-8''ufer.mp4"),
    ],
)
async def test_files_are_saved_and_pictures_shown(
    served: Served, http: aiohttp.ClientSession, id: str, type: str, disposition: str
) -> None:
    async with http.get(f"{served.url}/files/telegram/{id}") as answer:
        assert (answer.status, answer.content_type) == (200, type)
        assert answer.headers["Content-Disposition"] == disposition
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == f"bytes of {id}".encode()


async def test_a_document_is_read_where_it_can_do_nothing(served: Served, http: aiohttp.ClientSession) -> None:
    """Its own tab is no part of the page: without scripts, forms and the origin of the page."""
    async with http.get(f"{served.url}/documents/telegram/evil") as answer:
        assert (answer.status, answer.content_type, answer.charset) == (200, "text/html", "utf-8")
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert policy == ["sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get(f"{served.url}/documents/telegram/a/b") as answer:
        assert answer.status == 404, "only documents that a browser reads"


@pytest.mark.parametrize("path", ["telegram/none", "pigeon/picture", "telegram"])
async def test_what_is_no_file_of_a_message_is_not_served(
    served: Served, http: aiohttp.ClientSession, path: str
) -> None:
    for folder in ("files", "documents"):
        async with http.get(f"{served.url}/{folder}/{path}") as answer:
            assert answer.status == 404


async def test_a_taken_port_is_an_error(served: Served) -> None:
    port = int(served.url.rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        async with Page("", (), IdleBot(), {}).serve(port):
            pytest.fail("served twice")
