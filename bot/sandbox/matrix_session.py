"""A login of a person on Matrix: requests to the client-server API, and reading what is there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, Self, TypeAlias
from urllib.parse import quote

import aiohttp

RawEvent: TypeAlias = dict[str, Any]
"""An event as the server returns it, with its `room_id`."""


class MatrixError(Exception):
    """An error answer: HTTP `status`, Matrix `errcode` and the whole `body`."""

    def __init__(self, status: int, body: RawEvent) -> None:
        """Store the answer."""
        super().__init__(f"{status} {json.dumps(body)[:500]}")
        self.status = status
        self.errcode = str(body.get("errcode", ""))
        self.body = body


class MatrixSession:
    """A logged-in device. `id` is the MXID."""

    def __init__(self, url: str, id: str, token: str, device_id: str = "") -> None:
        """Prepare the client without connecting."""
        self.id = id
        self.token = token
        self.device_id = device_id
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    async def login(cls, url: str, localpart: str, password: str) -> Self:
        """Log in with a new device."""
        user = {"type": "m.id.user", "user": localpart}
        async with cls(url, localpart, "") as nobody:
            body = {"type": "m.login.password", "identifier": user, "password": password}
            made = await nobody.call("POST", "/v3/login", body)
        return cls(url, made["user_id"], made["access_token"], made["device_id"])

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self, method: str, path: str, body: RawEvent | None = None, query: Mapping[str, str] | None = None
    ) -> RawEvent:
        """Call `/_matrix/client` + `path`; raise MatrixError, or aiohttp.ClientError if nobody answers."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{self._url}/_matrix/client{path}"
        kwargs: dict[str, Any] = {} if body is None else {"json": body}
        async with self._session.request(method, url, headers=headers, params=query, **kwargs) as answer:
            result: RawEvent = await answer.json(content_type=None)
            if answer.status != 200:
                raise MatrixError(answer.status, result)
            return result

    async def state(self, room: str, type: str, key: str = "") -> RawEvent:
        """Return the content of a state event."""
        return await self.call("GET", f"{room_path(room)}/state/{quote(type, safe='')}/{quote(key, safe='')}")

    async def send_state(self, room: str, type: str, content: RawEvent, key: str = "") -> str:
        """Set a state event and return its id."""
        path = f"{room_path(room)}/state/{quote(type, safe='')}/{quote(key, safe='')}"
        return str((await self.call("PUT", path, content))["event_id"])

    async def send_raw(self, room: str, type: str, content: RawEvent, txn: str = "") -> str:
        """Send any event, under the transaction id `txn` or a fresh one, and return its id."""
        path = f"{room_path(room)}/send/{quote(type, safe='')}/{quote(txn or secrets.token_hex(8), safe='')}"
        return str((await self.call("PUT", path, content))["event_id"])

    async def upload(self, data: bytes, name: str, mimetype: str) -> str:
        """Upload a file and return its mxc address."""
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"}) as session,
            session.post(
                f"{self._url}/_matrix/media/v3/upload",
                params={"filename": name},
                data=data,
                headers={"Content-Type": mimetype},
            ) as answer,
        ):
            result: RawEvent = await answer.json()
            if answer.status != 200:
                raise MatrixError(answer.status, result)
            return str(result["content_uri"])

    async def event(self, room: str, event: str) -> RawEvent:
        """Return one event."""
        return await self.call("GET", f"{room_path(room)}/event/{quote(event, safe='')}")

    async def messages(self, room: str, limit: int = 100) -> list[RawEvent]:
        """Return the last `limit` events of a room, oldest first."""
        answer = await self.call("GET", f"{room_path(room)}/messages", query={"dir": "b", "limit": str(limit)})
        return list(reversed(answer["chunk"]))

    async def between(self, room: str, since: str, until: str) -> list[RawEvent]:
        """Return the events between two sync tokens, oldest first."""
        found: list[RawEvent] = []
        token: str | None = until
        while token:
            query = {"dir": "b", "from": token, "to": since}
            page = await self.call("GET", f"{room_path(room)}/messages", query=query)
            found += page["chunk"]
            token = page.get("end") if page["chunk"] else None
        return list(reversed(found))

    async def sync(self, since: str = "", timeout: float = 30) -> RawEvent:  # noqa: ASYNC109 - the server's long poll
        """Sync from the token `since`, waiting at most `timeout` seconds."""
        query = {"timeout": str(int(timeout * 1000)), "filter": _FILTER} | ({"since": since} if since else {})
        return await self.call("GET", "/v3/sync", query=query)


_FILTER = json.dumps({"room": {"timeline": {"limit": 1000}, "ephemeral": {"types": []}}, "presence": {"types": []}})


def room_path(room: str) -> str:
    """Return the path of a room."""
    return f"/v3/rooms/{quote(room, safe='')}"
