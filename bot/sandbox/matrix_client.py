"""A Matrix client for people, over the plain client-server API, for the demo, the tests and the bench.

It shares no code with the adapter, so that both cannot be wrong in the same way. It does not
support encryption: in an encrypted room it sees `m.room.encrypted`.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
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


class Watcher:
    """The events in one room, or in all of them, from a point on.

    `events` holds everything seen so far, oldest first. It reads only while somebody waits.
    """

    def __init__(self, client: HumanMatrix, room: str = "") -> None:
        """Watch `room`, or every joined room."""
        self.events: list[RawEvent] = []
        self._client = client
        self._room = room
        self._since = ""
        self._pending: list[RawEvent] = []
        self._lock = asyncio.Lock()

    async def begin(self) -> None:
        """Start watching from now on."""
        self._since = (await self._client.sync(timeout=0))["next_batch"]

    async def wait_for(self, predicate: Callable[[RawEvent], bool], timeout: float = 10) -> RawEvent:  # noqa: ASYNC109 - the failure must show what was seen
        """Return the first event that fits; each event is returned only once.

        Raise AssertionError after `timeout` seconds, with the events that were seen. If the server is
        unreachable, wait for it.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    for event in self._pending:
                        if predicate(event):
                            self._pending.remove(event)
                            return event
                    await self._read()
        except TimeoutError:
            seen = "\n".join(_short(event) for event in self._pending) or "(nothing)"
            raise AssertionError(f"{self._client.id}: not seen within {timeout:g} s; seen:\n{seen}") from None

    async def _read(self) -> None:
        known = len(self.events)
        async with self._lock:
            if len(self.events) > known:  # another waiter has read meanwhile
                return
            try:
                answer = await self._client.sync(self._since)
                fresh = [event async for event in self._events(answer)]
            except (aiohttp.ClientError, MatrixError):
                await asyncio.sleep(0.1)
                return
            self._since = answer["next_batch"]
            self.events += fresh
            self._pending += fresh

    async def _events(self, answer: RawEvent) -> AsyncGenerator[RawEvent, None]:
        for room, joined in answer.get("rooms", {}).get("join", {}).items():
            if self._room not in ("", room):
                continue
            timeline = joined["timeline"]
            if timeline.get("limited") and self._since:
                for event in await self._client.between(room, self._since, timeline["prev_batch"]):
                    yield event
            for event in timeline["events"]:
                yield {**event, "room_id": room}


class HumanMatrix:
    """One logged-in person. `id` is the MXID."""

    def __init__(self, url: str, id: str, token: str, device_id: str = "") -> None:
        """Prepare the client without connecting."""
        self.id = id
        self.token = token
        self.device_id = device_id
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self._all = Watcher(self)

    @classmethod
    async def login(cls, url: str, localpart: str, password: str) -> HumanMatrix:
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

    # rooms

    async def create_room(
        self,
        name: str = "",
        invite: Iterable[str] = (),
        *,
        encrypted: bool = False,
        direct: bool = False,
        preset: str = "private_chat",
        version: str = "",
    ) -> str:
        """Create a room, invite `invite` (MXIDs) and return its id."""
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        body: RawEvent = {"invite": list(invite), "is_direct": direct, "preset": preset}
        body["initial_state"] = [encryption] if encrypted else []
        body |= {"name": name} if name else {}
        body |= {"room_version": version} if version else {}
        return str((await self.call("POST", "/v3/createRoom", body))["room_id"])

    async def join(self, room: str) -> None:
        """Join, or accept the invitation."""
        await self.call("POST", f"/v3/join/{quote(room, safe='')}", {})

    async def leave(self, room: str) -> None:
        """Leave."""
        await self.call("POST", f"{_room(room)}/leave", {})

    async def invite(self, room: str, user: str) -> None:
        """Invite an MXID."""
        await self.call("POST", f"{_room(room)}/invite", {"user_id": user})

    async def kick(self, room: str, user: str, reason: str = "") -> None:
        """Kick an MXID."""
        await self.call("POST", f"{_room(room)}/kick", {"user_id": user, "reason": reason})

    async def ban(self, room: str, user: str) -> None:
        """Ban an MXID."""
        await self.call("POST", f"{_room(room)}/ban", {"user_id": user})

    async def members(self, room: str) -> dict[str, str]:
        """Return the memberships (join, invite, leave, ban) by MXID."""
        answer = await self.call("GET", f"{_room(room)}/members")
        return {event["state_key"]: event["content"]["membership"] for event in answer["chunk"]}

    async def state(self, room: str, type: str, key: str = "") -> RawEvent:
        """Return the content of a state event."""
        return await self.call("GET", f"{_room(room)}/state/{quote(type, safe='')}/{quote(key, safe='')}")

    async def send_state(self, room: str, type: str, content: RawEvent, key: str = "") -> str:
        """Set a state event and return its id."""
        path = f"{_room(room)}/state/{quote(type, safe='')}/{quote(key, safe='')}"
        return str((await self.call("PUT", path, content))["event_id"])

    async def set_power(self, room: str, user: str, level: int) -> None:
        """Set someone's power level."""
        content = await self.state(room, "m.room.power_levels")
        content.setdefault("users", {})[user] = level
        await self.send_state(room, "m.room.power_levels", content)

    async def set_profile(self, field: str, value: object) -> None:
        """Set a field of one's own profile (`displayname`, `m.tz`, …)."""
        await self.call("PUT", f"/v3/profile/{quote(self.id, safe='')}/{quote(field, safe='')}", {field: value})

    # messages

    async def say(
        self,
        room: str,
        text: str,
        html: str | None = None,
        reply_to: str | None = None,
        msgtype: str = "m.text",
    ) -> str:
        """Send a message and return its event id."""
        content = _text(text, html, msgtype)
        if reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return await self.send_raw(room, "m.room.message", content)

    async def edit(self, room: str, event: str, text: str, html: str | None = None) -> str:
        """Edit the text of one's own message and return the id of the edit."""
        content = _text(f"* {text}", html and f"* {html}", "m.text")
        content["m.new_content"] = _text(text, html, "m.text")
        content["m.relates_to"] = {"rel_type": "m.replace", "event_id": event}
        return await self.send_raw(room, "m.room.message", content)

    async def redact(self, room: str, event: str, reason: str = "") -> str:
        """Redact an event and return the id of the redaction."""
        path = f"{_room(room)}/redact/{quote(event, safe='')}/{secrets.token_hex(8)}"
        return str((await self.call("PUT", path, {"reason": reason} if reason else {}))["event_id"])

    async def react(self, room: str, event: str, key: str) -> str:
        """React and return the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.send_raw(room, "m.reaction", {"m.relates_to": relation})

    async def send_raw(self, room: str, type: str, content: RawEvent, txn: str = "") -> str:
        """Send any event, under the transaction id `txn` or a fresh one, and return its id."""
        path = f"{_room(room)}/send/{quote(type, safe='')}/{quote(txn or secrets.token_hex(8), safe='')}"
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

    # reading

    async def event(self, room: str, event: str) -> RawEvent:
        """Return one event."""
        return await self.call("GET", f"{_room(room)}/event/{quote(event, safe='')}")

    async def messages(self, room: str, limit: int = 100) -> list[RawEvent]:
        """Return the last `limit` events of a room, oldest first."""
        answer = await self.call("GET", f"{_room(room)}/messages", query={"dir": "b", "limit": str(limit)})
        return list(reversed(answer["chunk"]))

    async def between(self, room: str, since: str, until: str) -> list[RawEvent]:
        """Return the events between two sync tokens, oldest first."""
        found: list[RawEvent] = []
        token: str | None = until
        while token:
            query = {"dir": "b", "from": token, "to": since}
            page = await self.call("GET", f"{_room(room)}/messages", query=query)
            found += page["chunk"]
            token = page.get("end") if page["chunk"] else None
        return list(reversed(found))

    async def sync(self, since: str = "", timeout: float = 30) -> RawEvent:  # noqa: ASYNC109 - the server's long poll
        """Sync from the token `since`, waiting at most `timeout` seconds."""
        query = {"timeout": str(int(timeout * 1000)), "filter": _FILTER} | ({"since": since} if since else {})
        return await self.call("GET", "/v3/sync", query=query)

    @asynccontextmanager
    async def watch(self, room: str = "") -> AsyncGenerator[Watcher, None]:
        """Watch from now on: subscribe, act, then wait."""
        watcher = Watcher(self, room)
        await watcher.begin()
        yield watcher

    async def wait_for(self, predicate: Callable[[RawEvent], bool], timeout: float = 10) -> RawEvent:  # noqa: ASYNC109 - see Watcher
        """Wait as `Watcher.wait_for` does, in all rooms and from the beginning (the last 1000 events of each)."""
        return await self._all.wait_for(predicate, timeout)

    @property
    def events(self) -> list[RawEvent]:
        """The events that `wait_for` has seen so far."""
        return self._all.events


_FILTER = json.dumps({"room": {"timeline": {"limit": 1000}, "ephemeral": {"types": []}}, "presence": {"types": []}})


def _room(room: str) -> str:
    return f"/v3/rooms/{quote(room, safe='')}"


def _text(text: str, html: str | None, msgtype: str) -> RawEvent:
    content: RawEvent = {"msgtype": msgtype, "body": text, "m.mentions": {}}
    if html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    return content


def _short(event: RawEvent) -> str:
    return f"  {event.get('sender')} {event.get('type')} {json.dumps(event.get('content'), ensure_ascii=False)[:300]}"
