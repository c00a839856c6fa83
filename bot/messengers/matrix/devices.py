"""Other people's devices, and an encrypted channel (Olm session) to each of them.

The keys of a device are whatever its owner has uploaded. So each device is handled separately: one
that we cannot encrypt for is left out, and never keeps a message from the others (trust: case 92).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from secrets import token_hex
from typing import Any, NamedTuple

import structlog
from nio import EncryptionError, KeysClaimResponse, KeysQueryResponse
from nio.crypto import OlmDevice

from bot.messengers.matrix.api import Api, Rejected, path
from bot.messengers.matrix.raw import Raw, as_dict, clean
from bot.messengers.matrix.signing import is_signed

log = structlog.get_logger()

HURT = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, EncryptionError)
"""What nio and vodozemac raise on malformed input."""
DEVICES_PER_REQUEST = 20
"""Devices per request, and encryptions before yielding to the event loop."""
_KEY_TIMEOUT_MS = 5000
"""Milliseconds that our homeserver waits for other servers."""
_LONGEST_ID = 255


class Sealed(NamedTuple):
    """A message to one device."""

    user: str
    device: str
    content: Raw


class Devices:
    """The devices of everyone with whom we share encrypted rooms."""

    def __init__(self, api: Api, client: Any) -> None:  # noqa: ANN401 - nio has no types
        """Store keys and sessions in the stores of nio's `client`."""
        self._api = api
        self._client = client
        self._machine = client.olm

    def of(self, users: Iterable[str]) -> list[OlmDevice]:
        """Return all devices of these users except our own."""
        mine = self._client.user_id, self._machine.device_id
        devices = (each for user in users for each in self._machine.device_store.active_user_devices(user))
        return [each for each in devices if (each.user_id, each.id) != mine]

    async def reach(self, users: Collection[str]) -> list[OlmDevice]:
        """Open a channel to every device of these users; return those for which that failed.

        Raises Rejected or Unreachable.
        """
        await self.update()
        if missing := self._without_channel(users):
            await self.claim(missing)
        return self._without_channel(users)

    async def update(self) -> None:
        """Query the devices of users whose devices have changed. Raises Rejected or Unreachable."""
        users = set(self._machine.users_for_key_query)
        if not users:
            return
        wanted = {"device_keys": {user: [] for user in users}, "timeout": _KEY_TIMEOUT_MS}
        found = as_dict((await self._api.call("POST", path("keys", "query"), wanted)).get("device_keys"))
        for user in users & found.keys():
            # Device names are unsigned and not needed.
            devices = as_dict(found[user]).items()
            sound = {id: {**each, "unsigned": {}} for id, each in devices if _is_sound(user, id, each)}
            try:
                await self._client.receive_response(KeysQueryResponse({user: sound}, {}))
            except HURT as error:
                log.warning("devices that cannot be taken in", user=user, error=repr(error))

    async def claim(self, devices: Collection[OlmDevice]) -> None:
        """Open a new channel to each of these devices, if its keys allow. Raises Rejected or Unreachable."""
        wanted: dict[str, dict[str, str]] = {}
        for device in devices:
            wanted.setdefault(device.user_id, {})[device.id] = "signed_curve25519"
        body = {"one_time_keys": wanted, "timeout": _KEY_TIMEOUT_MS}
        keys = as_dict((await self._api.call("POST", path("keys", "claim"), body)).get("one_time_keys"))
        for device in devices:
            key = as_dict(as_dict(keys.get(device.user_id)).get(device.id))
            try:
                if key:
                    self._machine.handle_response(KeysClaimResponse({device.user_id: {device.id: key}}, {}))
            except HURT as error:
                _leave_out(device.user_id, device.id, repr(error))

    async def repair(self) -> None:
        """Replace broken channels with new ones; a device for which that fails has to ask again."""
        machine = self._machine
        broken = [*machine.wedged_devices, *machine.key_request_devices_no_session]
        if not broken:
            return
        await self.claim(broken)
        for queue in (machine.wedged_devices, machine.key_request_devices_no_session):
            queue[:] = [each for each in queue if each not in broken]

    async def share(self, users: Collection[str], group: Any, key: Raw) -> None:  # noqa: ANN401 - as above
        """Share the room key `key` of `group`, nio's outbound session, with all devices that do not have it yet.

        Raises Rejected or Unreachable; what has been shared by then is recorded.
        """
        waiting = [each for each in self.of(users) if (each.user_id, each.id) not in group.users_shared_with]
        for start in range(0, len(waiting), DEVICES_PER_REQUEST):
            chunk = waiting[start : start + DEVICES_PER_REQUEST]
            with self._client.store.database.atomic():  # one commit for the chunk, not one per device
                sealed = [self._sealed(each, key) for each in chunk]
            await self.send("m.room.encrypted", [each for each in sealed if each])
            group.users_shared_with.update((each.user_id, each.id) for each in chunk)

    async def send(self, type: str, messages: Sequence[Sealed]) -> None:
        """Send to devices, leaving out any that the homeserver rejects. Raises Rejected or Unreachable."""
        if not messages:
            return
        body: dict[str, dict[str, Raw]] = {}
        for user, device, content in messages:
            body.setdefault(user, {})[device] = content
        try:
            # Not with nio, which treats any failure here as success.
            await self._api.call("PUT", path("sendToDevice", type, token_hex(16)), {"messages": body})
        except Rejected as error:
            if error.limited or error.logged_out or not error.errcode:
                raise
            if len(messages) == 1:
                _leave_out(messages[0].user, messages[0].device, str(error))
                return
            for each in messages:
                await self.send(type, [each])

    def _sealed(self, device: OlmDevice, key: Raw) -> Sealed | None:
        session = self._machine.session_store.get(device.curve25519)
        if session is None:
            _leave_out(device.user_id, device.id, "no usable keys")
            return None
        try:
            content = self._machine._olm_encrypt(session, device, "m.room_key", key)  # noqa: SLF001 - the public one takes a whole room
        except HURT as error:
            _leave_out(device.user_id, device.id, repr(error))
            return None
        return Sealed(device.user_id, device.id, content)

    def _without_channel(self, users: Iterable[str]) -> list[OlmDevice]:
        return [each for each in self.of(users) if not self._machine.session_store.get(each.curve25519)]


def _is_sound(user: str, id: str, device: object) -> bool:
    """Whether nio can process a device's description: well-formed, and signed by the device itself."""
    keys = as_dict(as_dict(device).get("keys"))
    mine = keys.get(f"ed25519:{id}"), keys.get(f"curve25519:{id}")
    good = (
        id == clean(id)
        and len(id) <= _LONGEST_ID
        and as_dict(device).get("user_id") == user
        and as_dict(device).get("device_id") == id
        and all(isinstance(each, str) for each in mine)
        and is_signed(as_dict(device), user, str(mine[0]), by=id)
    )
    if not good:
        _leave_out(user, id, "malformed, or not signed by itself")
    return good


def _leave_out(user: str, device: str, reason: str) -> None:
    log.warning("a device that cannot be encrypted to", user=user, device=device, reason=reason)
