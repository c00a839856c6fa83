"""A person whose client isolates unsigned devices: it shares its keys only with those that their owner has signed.

The chain is verified here with PyNaCl alone, without code of this project: the master key signs the self-signing key,
which signs the device.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from canonicaljson import encode_canonical_json
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from tests.messengers.nio_person import NioPerson, nio_person


class StrictPerson(NioPerson):
    """A person whose client withholds its keys from devices that their owner has not signed."""

    async def isolate(self, synapse: Synapse, user: str) -> set[str]:
        """Share no keys with the unsigned devices of a user; return the ids of the signed ones."""
        async with HumanMatrix(synapse.url, self.id, self.client.access_token) as web:
            keys = await web.call("POST", "/v3/keys/query", {"device_keys": {user: []}})
        signed = {id for id, device in keys["device_keys"][user].items() if _chain_holds(keys, user, device)}
        for device in self.client.device_store.active_user_devices(user):
            if device.id not in signed:
                self.client.blacklist_device(device)
        return signed


def _chain_holds(keys: Any, user: str, device: Any) -> bool:
    master, own = keys.get("master_keys", {}).get(user), keys.get("self_signing_keys", {}).get(user)
    if not (master and own and "self_signing" in own["usage"] and own["user_id"] == device["user_id"] == user):
        return False
    ((top_id, top),) = master["keys"].items()
    ((below_id, below),) = own["keys"].items()
    return _verifies(own, user, top_id, top) and _verifies(device, user, below_id, below)


def _verifies(thing: Any, user: str, key_id: str, public: str) -> bool:
    bare = {key: value for key, value in thing.items() if key not in {"signatures", "unsigned"}}
    signature = thing.get("signatures", {}).get(user, {}).get(key_id, "")
    try:
        VerifyKey(_bytes(public)).verify(encode_canonical_json(bare), _bytes(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


@asynccontextmanager
async def strict_person(synapse: Synapse, name: str, folder: Path) -> AsyncGenerator[StrictPerson, None]:
    async with nio_person(synapse, name, folder) as each:
        yield StrictPerson(each.client)
