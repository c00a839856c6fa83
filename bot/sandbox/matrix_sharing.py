"""What people send on Matrix besides texts: files, stickers and places, encrypted as well, and pins."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from Crypto.Cipher import AES

from bot.sandbox.matrix_session import MatrixError, MatrixSession, RawEvent

_PINS = "m.room.pinned_events"


@dataclass(frozen=True)
class MatrixUpload:
    """A file to send: `kind` is image, video, audio, voice, file or sticker."""

    kind: str
    data: bytes
    name: str
    mimetype: str
    caption: str = ""
    """The alternative text of a sticker."""
    html: str = ""
    """The caption with formatting."""
    info: RawEvent = field(default_factory=dict)
    """What the client tells about the file: w, h, duration in milliseconds."""
    thumbnail: bytes = b""
    """A preview, a JPEG picture."""
    waveform: Sequence[int] = ()
    """Loudness of a voice message, 0 to 1024."""
    encrypted: bool = False
    more: RawEvent = field(default_factory=dict)
    """Further fields of the event, such as `m.mentions`."""


class MatrixSharing(MatrixSession):
    """The actions of people with files, places and pins."""

    async def attach(self, room: str, upload: MatrixUpload, *, reply_to: str = "", thread: str = "") -> str:
        """Send a file and return its event id."""
        content = await self.attached(upload) | related(reply_to, thread)
        return await self.send_raw(room, "m.sticker" if upload.kind == "sticker" else "m.room.message", content)

    async def attached(self, upload: MatrixUpload) -> RawEvent:
        """Upload a file and return the content of the event that shows it."""
        info = {"mimetype": upload.mimetype, "size": len(upload.data), **upload.info}
        if upload.thumbnail:
            preview = await self._stored(upload.thumbnail, "preview.jpg", "image/jpeg", encrypted=upload.encrypted)
            info |= {f"thumbnail_{name}": value for name, value in preview.items()}
            info["thumbnail_info"] = {"mimetype": "image/jpeg", "size": len(upload.thumbnail)}
        stored = await self._stored(upload.data, upload.name, upload.mimetype, encrypted=upload.encrypted)
        content = {"body": upload.caption or upload.name, "info": info, "m.mentions": {}} | stored
        if upload.kind == "sticker":
            return content | upload.more
        return content | {"filename": upload.name} | _typed(upload) | upload.more

    async def replace(self, room: str, event: str, upload: MatrixUpload) -> str:
        """Put another file, or another caption, in the place of one's own; return the id of the edit."""
        new = await self.attached(upload)
        relation = {"rel_type": "m.replace", "event_id": event}
        content = new | {"body": f"* {new['body']}", "m.new_content": new, "m.relates_to": relation}
        return await self.send_raw(room, "m.room.message", content)

    async def locate(
        self, room: str, latitude: float, longitude: float, text: str = "", *, reply_to: str = "", thread: str = ""
    ) -> str:
        """Send a place, described by `text`, and return its event id."""
        geo = f"geo:{latitude},{longitude}"
        content = {"msgtype": "m.location", "geo_uri": geo, "body": text or f"Location: {geo}", "m.mentions": {}}
        place: RawEvent = {"org.matrix.msc3488.location": {"uri": geo, "description": text} if text else {"uri": geo}}
        return await self.send_raw(room, "m.room.message", content | place | related(reply_to, thread))

    async def pin(self, room: str, event: str, *, pinned: bool = True) -> str:
        """Pin a message, or unpin it; return the id of the state event."""
        others = [id for id in await self.pins(room) if id != event]
        return await self.send_state(room, _PINS, {"pinned": [*others, event] if pinned else others})

    async def pins(self, room: str) -> list[str]:
        """Return the ids of the pinned messages, the newest last."""
        try:
            return list((await self.state(room, _PINS)).get("pinned", []))
        except MatrixError as error:
            if error.status != 404:
                raise
            return []

    async def _stored(self, data: bytes, name: str, mimetype: str, *, encrypted: bool) -> RawEvent:
        """Upload bytes and return the field that refers to them, `url` or `file`."""
        if not encrypted:
            return {"url": await self.upload(data, name, mimetype)}
        secret, file = encrypt(data)
        return {"file": file | {"url": await self.upload(secret, "", "application/octet-stream")}}


def related(reply_to: str, thread: str) -> RawEvent:
    """Return the field that says what a message answers and to which thread it belongs.

    In a thread a message that answers none falls back to the root, as clients without threads show it.
    """
    relation: RawEvent = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply_to} if thread else {}
    if answered := reply_to or thread:
        relation["m.in_reply_to"] = {"event_id": answered}
    return {"m.relates_to": relation} if relation else {}


def encrypt(data: bytes) -> tuple[bytes, RawEvent]:
    """Return the encrypted bytes and the EncryptedFile object without its `url` (client-server API, 11.12.1.8)."""
    key, counter = os.urandom(32), os.urandom(8)
    secret = AES.new(key, AES.MODE_CTR, nonce=counter).encrypt(data)
    jwk = {"kty": "oct", "key_ops": ["encrypt", "decrypt"], "alg": "A256CTR", "k": unpadded(key, url=True), "ext": True}
    return secret, {
        "v": "v2",
        "key": jwk,
        "iv": unpadded(counter + bytes(8)),
        "hashes": {"sha256": unpadded(hashlib.sha256(secret).digest())},
    }


def decrypt(secret: bytes, file: RawEvent) -> bytes:
    """Return the bytes that an EncryptedFile object refers to; raise ValueError if they are not what it says."""
    if unpadded(hashlib.sha256(secret).digest()) != file["hashes"]["sha256"].rstrip("="):
        raise ValueError("the file is not what the message says")
    counter = padded(file["iv"])
    key = base64.urlsafe_b64decode(file["key"]["k"] + "=" * (-len(file["key"]["k"]) % 4))
    return AES.new(key, AES.MODE_CTR, nonce=counter[:8], initial_value=counter[8:]).decrypt(secret)


def unpadded(data: bytes, *, url: bool = False) -> str:
    """Return unpadded Base64, as Matrix writes it; `url`: with the alphabet for addresses."""
    encoded = base64.urlsafe_b64encode(data) if url else base64.b64encode(data)
    return encoded.decode().rstrip("=")


def padded(text: str) -> bytes:
    """Return the bytes of Base64 with or without padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _typed(upload: MatrixUpload) -> RawEvent:
    """Return the fields that say how the file is shown."""
    content: RawEvent = {"msgtype": f"m.{'audio' if upload.kind == 'voice' else upload.kind}"}
    if upload.html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": upload.html}
    if upload.kind == "voice":
        audio = {"duration": upload.info.get("duration", 0), "waveform": list(upload.waveform)}
        content |= {"org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": audio}
    return content
