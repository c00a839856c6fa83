"""HTTP for python-telegram-bot through aiohttp: cheaper than its default client, and exact about what was not sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from io import BytesIO
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.messengers.base import CHUNK
from bot.messengers.telegram.failures import NotSent

CONNECTING = 5.0
"""Timeout in seconds for opening a connection; for a free place in the pool it is three times as long."""
WRITING, UPLOADING = 15.0, 300.0
"""Timeouts in seconds for sending a request, without and with files."""
PROCESSING = 4
"""How many times as long the response to an upload may take as any other."""
_DOWNLOADING = aiohttp.ClientTimeout(total=300.0, sock_connect=CONNECTING, sock_read=15.0)

_NOTHING_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Errors that occur before the first byte of the request is sent."""


class Request(BaseRequest):
    """A connection pool for one Bot API server.

    Does not follow redirects. Uses the proxy that the environment names (HTTPS_PROXY, NO_PROXY).
    """

    def __init__(self, api_url: str, connections: int, read_timeout: float) -> None:
        """Create a pool for `api_url`. `read_timeout`: default timeout in seconds for a response."""
        self._proxy = _proxy(URL(api_url))
        self._connections = connections
        self._read_timeout = read_timeout
        self.date = ""
        """The server's time at its last response (HTTP Date), empty if it sent none."""
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Default timeout in seconds for a response."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        *_positional: object,
        **_named: object,
    ) -> tuple[int, bytes]:
        """Send a request and return the status and body of the response.

        Raises `NotSent` if the server cannot have seen the request, and `NetworkError` if it may have acted on it.
        """
        if self._session is None:
            raise NotSent("the connections are closed")
        await _process_closed_connections()
        wait = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=_limits(request_data, wait), allow_redirects=False
            ) as answer:
                self.date = answer.headers.get("Date", "")
                return answer.status, await answer.read()
        except _NOTHING_SENT as error:
            raise NotSent(_reason(error)) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NetworkError(_reason(error)) from None

    async def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file in chunks. Raises NetworkError, also if they end early."""
        if self._session is None:
            raise NotSent("the connections are closed")
        try:
            async with self._session.get(url, timeout=_DOWNLOADING, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise NetworkError(f"{answer.reason} ({answer.status})")
                async for chunk in answer.content.iter_chunked(CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NetworkError(_reason(error)) from None


async def _process_closed_connections() -> None:
    """Yield to the event loop, so that no connection is used that the server has closed.

    The outcome of a request on such a connection would be unknown. The first iteration finds the sockets that can be
    read, the second one reads them.
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _body(data: RequestData | None) -> aiohttp.FormData | None:
    """Return the parameters as a form; open files are streamed."""
    if data is None:
        return None
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for field, (name, content, kind) in (data.multipart_data if data.contains_files else {}).items():
        stream = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(field, stream, filename=name, content_type=kind)
    return form


def _limits(data: RequestData | None, wait: float) -> aiohttp.ClientTimeout:
    """Return the timeouts of a request; `wait` is that for the response.

    Telegram processes files before it responds: giving up earlier, the search for the message would come too soon.
    """
    sending, wait = (UPLOADING, PROCESSING * wait) if data and data.contains_files else (WRITING, wait)
    connecting = 3 * CONNECTING
    return aiohttp.ClientTimeout(
        total=connecting + sending + wait, connect=connecting, sock_connect=CONNECTING, sock_read=wait
    )


def _reason(error: Exception) -> str:
    """Return a description without the error's own text where that could contain the URL, and with it the token."""
    return str(error) if isinstance(error, aiohttp.ClientConnectorError) else type(error).__name__


def _proxy(url: URL) -> str | None:
    """Return the proxy that the environment names for a URL."""
    if not url.host or proxy_bypass(url.host):
        return None
    named = getproxies()
    return named.get(url.scheme) or named.get("all")
