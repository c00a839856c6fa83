"""People in Matrix rooms who write and listen all the time, also during an outage of the homeserver."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import nio

from bot.sandbox.matrix_client import HumanMatrix, MatrixError, RawEvent
from bot.sandbox.matrix_sharing import MatrixUpload

Listener = Callable[[RawEvent], None]
"""Called with every event of every room, decrypted, with its `room_id`."""

_AWAY = (aiohttp.ClientError, MatrixError, TimeoutError)
_PAUSE = 0.1  # seconds between attempts during an outage of the homeserver


class Resident(Protocol):
    """A person in Matrix rooms."""

    id: str

    async def begin(self) -> None:
        """Take the current position as the start: earlier events are ignored."""

    async def listen(self, hear: Listener) -> None:
        """Listen forever."""

    async def say(self, room: str, text: str, type: str = "m.room.message") -> None:
        """Send the content exactly once, however long that takes."""

    async def attach(self, room: str, upload: MatrixUpload) -> None:
        """Send a file exactly once, however long that takes."""

    async def join(self, room: str) -> None: ...

    async def close(self) -> None: ...


class Plain:
    """A person whose client has no encryption."""

    def __init__(self, human: HumanMatrix) -> None:
        self.id = human.id
        self.human = human
        self._since = ""

    async def begin(self) -> None:
        self._since = (await self.human.sync(timeout=0))["next_batch"]

    async def listen(self, hear: Listener) -> None:
        while True:
            try:
                answer = await self.human.sync(self._since)
                events = [event for pair in _timelines(answer) for event in await self._whole(*pair)]
            except _AWAY:
                await asyncio.sleep(_PAUSE)
                continue
            self._since = answer["next_batch"]
            for event in events:
                hear(event)

    async def _whole(self, room: str, timeline: RawEvent) -> list[RawEvent]:
        """Return the events, including those that the server left out."""
        gap = await self.human.between(room, self._since, timeline["prev_batch"]) if timeline.get("limited") else []
        return [{**event, "room_id": room} for event in (*gap, *timeline["events"])]

    async def say(self, room: str, text: str, type: str = "m.room.message") -> None:
        await self._send(room, type, {"msgtype": "m.text", "body": text, "m.mentions": {}})

    async def attach(self, room: str, upload: MatrixUpload) -> None:
        await self._send(room, _type(upload), await _attached(self.human, upload))

    async def _send(self, room: str, type: str, content: RawEvent) -> None:
        txn = secrets.token_hex(8)
        while True:
            try:
                await self.human.send_raw(room, type, content, txn)
            except _AWAY:
                await asyncio.sleep(_PAUSE)
            else:
                return

    async def join(self, room: str) -> None:
        await self.human.join(room)

    async def close(self) -> None:
        """Do nothing: the homeserver closes the client."""


def _timelines(answer: RawEvent) -> list[tuple[str, RawEvent]]:
    return [(room, joined["timeline"]) for room, joined in answer.get("rooms", {}).get("join", {}).items()]


def _type(upload: MatrixUpload) -> str:
    return "m.sticker" if upload.kind == "sticker" else "m.room.message"


async def _attached(human: HumanMatrix, upload: MatrixUpload) -> RawEvent:
    """Upload a file, however long that takes, and return the content that shows it."""
    while True:
        try:
            return await human.attached(upload)
        except _AWAY:
            await asyncio.sleep(_PAUSE)


class Encrypting:
    """A person with a real encrypting client (matrix-nio, its keys in `folder`), independent of the bot's code."""

    def __init__(self, url: str, human: HumanMatrix, folder: Path) -> None:
        self.id = human.id
        self._human = human
        config = nio.AsyncClientConfig(pickle_key="resident", max_timeouts=0)
        self._client = nio.AsyncClient(url, human.id, human.device_id, str(folder), config)
        self._client.restore_login(human.id, human.device_id, human.token)
        self._unread: list[nio.MegolmEvent] = []
        self._tended = asyncio.Event()

    async def begin(self) -> None:
        await self._sync(timeout=0, full_state=True)
        await self._tend()

    async def listen(self, hear: Listener) -> None:
        while True:
            try:
                answer = await self._sync(timeout=30_000)
            except _AWAY:
                await asyncio.sleep(_PAUSE)
                continue
            for room, joined in answer.rooms.join.items():
                for event in joined.timeline.events:
                    if isinstance(event, nio.MegolmEvent):
                        self._unread.append(event)
                    else:
                        hear({**event.source, "room_id": room})
            self._read_late(hear)
            await self._tend()

    def _read_late(self, hear: Listener) -> None:
        """Decrypt what arrived before its key."""
        for event in list(self._unread):
            try:
                clear = self._client.decrypt_event(event)
            except nio.EncryptionError:
                continue
            self._unread.remove(event)
            hear({**clear.source, "room_id": event.room_id})

    async def say(self, room: str, text: str, type: str = "m.room.message") -> None:
        await self.send(room, type, {"msgtype": "m.text", "body": text, "m.mentions": {}})

    async def attach(self, room: str, upload: MatrixUpload) -> None:
        await self.send(room, _type(upload), await _attached(self._human, replace(upload, encrypted=True)))

    async def send(self, room: str, type: str, content: RawEvent) -> str:
        """Send an event exactly once, however long that takes, and return its id."""
        txn = secrets.token_hex(8)
        while True:
            try:
                sent = await self._client.room_send(room, type, content, txn, ignore_unverified_devices=True)
            except _AWAY:
                sent = None
            if isinstance(sent, nio.RoomSendResponse):
                return sent.event_id
            await asyncio.sleep(_PAUSE)

    async def knows(self, user: str) -> None:
        """Wait until a device of `user` is known, since it cannot read what is sent before."""
        while not any(device.user_id == user for device in self._client.device_store):
            await self._tended.wait()

    async def join(self, room: str) -> None:
        await self._client.join(room)

    async def close(self) -> None:
        client: Any = self._client
        await client.close()

    async def _sync(self, **options: Any) -> nio.SyncResponse:
        answer = await self._client.sync(sync_filter={"room": {"timeline": {"limit": 1000}}}, **options)
        if not isinstance(answer, nio.SyncResponse):
            raise aiohttp.ClientError(str(answer))
        return answer

    async def _tend(self) -> None:
        """Do what is due between syncs: upload, query and claim keys."""
        client = self._client
        try:
            await client.send_to_device_messages()
            if client.should_upload_keys:
                await client.keys_upload()
            if client.should_query_keys:
                await client.keys_query()
            if client.should_claim_keys:
                await client.keys_claim(client.get_users_for_key_claiming())
        except (*_AWAY, nio.LocalProtocolError):
            await asyncio.sleep(_PAUSE)
        self._tended.set()
        self._tended = asyncio.Event()
