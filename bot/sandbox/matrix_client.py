"""A Matrix client for people, over the plain client-server API, for the demo, the tests and the bench.

It shares no code with the adapter, so that both cannot be wrong in the same way. Without `keys`
it does not encrypt, and sees `m.room.encrypted` in an encrypted room.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from urllib.parse import quote

import aiohttp

from bot.sandbox.matrix_keys import ENCRYPTED, MatrixKeys
from bot.sandbox.matrix_session import MatrixError, MatrixSession, RawEvent, room_path
from bot.sandbox.matrix_sharing import MatrixSharing, related

__all__ = ["HumanMatrix", "MatrixError", "RawEvent", "Watcher"]


class Watcher:
    """The events in one room, or in all of them, from a point on.

    `events` holds everything seen so far, oldest first. It reads only while somebody waits.
    """

    def __init__(self, client: MatrixSession, room: str = "") -> None:
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


class HumanMatrix(MatrixSharing):
    """A person with a client. `id` is the MXID."""

    def __init__(self, url: str, id: str, token: str, device_id: str = "") -> None:
        """Prepare the client without connecting."""
        super().__init__(url, id, token, device_id)
        self.keys: MatrixKeys | None = None
        self.encrypted: set[str] = set()
        """Rooms in which it encrypts with `keys`."""
        self._all = Watcher(self)

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
        await self.call("POST", f"{room_path(room)}/leave", {})

    async def invite(self, room: str, user: str) -> None:
        """Invite an MXID."""
        await self.call("POST", f"{room_path(room)}/invite", {"user_id": user})

    async def kick(self, room: str, user: str, reason: str = "") -> None:
        """Kick an MXID."""
        await self.call("POST", f"{room_path(room)}/kick", {"user_id": user, "reason": reason})

    async def ban(self, room: str, user: str) -> None:
        """Ban an MXID."""
        await self.call("POST", f"{room_path(room)}/ban", {"user_id": user})

    async def members(self, room: str) -> dict[str, str]:
        """Return the memberships (join, invite, leave, ban) by MXID."""
        answer = await self.call("GET", f"{room_path(room)}/members")
        return {event["state_key"]: event["content"]["membership"] for event in answer["chunk"]}

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
        *,
        thread: str = "",
    ) -> str:
        """Send a message and return its event id. `thread` is the root of the thread to send it to."""
        content = _text(text, html, msgtype) | related(reply_to or "", thread)
        return await self.send_raw(room, "m.room.message", content)

    async def edit(self, room: str, event: str, text: str, html: str | None = None) -> str:
        """Edit the text of one's own message and return the id of the edit."""
        content = _text(f"* {text}", html and f"* {html}", "m.text")
        content["m.new_content"] = _text(text, html, "m.text")
        content["m.relates_to"] = {"rel_type": "m.replace", "event_id": event}
        return await self.send_raw(room, "m.room.message", content)

    async def redact(self, room: str, event: str, reason: str = "") -> str:
        """Redact an event and return the id of the redaction."""
        path = f"{room_path(room)}/redact/{quote(event, safe='')}/{secrets.token_hex(8)}"
        return str((await self.call("PUT", path, {"reason": reason} if reason else {}))["event_id"])

    async def react(self, room: str, event: str, key: str) -> str:
        """React and return the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.send_raw(room, "m.reaction", {"m.relates_to": relation})

    async def send_raw(self, room: str, type: str, content: RawEvent, txn: str = "") -> str:
        """Send any event, encrypted where the room is, and return its id; reactions never are."""
        if self.keys and room in self.encrypted and type != "m.reaction":
            type, content = ENCRYPTED, await self.keys.encrypt(room, type, content)
        return await super().send_raw(room, type, content, txn)

    async def download(self, mxc: str) -> bytes:
        """Return the bytes of a file."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self._url}/_matrix/client/v1/media/download/{mxc.removeprefix('mxc://')}"
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
            if answer.status != 200:
                raise MatrixError(answer.status, await answer.json())
            return await answer.read()

    # reading

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


def _text(text: str, html: str | None, msgtype: str) -> RawEvent:
    content: RawEvent = {"msgtype": msgtype, "body": text, "m.mentions": {}}
    if html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    return content


def _short(event: RawEvent) -> str:
    return f"  {event.get('sender')} {event.get('type')} {json.dumps(event.get('content'), ensure_ascii=False)[:300]}"
