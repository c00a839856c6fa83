"""Device keys uploaded by one member of an encrypted room do not keep anything from the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nio import Api as NioApi
from nio.crypto import OlmAccount

from bot.messengers.matrix.api import Api
from bot.messengers.matrix.devices import Devices
from bot.model import Message
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import MatrixBot, person, ref
from tests.messengers.nio_person import NioPerson
from tests.messengers.test_matrix_encryption import together
from tests.messengers.test_matrix_health import texts

ZEROS = "A" * 43
"""A well-formed key from which no secret can be agreed on."""
ATTACKS: list[dict[str, dict[str, str]]] = [
    {"one_time_keys": {"signed_curve25519:AAAAAA": "AAAA"}},
    {"one_time_keys": {"signed_curve25519:AAAAAA": ZEROS}},
    {"fallback_keys": {"signed_curve25519:AAAAAA": "AAAA"}},
    {"device_keys": {"curve25519": "AAAA"}, "one_time_keys": {"signed_curve25519:AAAAAA": ZEROS}},
    {"device_keys": {}},
]


async def uploads(mallory: HumanMatrix, attack: dict[str, dict[str, str]]) -> None:
    """Upload the keys of a device, properly signed, with those of `attack` in place of valid ones."""
    account: Any = OlmAccount()

    def signed(thing: dict[str, Any]) -> dict[str, Any]:
        signature = account.sign(NioApi.to_canonical_json(thing))
        return thing | {"signatures": {mallory.id: {f"ed25519:{mallory.device_id}": signature}}}

    keys = account.identity_keys | attack.get("device_keys", {})
    device = {
        "user_id": mallory.id,
        "device_id": mallory.device_id,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {f"{algorithm}:{mallory.device_id}": key for algorithm, key in keys.items()},
    }
    body: dict[str, Any] = {"device_keys": signed(device)}
    for kind, mark in (("one_time_keys", {}), ("fallback_keys", {"fallback": True})):
        body[kind] = {id: signed({"key": key} | mark) for id, key in attack.get(kind, {}).items()}
    await mallory.call("POST", "/v3/keys/upload", body)


@asynccontextmanager
async def with_a_broken_device(
    synapse: Synapse, folder: Path, attack: dict[str, dict[str, str]]
) -> AsyncIterator[tuple[MatrixBot, NioPerson, HumanMatrix, str]]:
    """The bot, Anna, and Mallory with a broken device, in an encrypted room."""
    async with together(synapse, folder) as (bot, anna, room):
        mallory = await person(synapse, "Mallory")
        await uploads(mallory, attack)
        await anna.client.room_invite(room, mallory.id)
        await mallory.join(room)
        await mallory.say(room, "here I am")
        await bot.wait_for(Message)
        yield bot, anna, mallory, room


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_case_92_a_broken_device_keeps_nothing_from_the_others(
    synapse: Synapse, tmp_path: Path, attack: dict[str, dict[str, str]]
) -> None:
    async with with_a_broken_device(synapse, tmp_path, attack) as (bot, anna, _, room):
        try:
            await bot.says(room, "We meet at noon")
        except Exception as error:
            raise AssertionError("the room is blocked") from error
        await anna.wait_for("We meet at noon")


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_case_92_the_doctor_names_the_broken_device(
    synapse: Synapse, tmp_path: Path, attack: dict[str, dict[str, str]]
) -> None:
    async with with_a_broken_device(synapse, tmp_path, attack) as (bot, anna, mallory, room):
        wrong = texts(await bot.messenger.check_health(ref(room)), ok=False)
        assert f"{mallory.id} cannot read my messages" in wrong
        assert mallory.device_id in wrong
        assert anna.id not in wrong


async def test_case_92_a_malformed_device_hides_no_other_one() -> None:
    """Arbitrary JSON anywhere, as a hostile homeserver may send it."""
    account: Any = OlmAccount()
    user = "@anna:test"

    def device(id: str, **wrong: Any) -> dict[str, Any]:
        keys = {f"{algorithm}:{id}": key for algorithm, key in account.identity_keys.items()}
        whole = {"user_id": user, "device_id": id, "algorithms": [], "keys": keys, **wrong}
        try:
            signature = account.sign(NioApi.to_canonical_json(whole))
        except ValueError:
            signature = ""
        return whole | {"signatures": {user: {f"ed25519:{id}": signature}}}

    wrong: list[Any] = [
        None,
        [],
        5,
        "",
        {},
        {"keys": []},
        {"keys": {"ed25519:X": 5}},
        device("X", keys={}),
        device("Y"),
    ]
    wrong += [device("X", keys={"ed25519:X": "AAAA", "curve25519:X": "AAAA"})]
    wrong += [device("X", user_id="@eve:test"), device("X") | {"signatures": []}, device("X") | {"unsigned": 5}]
    devices: dict[str, Any] = {f"X{number}": each for number, each in enumerate(wrong)}
    devices |= {"X": wrong[-4], "\ud800": device("\ud800"), "Good": device("Good")}
    seen: list[Any] = []

    async def call(*_: object) -> dict[str, Any]:
        return {"device_keys": {user: devices, "@eve:test": [], "@other:test": {}}}

    async def receive(response: Any) -> None:
        seen.append(response.device_keys)

    machine = SimpleNamespace(users_for_key_query={user, "@eve:test"})
    client = SimpleNamespace(olm=machine, receive_response=receive)
    await Devices(cast("Api", SimpleNamespace(call=call)), client).update()
    assert {user: ["Good"], "@eve:test": []} == {user: list(each) for one in seen for user, each in one.items()}
