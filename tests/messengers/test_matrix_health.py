"""The Matrix adapter's health check: what is wrong, in words for the people who can fix it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.messengers.base import CheckResult, SendError
from bot.messengers.matrix import MatrixMessenger
from bot.model import ChatRef, plain
from bot.sandbox.synapse import Synapse
from bot.text.catalogue import LocaleContext, render
from tests.messengers.faulty_proxy import FaultyProxy, says
from tests.messengers.matrix_bot import KEY, MatrixBot, account, now, person, ref, running
from tests.messengers.test_matrix_faults import behind_proxy


def texts(findings: list[CheckResult], *, ok: bool) -> str:
    return "\n".join(plain(render(each.text, LocaleContext(prefix="!"))) for each in findings if each.ok is ok)


async def test_all_is_well(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        await anna.set_power(room, bot.id, 50)
        of_account, of_room = await bot.messenger.check_health(), await bot.messenger.check_health(ref(room))
        assert texts(of_account + of_room, ok=False) == ""
        assert len(of_account) == 3
        for word in ("cross-signed", "50 MB", "clock"):
            assert word in texts(of_account, ok=True)
        for word in ("write", "remove", "pin", "not encrypted"):
            assert word in texts(of_room, ok=True)


async def test_rights_that_are_missing_are_named_with_how_to_give_them(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        assert f"Please invite {bot.id}" in texts(await bot.messenger.check_health(ref(room)), ok=False)
        await bot.joins(room)
        findings = await bot.messenger.check_health(ref(room))
        assert "I can write here." in texts(findings, ok=True)
        wrong = texts(findings, ok=False)
        assert "!delete" in wrong
        assert "pin" in wrong
        assert f"make {bot.id} a moderator (power level 50)" in wrong
        levels = await anna.state(room, "m.room.power_levels")
        await anna.send_state(room, "m.room.power_levels", levels | {"events_default": 30, "redact": 20})
        wrong = texts(await bot.messenger.check_health(ref(room)), ok=False)
        assert f"give {bot.id} a power level of at least 30" in wrong
        assert "(power level 30)" in wrong  # a redaction is an event that has to be sent, too


async def lacking(bot: MatrixBot, room: str) -> str:
    """Return what is missing for the promises of pairing."""
    return texts([each for each in await bot.messenger.check_health(ref(room)) if each.required], ok=False)


async def test_what_pairing_promises_takes_the_right_to_send_and_to_remove(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        assert "!delete" in await lacking(bot, room)
        assert "pin" not in await lacking(bot, room)
        levels = await anna.state(room, "m.room.power_levels")
        await anna.send_state(room, "m.room.power_levels", levels | {"events_default": 30})
        assert "I am not allowed to write here" in await lacking(bot, room)
        await anna.set_power(room, bot.id, 50)
        assert await lacking(bot, room) == ""


async def test_what_pairing_promises_takes_the_history_of_an_encrypted_room(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id], encrypted=True)
        await bot.joins(room)
        await anna.set_power(room, bot.id, 50)
        assert await lacking(bot, room) == ""
        await anna.send_state(room, "m.room.history_visibility", {"history_visibility": "joined"})
        assert "let members read the history" in await lacking(bot, room)


@pytest.mark.parametrize("version", ["11", "12"])
async def test_a_room_that_was_replaced_leads_on(synapse: Synapse, tmp_path: Path, version: str) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id], version=version)
        await bot.joins(room)
        await anna.call("POST", f"/v3/rooms/{room}/upgrade", {"new_version": "12"})
        assert "continues in a new one" in texts(await bot.messenger.check_health(ref(room)), ok=False)


async def test_a_direct_room_needs_no_moderator(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room(invite=[bot.id], direct=True, encrypted=True)
        await bot.joins(room)
        findings = await bot.messenger.check_health(ref(room))
        assert texts(findings, ok=False) == ""
        assert "leaves this encryption" in texts(findings, ok=True)


async def test_a_direct_room_that_was_given_a_name_needs_no_moderator(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Anna and Intercity", invite=[bot.id], direct=True)
        await bot.joins(room)
        assert texts(await bot.messenger.check_health(ref(room)), ok=False) == ""
        ben = await person(synapse, "Ben")
        await anna.invite(room, ben.id)
        assert "moderator" in texts(await bot.messenger.check_health(ref(room)), ok=False)


def ahead() -> datetime:
    return now() + timedelta(seconds=90)


async def test_a_clock_that_is_wrong(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    each = MatrixMessenger(synapse.url, name, password="secret", data_dir=tmp_path, secret_key=KEY, clock=ahead)
    try:
        await each.start()
        wrong = texts(await each.check_health(), ok=False)
        assert wrong.count("\n") == 0
        assert any(f"{seconds} seconds apart" in wrong for seconds in (89, 90, 91))
    finally:
        await each.close()


@pytest.mark.parametrize(
    ("answers", "ok", "text"),
    [
        ([{"m.upload.size": 3 * 2**20}], False, "only files of up to 3 MB"),
        ([{"m.upload.size": "big"}], True, "no limit"),
        ([None, {"m.upload.size": 20 * 2**20}], True, "20 MB"),
        ([None, None], True, "no limit"),
    ],
)
async def test_the_limit_for_files_is_said(
    synapse: Synapse, tmp_path: Path, answers: list[dict[str, object] | None], ok: bool, text: str
) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, _, _, proxy):
        proxy.faults["/config"] = [
            says(404, "M_UNRECOGNIZED") if answer is None else web.json_response(answer) for answer in answers
        ]
        assert text in texts(await bot.messenger.check_health(), ok=ok)
        assert not proxy.faults["/config"]


@pytest.mark.parametrize("word", ["/keys/query", "/config", "/state/"])
async def test_a_homeserver_that_does_not_answer(synapse: Synapse, tmp_path: Path, word: str) -> None:
    name = await account(synapse)
    async with FaultyProxy(synapse.url).running() as proxy:
        each = MatrixMessenger(proxy.url, name, password="secret", data_dir=tmp_path, secret_key=KEY, clock=now)
        try:
            await each.start()
            proxy.faults[word] = [says(502)]
            with pytest.raises(SendError):
                await each.check_health(ChatRef(each.name, "!room:localhost") if word == "/state/" else None)
            assert not proxy.faults[word]
        finally:
            await each.close()


async def test_the_address_of_the_bot(synapse: Synapse, tmp_path: Path) -> None:
    async with running(synapse, await account(synapse), tmp_path) as bot:
        assert bot.messenger.address("K7QF") == bot.messenger.address() == f"https://matrix.to/#/{bot.id}"
