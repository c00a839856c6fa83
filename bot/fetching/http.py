"""Guarded HTTP: bounded in time, size, redirects and number, whatever the server does (trust: cases 46 to 52)."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from weakref import WeakValueDictionary

import aiohttp
from aiohttp import ClientTimeout
from yarl import URL

from bot.fetching import caching
from bot.fetching.base import LARGEST, Fetched, FetchError, FetchProblem
from bot.fetching.guard import Guard, Network, checked
from bot.fetching.resolver import NameResolver

DEADLINE = 20.0
"""Seconds for a fetch with all its redirects, not counting the time that it waits for its turn."""
_CONNECT = 10.0
REDIRECTS = 5
PARALLEL = 16
"""Requests at the same time; there is only one at a time for each host."""
_CHUNK = 65_536
_MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_AGENT = "Intercity feed reader (dialogue bot of paired cities)"


class HttpFetcher:
    """A `Fetcher` for the network. It keeps no cookies and no connections, and uses no proxy."""

    def __init__(self, allow: Collection[Network] = ()) -> None:
        """Fetch from public addresses, and from those in `allow`."""
        self._guard = Guard(allow)
        self._resolver = NameResolver()
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(PARALLEL)
        self._hosts = WeakValueDictionary[str, asyncio.Lock]()

    async def fetch(
        self, url: str, *, etag: str = "", modified: str = "", limit: int = LARGEST, accept: str = "*/*"
    ) -> Fetched:
        """Fetch an address, see `Fetcher`."""
        headers = {"Accept": accept, "Accept-Encoding": "gzip, deflate", "User-Agent": _AGENT}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": modified} if modified else {}
        here, left, for_good = checked(url), DEADLINE, True
        for _hop in range(REDIRECTS + 1):
            async with self._turn(here):
                began = monotonic()
                found = await self._get(here, headers, limit, left)
                left -= monotonic() - began
            if isinstance(found, Fetched):
                moved = found.url if for_good and _hop else ""
                return caching.completed(found, moved)
            status, there = found
            here, for_good = next_hop(here, there), for_good and status in _FOR_GOOD
        raise FetchError(FetchProblem.TOO_MANY_REDIRECTS)

    async def close(self) -> None:
        """End all connections."""
        if self._session:
            await self._session.close()
        await self._resolver.close()

    @asynccontextmanager
    async def _turn(self, url: URL) -> AsyncGenerator[None, None]:
        lock = self._hosts.setdefault(url.host or "", asyncio.Lock())
        async with lock, self._slots:
            yield

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                socket_factory=self._guard.socket,
                resolver=self._resolver,
                use_dns_cache=False,
                force_close=True,
                limit=PARALLEL,
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session

    async def _get(self, url: URL, headers: Mapping[str, str], limit: int, seconds: float) -> Fetched | tuple[int, str]:
        """Return the answer to one request, or the status and target of a redirect."""
        limits = ClientTimeout(total=max(seconds, 0.001), sock_connect=_CONNECT)
        try:
            async with self._opened().get(url, headers=headers, timeout=limits, allow_redirects=False) as answer:
                if answer.status in _MOVED and "Location" in answer.headers:
                    return answer.status, answer.headers["Location"]
                if answer.status not in {200, 304}:
                    raise _refused(answer)
                body = await _body(answer, limit) if answer.status == 200 else b""
                return Fetched(url=str(url), status=answer.status, headers=answer.headers.copy(), body=body)
        except TimeoutError as error:
            raise FetchError(FetchProblem.TOO_SLOW) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchError(_problem(error), str(error)) from error


async def _body(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read the body, decompressed piece by piece, up to `limit` bytes."""
    if (answer.content_length or 0) > limit:
        raise FetchError(FetchProblem.TOO_LARGE)
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise FetchError(FetchProblem.TOO_LARGE)
    return bytes(body)


def next_hop(here: URL, location: str) -> URL:
    """Return where a redirect leads. Raises FetchError."""
    try:
        there = checked(str(here.join(URL(location))))
    except ValueError as error:
        raise FetchError(FetchProblem.BAD_ADDRESS, "of a redirect") from error
    if here.scheme == "https" and there.scheme == "http":
        raise FetchError(FetchProblem.INSECURE, "https leads to http")
    return there


def _refused(answer: aiohttp.ClientResponse) -> FetchError:
    problems = {410: FetchProblem.GONE, 429: FetchProblem.BUSY, 503: FetchProblem.BUSY}
    after = caching.retry_after(answer.headers)
    return FetchError(problems.get(answer.status, FetchProblem.REFUSED), status=answer.status, after=after)


def _problem(error: Exception) -> FetchProblem:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return FetchProblem.UNKNOWN_HOST
        case aiohttp.ClientSSLError():
            return FetchProblem.INSECURE
        case aiohttp.ClientConnectorError() if error.os_error.errno == errno.EACCES:
            return FetchProblem.NOT_PUBLIC
        case aiohttp.InvalidURL():
            return FetchProblem.BAD_ADDRESS
        case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError() | ValueError():
            return FetchProblem.BROKEN
        case _:
            return FetchProblem.UNREACHABLE
