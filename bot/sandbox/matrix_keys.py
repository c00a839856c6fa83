"""End-to-end encryption for people on Matrix, over the plain client-server API: Olm between devices, Megolm in rooms.

It trusts every device that the server names, as clients do until somebody verifies, and keeps everything in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import quote

from canonicaljson import encode_canonical_json
from vodozemac import (
    Account,
    AnyOlmMessage,
    Curve25519PublicKey,
    GroupSession,
    InboundGroupSession,
    MegolmMessage,
    OlmDecryptionException,
    Session,
    SessionKey,
)

from bot.sandbox.matrix_session import MatrixSession, RawEvent, room_path
from bot.sandbox.matrix_sharing import padded, unpadded

ENCRYPTED = "m.room.encrypted"
MEGOLM = "m.megolm.v1.aes-sha2"
_OLM = "m.olm.v1.curve25519-aes-sha2"
_KEPT = 50
"""How many one-time keys the server holds."""


class MatrixKeys:
    """The keys of one device, `session`: of the device itself, with others, and of rooms."""

    def __init__(self, session: MatrixSession) -> None:
        """Create new keys; nobody knows them until `publish`."""
        self._session = session
        self._account = Account()
        self._olm: dict[str, Session] = {}
        """By the other device's Curve25519 key."""
        self._sending: dict[str, GroupSession] = {}
        """By room."""
        self._shared: dict[str, set[tuple[str, str]]] = {}
        """Id of an outgoing session → user and device that have its key."""
        self._receiving: dict[str, InboundGroupSession] = {}
        """By session id."""

    # What others know of the device

    async def publish(self) -> None:
        """Upload the keys of the device, and keys with which others can begin a conversation."""
        keys = {f"curve25519:{self._device}": self._curve, f"ed25519:{self._device}": self._ed}
        device = {"user_id": self._id, "device_id": self._device, "algorithms": [_OLM, MEGOLM], "keys": keys}
        await self._upload({"device_keys": self._signed(device)}, _KEPT)

    async def hear(self, answer: RawEvent) -> None:
        """Take what a sync brought to the device, and replenish its one-time keys."""
        for event in answer.get("to_device", {}).get("events", []):
            if event["type"] == ENCRYPTED and event["content"].get("algorithm") == _OLM:
                with suppress(OlmDecryptionException):  # delivered twice
                    self._take(event["content"])
        left = answer.get("device_one_time_keys_count", {}).get("signed_curve25519", _KEPT)
        if left < _KEPT // 2:
            await self._upload({}, _KEPT - left)

    async def _upload(self, body: RawEvent, count: int) -> None:
        self._account.generate_one_time_keys(count)
        once = {
            f"signed_curve25519:{id}": self._signed({"key": key.to_base64()})
            for id, key in self._account.one_time_keys.items()
        }
        await self._session.call("POST", "/v3/keys/upload", body | {"one_time_keys": once})
        self._account.mark_keys_as_published()

    # Rooms

    async def encrypt(self, room: str, type: str, content: RawEvent) -> RawEvent:
        """Return the content of the encrypted event; every device in the room gets the key first."""
        session = self._sending.setdefault(room, GroupSession())
        if session.session_id not in self._receiving:
            self._receiving[session.session_id] = InboundGroupSession(session.session_key)
        await self._share(room, session)
        inner = {"type": type, "content": content, "room_id": room}
        sealed: RawEvent = {
            "algorithm": MEGOLM,
            "ciphertext": session.encrypt(json.dumps(inner).encode()).to_base64(),
            "session_id": session.session_id,
            "sender_key": self._curve,
            "device_id": self._device,
        }
        return sealed | ({"m.relates_to": content["m.relates_to"]} if "m.relates_to" in content else {})

    def decrypt(self, event: RawEvent) -> RawEvent | None:
        """Return the event as it was sent, None if its key has not come."""
        content = event["content"]
        session = self._receiving.get(content.get("session_id", ""))
        if session is None:
            return None
        inner = json.loads(session.decrypt(MegolmMessage.from_base64(content["ciphertext"])).plaintext)
        relation = {"m.relates_to": content["m.relates_to"]} if "m.relates_to" in content else {}
        return event | {"type": inner["type"], "content": relation | inner["content"]}

    async def _share(self, room: str, session: GroupSession) -> None:
        """Send the key of a session to the devices in the room that do not have it."""
        have = self._shared.setdefault(session.session_id, {(self._id, self._device)})
        members = await self._session.call("GET", f"{room_path(room)}/joined_members")
        wanted: RawEvent = {"device_keys": {user: [] for user in members["joined"]}}
        found = await self._session.call("POST", "/v3/keys/query", wanted)
        devices = [device for known in found["device_keys"].values() for device in known.values()]
        fresh = [device for device in devices if (device["user_id"], device["device_id"]) not in have]
        await self._meet(fresh)
        key = {"algorithm": MEGOLM, "room_id": room, "session_id": session.session_id}
        key["session_key"] = session.session_key.to_base64()
        messages: dict[str, RawEvent] = {}
        for device in fresh:
            if sealed := self._sealed(device, "m.room_key", key):
                messages.setdefault(device["user_id"], {})[device["device_id"]] = sealed
                have.add((device["user_id"], device["device_id"]))
        if messages:
            path = f"/v3/sendToDevice/{ENCRYPTED}/{quote(f'{session.session_id}{len(have)}', safe='')}"
            await self._session.call("PUT", path, {"messages": messages})

    # Other devices

    async def _meet(self, devices: Iterable[RawEvent]) -> None:
        """Begin a conversation with devices that have not had one."""
        new = [device for device in devices if _key(device, "curve25519") not in self._olm]
        wanted: dict[str, RawEvent] = {}
        for device in new:
            wanted.setdefault(device["user_id"], {})[device["device_id"]] = "signed_curve25519"
        if not new:
            return
        answer = await self._session.call("POST", "/v3/keys/claim", {"one_time_keys": wanted})
        for device in new:
            once = answer["one_time_keys"].get(device["user_id"], {}).get(device["device_id"], {})
            for key in once.values():
                theirs = _key(device, "curve25519")
                self._olm[theirs] = self._account.create_outbound_session(_curve(theirs), _curve(key["key"]))

    def _sealed(self, device: RawEvent, type: str, content: RawEvent) -> RawEvent | None:
        """Return the content of an event that only this device can read, None if it has no keys left."""
        theirs = _key(device, "curve25519")
        if theirs not in self._olm:
            return None
        inner = {
            "type": type,
            "content": content,
            "sender": self._id,
            "sender_device": self._device,
            "keys": {"ed25519": self._ed},
            "recipient": device["user_id"],
            "recipient_keys": {"ed25519": _key(device, "ed25519")},
        }
        kind, body = self._olm[theirs].encrypt(json.dumps(inner).encode()).to_parts()
        message = {"type": kind, "body": unpadded(body)}
        return {"algorithm": _OLM, "sender_key": self._curve, "ciphertext": {theirs: message}}

    def _take(self, content: RawEvent) -> None:
        message = content["ciphertext"].get(self._curve)
        if message is None:
            return
        inner = json.loads(self._opened(content["sender_key"], message))
        if inner["type"] == "m.room_key" and inner["recipient"] == self._id:
            key = inner["content"]
            self._receiving.setdefault(key["session_id"], InboundGroupSession(SessionKey(key["session_key"])))

    def _opened(self, sender: str, message: RawEvent) -> bytes:
        any = AnyOlmMessage.from_parts(message["type"], padded(message["body"]))
        first = any.to_pre_key()
        known = self._olm.get(sender)
        if first is not None and not (known and known.session_matches(first)):
            self._olm[sender], opened = self._account.create_inbound_session(_curve(sender), first)
            return opened
        if known is None:
            raise ValueError(f"{sender} has not begun a conversation")
        return known.decrypt(any)

    # The device itself

    @property
    def _id(self) -> str:
        return self._session.id

    @property
    def _device(self) -> str:
        return self._session.device_id

    @property
    def _curve(self) -> str:
        return self._account.curve25519_key.to_base64()

    @property
    def _ed(self) -> str:
        return self._account.ed25519_key.to_base64()

    def _signed(self, content: RawEvent) -> RawEvent:
        signature = self._account.sign(encode_canonical_json(content)).to_base64()
        return content | {"signatures": {self._id: {f"ed25519:{self._device}": signature}}}


def _key(device: RawEvent, kind: str) -> str:
    return str(device["keys"][f"{kind}:{device['device_id']}"])


def _curve(key: str) -> Curve25519PublicKey:
    return Curve25519PublicKey.from_base64(key)
