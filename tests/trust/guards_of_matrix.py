"""The guards of the Matrix adapter, each taken away as in `guards`."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messengers.matrix import crypto, devices
from bot.messengers.matrix.crypto import Crypto
from bot.messengers.matrix.devices import Devices
from bot.messengers.matrix.raw import Raw
from tests.trust import test_devices as cases
from tests.trust import test_sealed as sealed
from tests.trust.guards import instead, yes


def devices_looked_at_together(patch: pytest.MonkeyPatch) -> None:
    """Let one key that cannot be used be an error for all."""
    patch.setattr(devices, "HURT", ())


async def _nobody(*_args: object) -> list[Any]:
    return []


def encrypted_state_read(patch: pytest.MonkeyPatch) -> None:
    """Take an encrypted event of state for what stands inside it."""
    decrypt = Crypto.decrypt

    def decrypted(self: Crypto, room: str, event: Raw) -> Raw | None:
        return decrypt(self, room, {key: value for key, value in event.items() if key != "state_key"})

    patch.setattr(Crypto, "decrypt", decrypted)


class _Everything:
    def __contains__(self, type: object) -> bool:
        return True


GUARDS: list[Any] = [
    (cases.test_case_92_a_broken_device_keeps_nothing_from_the_others, devices_looked_at_together, {"attack": attack})
    for attack in cases.ATTACKS[:4]
]
GUARDS += [
    (cases.test_case_92_the_doctor_names_the_broken_device, instead(Devices, "reach", _nobody), {"attack": attack})
    for attack in cases.ATTACKS
]
GUARDS += [(cases.test_case_92_a_malformed_device_hides_no_other_one, instead(devices, "is_signed", yes))]
GUARDS += [
    (
        sealed.test_case_98_what_only_some_may_send_counts_only_in_the_open,
        instead(crypto, "SPOKEN", _Everything()),
        {"type": "m.room.redaction"},
    ),
]
GUARDS += [(sealed.test_case_98_an_encrypted_event_is_no_state, encrypted_state_read)]
