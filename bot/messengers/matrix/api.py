"""A minimal client for the client-server API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.messengers.base import AccountError
from bot.messengers.matrix.raw import Raw, as_dict
from bot.messengers.wire import read_json

REDIRECTS = 3
"""Maximum redirects of one request, as from a homeserver to the server that has its media."""


class Rejected(Exception):
    """The server rejected the request: HTTP `status`, Matrix `errcode`, and `retry_after` in seconds, if given."""

    def __init__(
        self, status: int, errcode: str, text: str, retry_after: float | None = None, body: object = None
    ) -> None:
        """Store the details of the response."""
        super().__init__(f"{errcode or status}: {text}" if text else errcode or str(status))
        self.status = status
        self.errcode = errcode
        self.retry_after = retry_after
        self.body = as_dict(body)

    @property
    def logged_out(self) -> bool:
        """Whether the access token is no longer valid."""
        return self.errcode in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}

    @property
    def limited(self) -> bool:
        """Whether the request was rate-limited."""
        return self.status == 429 or self.errcode == "M_LIMIT_EXCEEDED"


class Unreachable(Exception):
    """The server did not respond, or failed. `perhaps_done`: it may have processed the request."""

    def __init__(self, text: str, *, perhaps_done: bool) -> None:
        """Store the reason."""
        super().__init__(text)
        self.perhaps_done = perhaps_done


def path(*parts: str, version: str = "v3", below: str = "client") -> str:
    """Build a path below /_matrix/client, or /_matrix/media, from parts that may contain any character."""
    return f"/_matrix/{below}/{version}/" + "/".join(quote(part, safe="") for part in parts)


class Api:
    """A client for one homeserver, with our access token."""

    def __init__(self, homeserver: str, token: str = "") -> None:
        """Create the client without connecting."""
        self.homeserver = homeserver.rstrip("/")
        self.token = token
        self.date = ""
        """The Date header of the last response, or an empty string."""
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Raw | None = None,
        *,
        query: Mapping[str, str] | None = None,
        limit: float = 30,
    ) -> Raw:
        """Call the API with a timeout of `limit` seconds.

        Raises Rejected or Unreachable; AccountError if the homeserver's URL is invalid.
        """
        data = None if body is None else json.dumps(body).encode()
        timeout = aiohttp.ClientTimeout(total=limit)
        async with self.request(method, path, data, query=query, timeout=timeout) as answer:
            return await result(answer)

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        data: bytes | AsyncIterable[bytes] | None = None,
        *,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - several limits in one
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and yield the response before its body is read; raises as `call` does.

        Follows a few redirects; our token goes to no other server than the homeserver.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession()
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with self._session.request(
                method,
                URL(self.homeserver + path, encoded=True),
                params=query,
                data=data,
                headers={"Content-Type": "application/json", **(headers or {}), **token},
                timeout=timeout,
                max_redirects=REDIRECTS,
            ) as answer:
                self.date = answer.headers.get("Date", "")
                yield answer
        except aiohttp.InvalidURL as error:
            raise AccountError("INTERCITY_MATRIX_HOMESERVER is not an address like https://example.org") from error
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("the Matrix homeserver cannot be reached", perhaps_done=False) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable("the Matrix homeserver did not answer", perhaps_done=True) from error


async def result(answer: aiohttp.ClientResponse) -> Raw:
    """Return the JSON object of a response. Raises Rejected or Unreachable."""
    content = await answer.read()
    try:
        body = read_json(content)
    except ValueError:
        body = None
    if answer.status >= 500:
        raise Unreachable(f"the Matrix homeserver is in trouble ({answer.status})", perhaps_done=True)
    if answer.status < 300 and isinstance(body, dict):
        return body
    said = as_dict(body)
    errcode, text = said.get("errcode"), said.get("error")
    raise Rejected(
        answer.status,
        errcode if isinstance(errcode, str) else "",
        text if isinstance(text, str) else "",
        _seconds(said.get("retry_after_ms"), answer.headers.get("Retry-After")),
        body,
    )


def _seconds(milliseconds: object, header: str | None) -> float | None:
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) and milliseconds >= 0:
        return milliseconds / 1000
    return float(header) if header and header.isascii() and header.isdigit() else None
