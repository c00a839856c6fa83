"""A server of many feeds that answers well, slowly, wrongly, hugely or not at all."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain

from bot.fetching.base import FetchProblem
from tests.fetching.servers import Trap, trap

HOSTS = "127.1.0.0/16"
TRAP = "127.0.0.2"
"""Not among the hosts that may be reached."""
_CHUNK = b"x" * 65_536
_BOMB = gzip.compress(bytes(200_000_000), 1)


def feed(number: int, first: int = 0, items: int = 100, words: int = 60) -> bytes:
    """Return a feed; its items are numbered downwards, to `first`."""
    entries = "".join(
        f"<item><title>Feed {number}: news {item} &amp; more</title><link>https://city{number}.example/{item}</link>"
        f"<guid>f{number}i{item}</guid><pubDate>Wed, 22 Feb 2023 11:00:00 +0100</pubDate><description>&lt;p&gt;Item "
        f"&lt;b&gt;{item}&lt;/b&gt; {'council market bridge ' * (words // 3)}&lt;/p&gt;</description></item>"
        for item in range(first + items - 1, first - 1, -1)
    )
    head = f"<title>City {number}</title><link>https://city{number}.example/</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{entries}</channel></rss>'.encode()


@dataclass
class Exchange:
    """One request: what is asked for, and where to write."""

    number: int
    first: int
    writer: asyncio.StreamWriter
    trap: int
    over: asyncio.Event
    """Set when the server ends."""

    async def answer(self, body: bytes, *headers: str, status: int = 200) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
        await self.write("\r\n".join(lines).encode() + body)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


async def good(at: Exchange) -> None:
    await at.answer(feed(at.number, at.first), "Content-Type: application/rss+xml")


async def slow(at: Exchange) -> None:
    await asyncio.sleep(0.5 + at.number % 5)
    await good(at)


async def packed(at: Exchange) -> None:
    await at.answer(gzip.compress(feed(at.number, at.first)), "Content-Encoding: gzip")


async def silent(at: Exchange) -> None:
    await at.over.wait()


async def trickle(at: Exchange) -> None:
    await at.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    while not at.over.is_set():
        await at.write(b" ")
        with suppress(TimeoutError):
            await asyncio.wait_for(at.over.wait(), 0.2)


async def endless(at: Exchange) -> None:
    await at.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not at.over.is_set():
        await at.write(_CHUNK)


async def bomb(at: Exchange) -> None:
    await at.answer(_BOMB, "Content-Encoding: gzip")


async def large(at: Exchange) -> None:
    """Answer with a feed of thousands of items, just below the limit of 5 MB."""
    await at.answer(feed(at.number, at.first, items=7000))


async def brackets(at: Exchange) -> None:
    """Answer with what takes a parser longest."""
    await at.answer(b"<" * 4_900_000, "Content-Type: text/xml")


async def page(at: Exchange) -> None:
    await at.answer(b"<!DOCTYPE html><html><body>" + b"<p>Welcome</p>" * 10_000, "Content-Type: text/html")


async def entities(at: Exchange) -> None:
    declared = f'<!ENTITY x SYSTEM "http://{TRAP}:{at.trap}/">'
    await at.answer(f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]><rss><channel>&x;</channel></rss>'.encode())


async def away(at: Exchange) -> None:
    await at.answer(b"", f"Location: http://{TRAP}:{at.trap}/", status=302)


async def round_about(at: Exchange) -> None:
    await at.answer(b"", f"Location: /round_about/{at.number}", status=302)


async def busy(at: Exchange) -> None:
    await at.answer(b"", "Retry-After: 600", status=503)


async def gone(at: Exchange) -> None:
    await at.answer(b"", status=410)


async def missing(at: Exchange) -> None:
    await at.answer(b"not here", status=404)


async def cut(at: Exchange) -> None:
    await at.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + feed(at.number)[:5000])


async def noise(at: Exchange) -> None:
    await at.write(b"SSH-2.0-OpenSSH_9.2\r\n")


BEHAVIOURS: Mapping[Callable[[Exchange], Awaitable[None]], tuple[int, FetchProblem | int]] = {
    good: (40, 100),
    packed: (5, 100),
    slow: (10, 100),
    large: (3, 200),
    silent: (4, FetchProblem.TOO_SLOW),
    trickle: (3, FetchProblem.TOO_SLOW),
    endless: (3, FetchProblem.TOO_LARGE),
    bomb: (3, FetchProblem.TOO_LARGE),
    brackets: (1, FetchProblem.NOT_A_FEED),
    page: (4, FetchProblem.NOT_A_FEED),
    entities: (3, FetchProblem.NOT_A_FEED),
    away: (5, FetchProblem.NOT_PUBLIC),
    round_about: (2, FetchProblem.TOO_MANY_REDIRECTS),
    busy: (4, FetchProblem.BUSY),
    gone: (2, FetchProblem.GONE),
    missing: (4, FetchProblem.REFUSED),
    cut: (2, FetchProblem.BROKEN),
    noise: (2, FetchProblem.BROKEN),
}
"""How a server behaves: how many of a hundred do so, and the number of items or the problem that this is."""


@dataclass
class FeedServer:
    """Feeds at `/BEHAVIOUR/NUMBER` on many hosts."""

    port: int = 0
    first: int = 0
    """The number of the oldest item of each feed; to publish is to increase it."""
    trap: Trap = field(default_factory=Trap)
    asked: Counter[str] = field(default_factory=Counter)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    talks: set[asyncio.Task[None] | None] = field(default_factory=set)

    def urls(self, hosts: int, each: int = 1) -> list[str]:
        """Return the addresses of feeds, `each` on every host, of all behaviours in proportion."""
        hundred = list(chain.from_iterable([name.__name__] * share for name, (share, _result) in BEHAVIOURS.items()))
        return [self.url(hundred[host * 37 % 100], host, number) for host in range(hosts) for number in range(each)]

    def url(self, name: str, host: int, number: int = 0) -> str:
        return f"http://{_host(host)}:{self.port}/{name}/{10 * host + number}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.add(asyncio.current_task())
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            _empty, name, number = request.split()[1].decode().split("/")
            self.asked[name] += 1
            behave = next(each for each in BEHAVIOURS if each.__name__ == name)
            await behave(Exchange(int(number), self.first, writer, self.trap.port, self.over))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has enough
        finally:
            self.talks.discard(asyncio.current_task())
            writer.close()


def result_of(url: str) -> FetchProblem | int:
    """Return what is to come of a feed: the number of its items, or a problem."""
    name = url.split("/")[3]
    return next(result for each, (_share, result) in BEHAVIOURS.items() if each.__name__ == name)


@asynccontextmanager
async def feed_server(hosts: int) -> AsyncIterator[FeedServer]:
    """Serve feeds on so many hosts of the loopback interface, and a trap beside them."""
    async with trap(TRAP) as trapped:
        found = FeedServer(port=_free_port(), trap=trapped)
        server = await asyncio.start_server(found.serve, [*map(_host, range(hosts))], found.port)
        async with server:
            yield found
            found.over.set()
            if talks := [each for each in found.talks if each]:
                await asyncio.wait(talks)


def _host(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _free_port() -> int:
    with socket.create_server(("127.1.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
