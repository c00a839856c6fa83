"""The guards of the Matrix adapter, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from bot.delivery import attempts, failures
from bot.intake import membership
from bot.messengers.matrix import crypto, devices, intake
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.crypto import Crypto
from bot.messengers.matrix.devices import Devices
from bot.messengers.matrix.joining import Joining
from bot.messengers.matrix.raw import Raw, as_dict
from bot.messengers.matrix.sync import sync
from tests.trust import test_devices as cases
from tests.trust import test_invitations as invitations
from tests.trust import test_sealed as sealed
from tests.trust.guards import instead, soon_nothing, yes


def devices_looked_at_together(patch: pytest.MonkeyPatch) -> None:
    """Treat one unusable key as an error for all devices."""
    patch.setattr(devices, "HURT", ())


async def _nobody(*_args: object) -> list[Any]:
    return []


def encrypted_state_read(patch: pytest.MonkeyPatch) -> None:
    """Treat an encrypted state event as its decrypted content."""
    decrypt = Crypto.decrypt

    def decrypted(self: Crypto, room: str, event: Raw) -> Raw | None:
        return decrypt(self, room, {key: value for key, value in event.items() if key != "state_key"})

    patch.setattr(Crypto, "decrypt", decrypted)


def profiles_asked_in_the_sync(patch: pytest.MonkeyPatch) -> None:
    """Fetch an inviter's profile before anything else is read."""

    async def asking(link: MatrixConnection, since: str, **options: Any) -> Raw:
        answer = await sync(link, since, **options)
        for _room in as_dict(as_dict(answer.get("rooms")).get("invite")):
            with suppress(Rejected, Unreachable):
                await link.api.call("GET", path("profile", "@mallory:localhost"), limit=10)
        return answer

    patch.setattr(intake, "sync", asking)


@asynccontextmanager
async def _at_once(*_args: object) -> AsyncIterator[None]:
    yield


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
GUARDS += [
    (invitations.test_case_93_rooms_that_cannot_be_entered_hold_up_nothing, profiles_asked_in_the_sync),
    (invitations.test_case_93_rooms_that_cannot_be_entered_hold_up_nothing, instead(Joining, "_place", _at_once)),
    (
        invitations.test_case_93_who_invites_into_many_rooms_is_followed_into_few,
        instead(membership, "MOST_PENDING", 99),
    ),
    (invitations.test_case_93_a_room_that_cannot_be_entered_is_given_up, instead(attempts, "_MOVES", ())),
    (
        invitations.test_case_93_a_room_that_cannot_be_entered_is_given_up,
        instead(failures.Failures, "_not_moved", soon_nothing),
    ),
]
