"""Fetching from addresses that people give, from servers that nobody can vouch for (cases 28 and 46 to 59).

Whatever the guards are, only the loopback interface is ever connected to.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from bot.fetching import guard, http, process
from bot.fetching.base import Fetcher, FetchError, FetchProblem
from bot.fetching.documents import FeedItem, ParsedFeed
from bot.fetching.parsing import parse_document
from bot.fetching.process import ParserProcess
from bot.fetching.reader import FeedReader
from bot.model import plain, rich
from bot.text.html import render
from tests.fake_web import LocalParser
from tests.fetching.servers import LOOPBACK, Trap, fetching, raw, serving, trap

PAGE = b"HTTP/1.1 200 OK\r\n"
FEED = "https://koeln.de/feed"


async def problem(fetcher: Fetcher, url: str, patience: float = 30) -> FetchProblem | None:
    """Return why nothing was fetched, None if something was, or if it is not known after `patience` seconds."""
    try:
        async with asyncio.timeout(patience):
            await fetcher.fetch(url, limit=1_000_000)
    except FetchError as error:
        return error.problem
    except TimeoutError:
        return None
    return None


def item_of(inner: str) -> FeedItem:
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><item>{inner}</item></channel></rss>'
    found = parse_document(body.encode(), "text/xml", FEED)
    assert isinstance(found, ParsedFeed)
    return found.items[0]


@asynccontextmanager
async def trapped(monkeypatch: pytest.MonkeyPatch, host: str = "127.0.0.1") -> AsyncIterator[Trap]:
    """Set a trap on a port that is not refused by itself; it is refused to whoever reaches it."""
    async with trap(host) as found:
        monkeypatch.setattr(guard, "PORTS", {found.port})
        yield found
        assert found.connections == 0


@pytest.mark.parametrize(
    "text", ["<b>Neu</b>", "**Neu** [hier](https://evil.example)", "<script>x</script>", "&lt;i&gt;"]
)
async def test_case_28_markup_in_a_title_is_literal(text: str) -> None:
    title = item_of(f"<title><![CDATA[{text}]]></title>").title
    assert title == text.replace("&lt;", "<").replace("&gt;", ">")
    assert "<b>" not in render(rich(title))


@pytest.mark.parametrize(
    "form",
    ["http://user@{}/", "http://a:b@{}/", "http://:@{}/", "file://{}/etc/passwd", "gopher://{}/", "ftp://{}/", "{}"],
)
async def test_case_46_only_plain_web_addresses_are_fetched(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    async with trapped(monkeypatch) as server, fetching(LOOPBACK) as fetcher:
        assert await problem(fetcher, form.format(f"127.0.0.1:{server.port}")) is FetchProblem.BAD_ADDRESS


async def test_case_46_odd_ports_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "is_public", lambda _address: True)
    async with trap() as server, fetching(()) as fetcher:
        assert await problem(fetcher, f"http://127.0.0.1:{server.port}/") is FetchProblem.NOT_PUBLIC
    assert server.connections == 0


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "0.0.0.0", "0"),  # noqa: S104 - nothing is bound
        *("localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "１２７.0.0.1", "127。0。0。1"),
    ],
)
async def test_case_47_no_notation_leads_to_an_address_that_is_not_public(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    async with trapped(monkeypatch) as server, fetching(()) as fetcher:
        found = await problem(fetcher, f"http://{host}:{server.port}/")
    refused = {FetchProblem.NOT_PUBLIC, FetchProblem.BAD_ADDRESS, FetchProblem.UNKNOWN_HOST, FetchProblem.UNREACHABLE}
    assert found in refused


@pytest.mark.parametrize("target", ["http://127.0.0.2:{}/", "//127.0.0.2:{}/", "http://0x7f.2:{}/"])
async def test_case_48_each_redirect_is_checked(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    async with trapped(monkeypatch, "127.0.0.2") as server:

        async def away(_request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": target.format(server.port)})

        async with serving({"/": away}) as url, fetching(LOOPBACK) as fetcher:
            assert await problem(fetcher, url) is FetchProblem.NOT_PUBLIC


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://user@127.0.0.1/", "javascript:x", "http://[::1"])
async def test_case_48_a_redirect_leads_to_plain_web_addresses_only(target: str) -> None:
    async def away(_request: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": target})

    async with serving({"/": away}) as url, fetching(LOOPBACK) as fetcher:
        assert await problem(fetcher, url) is FetchProblem.BAD_ADDRESS


async def test_case_48_https_never_leads_to_http() -> None:
    here, found = URL("https://example.org/a"), None
    assert http.next_hop(here, "//example.org/b") == URL("https://example.org/b")
    try:
        http.next_hop(here, "http://example.org/b")
    except FetchError as error:
        found = error.problem
    assert found is FetchProblem.INSECURE


async def test_case_48_redirects_end() -> None:
    async def round_and_round(request: web.Request) -> web.Response:
        number = int(request.query.get("n", "0"))
        return web.Response(status=302, headers={"Location": f"/?n={number + 1}"}) if number < 9 else web.Response()

    async with serving({"/": round_and_round}) as url, fetching(LOOPBACK) as fetcher:
        assert await problem(fetcher, url) is FetchProblem.TOO_MANY_REDIRECTS


async def test_case_49_the_address_connected_to_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name resolves to an allowed address first, then to another, and so on."""
    resolve, answers = socket.getaddrinfo, ["127.0.0.1", "127.0.0.2"] * 5

    def rebinding(host: str, *args: Any, **kwargs: Any) -> Any:
        return resolve(answers.pop(0) if host == "news.example" else host, *args, **kwargs)

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="x")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    async with (
        trapped(monkeypatch, "127.0.0.2") as server,
        serving({"/": page}, port=server.port),
        fetching(LOOPBACK) as fetcher,
    ):
        found = [await problem(fetcher, f"http://news.example:{server.port}/") for _time in range(4)]
    assert found == [None, FetchProblem.NOT_PUBLIC] * 2


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY x SYSTEM "file://{file}">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:{port}/">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/"> %p; <!ENTITY x "y">',
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;">',
        '<!ENTITY x "y">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
async def test_case_50_a_feed_that_declares_entities_is_rejected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entity: str, encoding: str
) -> None:
    file = tmp_path / "secret"
    file.write_text("secret")
    async with trapped(monkeypatch) as server:
        declared = entity.format(file=file, port=server.port)
        feed = "<rss version='2.0'><channel><item><title>&x;</title></item></channel></rss>"
        body = f'<?xml version="1.0"?><!-- x --><!DOCTYPE rss [{declared}]>{feed}'
        try:
            found = await LocalParser().parse(body.encode(encoding), "text/xml", FEED)
        except FetchError:
            found = None
        assert found is None


async def test_case_51_what_is_unpacked_ends_at_the_limit() -> None:
    bomb = gzip.compress(bytes(100_000_000), 1)

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with serving({"/": page}) as url, fetching(LOOPBACK) as fetcher:
        tracemalloc.start()
        try:
            found = await problem(fetcher, url)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert found is FetchProblem.TOO_LARGE
    assert peak < 10_000_000


async def test_case_52_texts_are_cut() -> None:
    long = "Wort " * 200_000
    item = item_of(f"<title>{long}</title><guid>{long}</guid><description>{long}</description>")
    assert max(len(item.title), len(item.id), len(plain(item.summary))) <= 502


@pytest.mark.parametrize("count", [100_000])
async def test_case_52_a_hundred_thousand_items_are_a_few(count: int) -> None:
    items = "".join(f"<item><title>{number}</title></item>" for number in range(count))
    found = parse_document(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), "text/xml", FEED)
    assert isinstance(found, ParsedFeed)
    assert len(found.items) == 200


async def test_case_52_a_byte_now_and_then_is_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DEADLINE", 0.3)

    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(PAGE + b"Content-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw(trickle) as url, fetching(LOOPBACK) as fetcher:
        assert await problem(fetcher, url, patience=5) is FetchProblem.TOO_SLOW


async def test_case_52_a_document_that_takes_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "DEADLINE", 0.5)
    parser = ParserProcess()
    try:
        given_up = await _given_up(parser, b"<" * 3_000_000)
        monkeypatch.setattr(process, "DEADLINE", 30)
        assert (given_up, await _given_up(parser, b'<rss version="2.0"><channel/></rss>')) == (True, False)
    finally:
        await parser.close()


async def _given_up(parser: ParserProcess, body: bytes) -> bool:
    try:
        await parser.parse(body, "text/xml", FEED)
    except FetchError:
        return True
    return False


@pytest.mark.parametrize(
    "date",
    [
        *("Sat, 00 Jan 0000 00:00:00 GMT", "0000-00-00T00:00:00Z", "Fri, 31 Dec 9999 23:59:59 -1200"),
        *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 5000),
    ],
)
async def test_case_55_impossible_dates_are_none(date: str) -> None:
    item = item_of(f"<title>t</title><pubDate>{date}</pubDate>")
    assert (item.title, item.published, item.updated) == ("t", None, None)


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>alert(1)</script></svg>"
HTML = b"<!DOCTYPE html><img src=x onerror=alert(1)>"


@asynccontextmanager
async def picture_of(body: bytes) -> AsyncIterator[object]:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="image/png")

    async with serving({"/a.png": page}) as url, fetching(LOOPBACK) as fetcher:
        yield await FeedReader(fetcher, LocalParser()).picture(f"{url}/a.png")


@pytest.mark.parametrize(
    "body", [SVG, HTML, b"\xef\xbb\xbf\n" + SVG, b"GIF89a<script>"[:9], b"", b"\x89PNG\r\n\x1a\n<svg>"]
)
async def test_case_57_a_picture_of_a_feed_is_one_by_its_bytes(body: bytes) -> None:
    async with picture_of(body) as picture:
        assert picture is None


async def test_case_58_a_picture_is_measured_before_anybody_unpacks_it() -> None:
    header = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 50_000, 50_000) + b"\x08\x02\0\0\0"
    async with picture_of(header) as picture:
        assert picture is None


@pytest.mark.parametrize("claimed", [b"Transfer-Encoding: chunked", b"X-Length: none"])
async def test_case_59_a_body_ends_at_the_limit_whatever_was_said_of_its_size(claimed: bytes) -> None:
    chunk = b"x" * 100_000

    async def much(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(PAGE + claimed + b"\r\n\r\n")
        for _time in range(20):
            writer.write(b"186a0\r\n" + chunk + b"\r\n" if b"chunked" in claimed else chunk)
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    async with raw(much) as url, fetching(LOOPBACK) as fetcher:
        assert await problem(fetcher, url) is FetchProblem.TOO_LARGE
