"""End-to-end encryption with matrix-nio's Olm machine.

nio stores the keys (SQLite, encrypted with our pickle key) and tracks devices. It receives the
contents of a sync one validated piece at a time, since it raises on malformed input, which would
block everything after it. It sends nothing but keys.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from nio import (
    AsyncClient,
    AsyncClientConfig,
    EncryptionError,
    ErrorResponse,
    Event,
    JoinedMembersResponse,
    LocalProtocolError,
    MatrixRoom,
    MegolmEvent,
    RoomKeyEvent,
    RoomMember,
    ToDeviceEvent,
    ToDeviceResponse,
)
from nio.store import SqliteStore
from peewee import OperationalError  # type: ignore[import-untyped] # a dependency of nio, which uses it for its store

from bot.logs import Aside
from bot.messengers.base import AccountError
from bot.messengers.matrix.api import Api, Rejected, Unreachable, path
from bot.messengers.matrix.devices import HURT, Devices, Sealed
from bot.messengers.matrix.raw import Raw, as_dict, events_of, is_state, size
from bot.messengers.matrix.rooms import Room
from bot.messengers.wire import safe
from bot.model import is_id
from bot.text.characters import utf8_safe

log = structlog.get_logger()

STORE = "crypto.db"
_POLLS = {f"{name}.{step}" for name in ("m.poll", "org.matrix.msc3381.poll") for step in ("start", "response", "end")}
SPOKEN = {"m.room.message", "m.sticker", "m.reaction"} | _POLLS
"""Event types accepted from encryption: what any member may send. Never state, never a redaction."""
_MEGOLM = "m.megolm.v1.aes-sha2"


class Crypto:
    """The keys of our one device."""

    def __init__(self, api: Api, *, user: str, device: str, folder: Path, pickle_key: str) -> None:
        """Open or create the store in `folder`. Raises AccountError if our key does not open it."""
        config = AsyncClientConfig(
            store=SqliteStore,
            store_name=STORE,
            pickle_key=pickle_key,
            # We do the retries ourselves; nio's would never end.
            max_limit_exceeded=0,
            max_timeouts=0,
            request_timeout=30,
        )
        self._api = api
        self._client: Any = AsyncClient(api.homeserver, user, device, str(folder), config)
        try:
            self._client.restore_login(user, device, api.token)
        except HURT as error:
            text = f"the Matrix keys in {folder / STORE} cannot be opened with INTERCITY_SECRET_KEY"
            raise AccountError(f"{text}: restore the key, or move the folder away to begin as a new device") from error
        self._machine: Any = self._client.olm
        self._store: Any = self._client.store
        self._devices = Devices(api, self._client)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def close(self) -> None:
        """Close the connections and the store."""
        await self._client.close()
        self._store.database.close()

    def log_in(self) -> None:
        """Use a new access token for the same device."""
        self._client.access_token = self._api.token

    @property
    def identity(self) -> str:
        """The device's public key (ed25519), which never changes."""
        return str(self._machine.account.identity_keys["ed25519"])

    @property
    def sessions(self) -> set[str]:
        """The ids of all Megolm sessions that we can decrypt."""
        return {session.id for session in self._machine.inbound_group_store}

    # Incoming
    async def receive(self, answer: Raw) -> set[str]:
        """Process the keys and device changes of a sync; return the ids of sessions that became readable.

        Yields to the event loop between two to-device messages, because nio writes each to disk immediately.
        """
        counts = answer.get("device_one_time_keys_count")
        if isinstance(counts, dict):
            self._machine.uploaded_key_count = size(counts.get("signed_curve25519")) or 0
        for users in as_dict(answer.get("device_lists")).values():
            known = filter(self._meets, users if isinstance(users, list) else ())
            self._machine.add_changed_users(set(known))
        fresh = set()
        for event in events_of(answer.get("to_device")):
            fresh.add(self._to_device(event))
            await asyncio.sleep(0)
        for settle in (self._machine.clear_verifications, self._machine.collect_key_requests):
            with self._from_device():
                settle()
        return fresh - {""}

    def observe(self, room: Room, event: Raw) -> None:
        """Process an event that `room` already reflects, to track who receives our room keys."""
        if not room.encrypted:
            return
        known = self._client.rooms.get(room.id) or self._adopt(room)
        if not is_state(event) or event["type"] != "m.room.member":
            return
        membership = event["content"].get("membership")
        if membership in ("join", "invite"):
            changed = known.add_member(event["state_key"], None, None, membership == "invite")
        else:
            changed = known.remove_member(event["state_key"])
        if changed:
            self._client.invalidate_outbound_session(room.id)
            self._machine.update_tracked_users(known)

    def is_encrypted(self, room: str) -> bool:
        """Return whether a room was ever seen encrypted, even before the last restart."""
        return room in self._client.encrypted_rooms

    def decrypt(self, room: str, event: Raw) -> Raw | None:
        """Return the decrypted event, or None if its key is missing. Raises ValueError if it is undecryptable.

        Event types that must not be encrypted are returned as received, still encrypted: the homeserver has not
        checked who may send them (trust: case 98).
        """
        content = event.get("content")
        if not isinstance(content, dict) or content.get("algorithm") != _MEGOLM:
            raise ValueError("not encrypted in a way that we know")
        session = content.get("session_id")
        if not is_id(session):
            raise ValueError("without a session")
        # `sender_key` is deprecated and may be missing: the session alone decides (MSC3700).
        keys = [key for key, known in self._machine.inbound_group_store[room].items() if session in known]
        sender_key = keys[0] if keys else content.get("sender_key", "")
        whole = {"device_id": "", **content, "sender_key": sender_key}
        try:
            wrapped = Event.parse_encrypted_event({**event, "content": whole, "room_id": room, "unsigned": {}})
            if not isinstance(wrapped, MegolmEvent):
                raise AssertionError("nio takes it for something else")  # noqa: TRY004 - bad input, no type error
            clear = self._client.decrypt_event(wrapped).source
            spoken = clear["type"] in SPOKEN and "state_key" not in event
            return {**event, "type": clear["type"], "content": safe(clear["content"])} if spoken else event
        except EncryptionError:
            return None
        except HURT as error:
            raise ValueError("malformed within its encryption") from error

    # Outgoing
    async def publish(self, *, again: bool) -> None:
        """Upload the device's keys if that has not been done, or `again`. Raises Unreachable."""
        if again:
            self._machine.account.shared = False
        await self.tend()
        if not self._machine.account.shared:
            raise Unreachable("the bot's keys could not be published", perhaps_done=True)

    async def tend(self) -> None:
        """Do the regular key maintenance: upload, query and claim keys, answer devices. Failures are retried later."""
        for step in (self._answer, self._upload, self._devices.update, self._devices.repair):
            try:
                await step()
            except (aiohttp.ClientError, TimeoutError, LocalProtocolError, Rejected, Unreachable) as error:
                log.warning("matrix keys", error=str(error))

    async def _answer(self) -> None:
        for message in list(self._machine.outgoing_to_device_messages):
            sealed = Sealed(message.recipient, message.recipient_device, message.content)
            await self._devices.send(message.type, [sealed])
            self._machine.handle_response(ToDeviceResponse(message))

    async def _upload(self) -> None:
        if self._client.should_upload_keys:
            _checked(await self._client.keys_upload())

    async def encrypt(self, room: Room, type: str, content: Raw) -> tuple[str, Raw]:
        """Encrypt for everyone in the room; return type and content to send. Raises Rejected or Unreachable."""
        async with self._locks[room.id]:
            try:
                await self._share(room)
            except Unreachable as error:
                raise Unreachable("the keys for the room could not be shared", perhaps_done=False) from error
            return "m.room.encrypted", self._signer(room.id, type, content)

    def _signer(self, room: str, type: str, content: Raw) -> Raw:
        """Encrypt with the room's outbound session.

        nio's own method escapes each non-ASCII character to six bytes, which makes Cyrillic text three times as
        large, too large for an event.
        """
        group = self._machine.outbound_group_sessions[room]
        clear = {"type": type, "content": content, "room_id": room}
        sealed = {
            "algorithm": _MEGOLM,
            "sender_key": self._machine.account.identity_keys["curve25519"],
            "ciphertext": group.encrypt(utf8_safe(json.dumps(clear, ensure_ascii=False, separators=(",", ":")))),
            "session_id": group.id,
            "device_id": self._machine.device_id,
        }
        # The server needs relations in the clear.
        return sealed | {key: content[key] for key in ("m.relates_to",) if key in content}

    async def unreached(self, room: Room) -> list[tuple[str, str]]:
        """Query the devices in an encrypted room now; return those (user, id) that we cannot encrypt for.

        Raises Rejected or Unreachable.
        """
        known = await self._followed(room)
        self._machine.add_changed_users(set(known.users))
        return [(each.user_id, each.id) for each in await self._devices.reach(list(known.users))]

    async def _share(self, room: Room) -> None:
        """Share the current room key with every device in the room that we can encrypt for."""
        known, machine = await self._followed(room), self._machine
        if not machine.should_share_group_session(room.id):
            return
        await self._devices.reach(list(known.users))
        group = machine.outbound_group_sessions.get(room.id)
        if group is None or group.shared:  # none yet, or due for rotation
            machine.create_outbound_group_session(room.id)
            group = machine.outbound_group_sessions[room.id]
        key = {"algorithm": _MEGOLM, "room_id": room.id, "session_id": group.id, "session_key": group.session_key}
        await self._devices.share(list(known.users), group, key)
        group.shared = True

    async def _followed(self, room: Room) -> MatrixRoom:
        """Return nio's view of an encrypted room, with all its members."""
        known = self._client.rooms.get(room.id) or self._adopt(room)
        if not known.members_synced:
            joined = as_dict((await self._api.call("GET", path("rooms", room.id, "joined_members"))).get("joined"))
            members = [RoomMember(user, "", "") for user in joined]
            await self._client.receive_response(JoinedMembersResponse(members, room.id))
        return known

    def _adopt(self, room: Room) -> MatrixRoom:
        """Start to track an encrypted room."""
        known = MatrixRoom(room.id, self._client.user_id, encrypted=True)
        for user, membership in room.members.items():
            if membership in ("join", "invite"):
                known.add_member(user, None, None, membership == "invite")
        self._client.rooms[room.id] = known
        self._client.encrypted_rooms.add(room.id)
        self._store.save_encrypted_rooms({room.id})
        self._machine.update_tracked_users(known)
        return known

    def _meets(self, user: object) -> bool:
        return is_id(user) and any(user in room.users for room in self._client.rooms.values())

    def _to_device(self, event: Raw) -> str:
        """Process a to-device message; return the id of the Megolm session that it contains, or an empty string."""
        with self._from_device():
            parsed = ToDeviceEvent.parse_event(event)
            opened = self._machine.handle_to_device_event(parsed) if parsed else None
            return str(opened.session_id) if isinstance(opened, RoomKeyEvent) else ""
        return ""

    @staticmethod
    def _from_device() -> Aside:
        """Return a guard for device-controlled input. Store errors are raised, since a lost key cannot be recovered."""
        return Aside(log, "message from a device", but=(OperationalError,))


def _checked(response: object) -> None:
    """Raise the error that nio's response describes, if any."""
    if not isinstance(response, ErrorResponse):
        return
    status = getattr(response.transport_response, "status", 0)
    if status >= 500 or not response.status_code:
        raise Unreachable(f"the Matrix homeserver is in trouble ({status})", perhaps_done=False)
    after = response.retry_after_ms
    raise Rejected(status, str(response.status_code), str(response.message), after / 1000 if after else None)
