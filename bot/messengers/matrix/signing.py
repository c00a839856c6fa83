"""Cross-signing of the bot's own device, so that strict clients share their keys with it."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from canonicaljson import encode_canonical_json
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from bot.messengers.matrix.api import Api, Rejected, path
from bot.messengers.matrix.raw import Raw, as_dict

log = structlog.get_logger()

Seeds: TypeAlias = tuple[str, str, str]
"""The seeds of the master, self-signing and user-signing keys: 32 bytes each, as hex."""


def new_seeds() -> Seeds:
    """Generate the seeds of the three keys."""
    return secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32)


@dataclass(frozen=True, slots=True)
class CrossSigning:
    """The bot's cross-signing identity."""

    user: str
    seeds: Seeds

    async def establish(self, api: Api, device: str, password: str) -> None:
        """Publish the identity and sign our device, unless already done. Raises Rejected or Unreachable."""
        known = await api.call("POST", path("keys", "query"), {"device_keys": {self.user: [device]}})
        master = as_dict(as_dict(known.get("master_keys")).get(self.user))
        if self._public(0) not in as_dict(master.get("keys")).values() and not await self._publish(api, password):
            return
        mine = as_dict(as_dict(as_dict(known.get("device_keys")).get(self.user)).get(device))
        if mine and not is_signed(mine, self.user, self._public(1)):
            signed = self._signed({key: value for key, value in mine.items() if key != "unsigned"}, 1)
            answer = await api.call("POST", path("keys", "signatures", "upload"), {self.user: {device: signed}})
            if answer.get("failures"):
                log.warning("the device could not be cross-signed", failures=str(answer["failures"])[:300])

    async def holds(self, api: Api, device: str) -> bool:
        """Return whether the server has our identity and its signature on our device.

        Raises Rejected or Unreachable.
        """
        known = await api.call("POST", path("keys", "query"), {"device_keys": {self.user: [device]}})
        master = as_dict(as_dict(known.get("master_keys")).get(self.user))
        mine = as_dict(as_dict(as_dict(known.get("device_keys")).get(self.user)).get(device))
        return self._public(0) in as_dict(master.get("keys")).values() and is_signed(mine, self.user, self._public(1))

    async def _publish(self, api: Api, password: str) -> bool:
        keys = {
            "master_key": self._signed(self._key(0, "master"), 0),
            "self_signing_key": self._signed(self._key(1, "self_signing"), 0),
            "user_signing_key": self._signed(self._key(2, "user_signing"), 0),
        }
        where = path("keys", "device_signing", "upload")
        try:
            await api.call("POST", where, keys)
        except Rejected as error:
            flow = error.body.get("session")
            if error.status != 401 or not flow or not password:
                log.warning("no cross-signing: some clients will not send the bot their keys", error=str(error))
                return False
            user = {"type": "m.id.user", "user": self.user}
            proof = {"type": "m.login.password", "identifier": user, "password": password, "session": flow}
            await api.call("POST", where, keys | {"auth": proof})
        return True

    def _public(self, which: int) -> str:
        return _unpadded(SigningKey(bytes.fromhex(self.seeds[which])).verify_key.encode())

    def _key(self, which: int, usage: str) -> Raw:
        public = self._public(which)
        return {"user_id": self.user, "usage": [usage], "keys": {f"ed25519:{public}": public}}

    def _signed(self, thing: Raw, which: int) -> Raw:
        """Return the object with a signature by one of our keys added."""
        signature = SigningKey(bytes.fromhex(self.seeds[which])).sign(_canonical(thing)).signature
        before = as_dict(thing.get("signatures"))
        mine = as_dict(before.get(self.user)) | {f"ed25519:{self._public(which)}": _unpadded(signature)}
        return thing | {"signatures": before | {self.user: mine}}


def is_signed(thing: Raw, user: str, public: str, *, by: str = "") -> bool:
    """Return whether `thing` has a valid signature by `user` with the key `public` (unpadded base64).

    `by` is the key's name if it is not the key itself, such as a device id.
    """
    signature = str(as_dict(as_dict(thing.get("signatures")).get(user)).get(f"ed25519:{by or public}"))
    try:
        VerifyKey(_bytes(public)).verify(_canonical(thing), _bytes(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def _canonical(thing: Raw) -> bytes:
    """Return the bytes that are signed."""
    bare = {key: value for key, value in thing.items() if key not in ("signatures", "unsigned")}
    return bytes(encode_canonical_json(bare))


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
