"""The fetcher on a real network."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from bot.fetching import http
from bot.fetching.base import Fetched, Fetcher, FetchError, FetchProblem
from tests.fake_web import FakeFetcher
from tests.fetching.servers import LOOPBACKS, fetching, raw, serving


async def problem_of(fetcher: Fetcher, url: str, limit: int = 1000) -> FetchProblem:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url, limit=limit)
    return caught.value.problem


async def test_what_a_server_sees() -> None:
    seen: list[web.Request] = []

    async def page(request: web.Request) -> web.Response:
        seen.append(request)
        answer = web.Response(text="x", headers={"ETag": '"1"', "Cache-Control": "public, max-age=60"})
        answer.set_cookie("who", "you")
        return answer

    async with serving({"/": page}) as url, fetching() as fetcher:
        first = await fetcher.fetch(f"{url}/?q=%C3%A4#part")
        await fetcher.fetch(url, etag='"1"', modified="Wed, 22 Feb 2023 10:00:00 GMT", accept="text/plain")
    assert (first.body, first.etag, first.max_age) == (b"x", '"1"', 60)
    assert first.url.endswith("/?q=%C3%A4")
    assert "Intercity" in seen[0].headers["User-Agent"]
    assert seen[1].headers["If-None-Match"] == '"1"'
    assert seen[1].headers["If-Modified-Since"] == "Wed, 22 Feb 2023 10:00:00 GMT"
    assert seen[1].headers["Accept"] == "text/plain"
    assert not seen[1].cookies


@pytest.fixture(params=["real", "fake"])
def real(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "real")


async def test_the_fake_and_the_real_one_behave_alike(real: bool) -> None:
    """The contract of `Fetcher`, as far as stories rely on it."""

    async def feed(request: web.Request) -> web.Response:
        known = request.headers.get("If-None-Match") == '"1"'
        headers = {"ETag": '"1"', "Content-Type": "text/xml"}
        return web.Response(status=304 if known else 200, body=None if known else b"<rss/>", headers=headers)

    async with serving({"/feed": feed}) as url, fetching() as fetcher:
        fake = FakeFetcher()
        fake.serve(f"{url}/feed", "<rss/>", "text/xml", etag='"1"')
        tried: Fetcher = fetcher if real else fake
        first = await tried.fetch(f"{url}/feed")
        again = await tried.fetch(f"{url}/feed", etag=first.etag)
        told = [(each.status, each.body, each.etag, each.not_modified, each.url) for each in (first, again)]
        assert told == [(200, b"<rss/>", '"1"', False, f"{url}/feed"), (304, b"", '"1"', True, f"{url}/feed")]
        assert first.content_type == "text/xml"
        with pytest.raises(FetchError) as caught:
            await tried.fetch(f"{url}/other")
        assert (caught.value.problem, caught.value.status) == (FetchProblem.REFUSED, 404)
        assert await problem_of(tried, f"{url}/feed", limit=3) is FetchProblem.TOO_LARGE


@pytest.mark.parametrize(
    ("status", "headers", "problem", "after"),
    [
        (410, {}, FetchProblem.GONE, None),
        (429, {"Retry-After": "120"}, FetchProblem.BUSY, 120),
        (503, {"Retry-After": "99999999"}, FetchProblem.BUSY, 7 * 86400),
        (
            503,
            {"Retry-After": "Wed, 22 Feb 2023 10:02:00 GMT", "Date": "Wed, 22 Feb 2023 10:00:00 GMT"},
            FetchProblem.BUSY,
            120,
        ),
        (503, {"Retry-After": "soon"}, FetchProblem.BUSY, None),
        (404, {}, FetchProblem.REFUSED, None),
        (500, {}, FetchProblem.REFUSED, None),
        (204, {}, FetchProblem.REFUSED, None),
        (302, {}, FetchProblem.REFUSED, None),
    ],
)
async def test_answers_that_are_none(
    status: int, headers: dict[str, str], problem: FetchProblem, after: float | None
) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    async with serving({"/": page}) as url, fetching() as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(url)
    assert (caught.value.problem, caught.value.status, caught.value.after) == (problem, status, after)


async def test_a_move_for_good_is_told_from_one_for_now() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="x")

    def to(where: str, status: int) -> object:
        async def moved(_request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": where})

        return moved

    handlers = {"/": page, "/good": to("/", 301), "/now": to("/", 302), "/both": to("now", 308)}
    async with serving(handlers) as url, fetching() as fetcher:  # type: ignore[arg-type]
        found = [await fetcher.fetch(f"{url}{path}") for path in ("/good", "/now", "/both", "/")]
    assert [each.url for each in found] == [f"{url}/"] * 4
    assert [each.moved for each in found] == [f"{url}/", "", "", ""]


async def test_one_request_at_a_time_for_a_host_and_few_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PARALLEL", 2)
    running, most, gate = Counter[str](), Counter[str](), asyncio.Event()

    async def page(request: web.Request) -> web.Response:
        host = request.url.host or ""
        running[host] += 1
        most[host] = max(most[host], running[host])
        most["all"] = max(most["all"], running.total())
        if running.total() == 2:
            gate.set()
        await gate.wait()
        running[host] -= 1
        return web.Response(text="x")

    async with AsyncExitStack() as stack, fetching(LOOPBACKS) as fetcher, asyncio.timeout(10):
        hosts = [f"127.0.0.{number}" for number in (1, 2, 3)]
        urls = [await stack.enter_async_context(serving({"/": page}, host)) for host in hosts]
        found = await asyncio.gather(*(fetcher.fetch(url) for url in urls * 3))
    assert len(found) == 9
    assert most == {"all": 2, **dict.fromkeys(hosts, 1)}


async def test_what_is_not_http_is_broken() -> None:
    async def noise(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp ready\r\n")
        await writer.drain()

    async def no_gzip(_request: web.Request) -> web.Response:
        return web.Response(body=b"plain", headers={"Content-Encoding": "gzip"})

    async with raw(noise) as smtp, serving({"/": no_gzip}) as wrong, fetching() as fetcher:
        assert await problem_of(fetcher, smtp) is FetchProblem.BROKEN
        assert await problem_of(fetcher, wrong) is FetchProblem.BROKEN


async def test_a_connection_that_breaks_or_is_refused() -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()

    async with raw(cut) as url, fetching() as fetcher:
        assert await problem_of(fetcher, url) in {FetchProblem.BROKEN, FetchProblem.UNREACHABLE}
    async with fetching() as fetcher:
        assert await problem_of(fetcher, url) is FetchProblem.UNREACHABLE
        assert await problem_of(fetcher, "http://nowhere.invalid/") is FetchProblem.UNKNOWN_HOST


async def test_headers_without_end_are_not_read() -> None:
    async def endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X: " + b"x" * 5000 + b"\r\n")
            await writer.drain()

    async with raw(endless) as url, fetching() as fetcher:
        assert await problem_of(fetcher, url) is FetchProblem.BROKEN


async def test_compressed_answers_are_read() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"x" * 900), headers={"Content-Encoding": "gzip"})

    async with serving({"/": page}) as url, fetching() as fetcher:
        found = await fetcher.fetch(url, limit=1000)
    assert isinstance(found, Fetched)
    assert found.body == b"x" * 900


def test_every_problem_has_a_text() -> None:
    assert all(FetchError(each).text.message for each in FetchProblem)
    assert "404" in str(FetchError(FetchProblem.REFUSED, status=404).text.params)
