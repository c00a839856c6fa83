"""How the adapter handles a homeserver that rejects requests, fails or loses responses."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.messengers.base import PermanentError, SendError, TemporaryError, UnknownOutcome
from bot.messengers.matrix import MatrixMessenger
from bot.model import Button, Message, Post, plain, rich
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from tests.messengers.faulty_proxy import FaultyProxy, says
from tests.messengers.matrix_bot import KEY, MatrixBot, account, now, person, send
from tests.messengers.nio_person import nio_person


@asynccontextmanager
async def behind_proxy(
    synapse: Synapse, folder: Path
) -> AsyncGenerator[tuple[MatrixBot, HumanMatrix, str, FaultyProxy], None]:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with FaultyProxy(synapse.url).running() as proxy:
        each = MatrixMessenger(proxy.url, name, password="secret", data_dir=folder, secret_key=KEY, clock=now)
        await each.start()
        bot = MatrixBot(each, None)
        try:
            await bot.has_begun()
            room = await anna.create_room("Köln", invite=[bot.id])
            await bot.joins(room)
            yield bot, anna, room, proxy
        finally:
            await bot.stop()


def bodies(events: list[dict[str, dict[str, object]]]) -> Iterator[object]:
    return (event["content"].get("body") for event in events)


async def test_an_answer_that_was_lost_is_ambiguous_and_given_again_makes_one_message(
    synapse: Synapse, tmp_path: Path
) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, anna, room, proxy):
        proxy.faults["/send/m.room.message"] = [None, None]  # the client retries a lost PUT once itself
        operation = send(room, "once")
        with pytest.raises(UnknownOutcome):
            await bot.messenger.deliver(operation)
        found = await bot.messenger.find(operation, after="", known=())
        assert await bot.messenger.deliver(operation) == found
        assert list(bodies(await anna.messages(room))).count("once") == 1


async def test_a_button_whose_answer_was_lost_is_placed_once(synapse: Synapse, tmp_path: Path) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, anna, room, proxy):
        proxy.faults["/send/m.reaction"] = [None, None]
        operation = send(room, post=Post(rich("Trees?"), buttons=(Button("yes", "👍", "a"), Button("no", "👎", "b"))))
        with pytest.raises(UnknownOutcome):
            await bot.messenger.deliver(operation)
        await bot.messenger.deliver(operation)
        types = [event["type"] for event in await anna.messages(room)]
        assert (types.count("m.room.message"), types.count("m.reaction")) == (1, 2)


async def test_a_card_whose_button_has_to_wait_is_in_doubt(synapse: Synapse, tmp_path: Path) -> None:
    """Were it "certainly not done", an edit meanwhile would make it a new card, and a deletion would leave it there."""
    async with behind_proxy(synapse, tmp_path) as (bot, anna, room, proxy):
        proxy.faults["/send/m.reaction"] = [says(429, "M_LIMIT_EXCEEDED", retry_after_ms=1500)]
        operation = send(room, post=Post(rich("Trees?"), buttons=(Button("yes", "👍", "a"), Button("no", "👎", "b"))))
        with pytest.raises(UnknownOutcome) as error:
            await bot.messenger.deliver(operation)
        assert error.value.after == 1.5
        await bot.messenger.deliver(operation)
        types = [event["type"] for event in await anna.messages(room)]
        assert (types.count("m.room.message"), types.count("m.reaction")) == (1, 2)


@pytest.mark.parametrize(
    ("status", "errcode", "kind"),
    [
        (429, "M_LIMIT_EXCEEDED", TemporaryError),
        (500, "M_UNKNOWN", UnknownOutcome),
        (502, "", UnknownOutcome),
        (404, "", UnknownOutcome),
        (200, "", UnknownOutcome),
        (403, "M_USER_LOCKED", TemporaryError),
        (403, "M_FORBIDDEN", PermanentError),
        (413, "", PermanentError),
        (400, "M_BAD_JSON", PermanentError),
    ],
)
async def test_refusals(synapse: Synapse, tmp_path: Path, status: int, errcode: str, kind: type[SendError]) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, _, room, proxy):
        proxy.faults["/send/"] = [says(status, errcode, retry_after_ms=1500)]
        with pytest.raises(SendError) as error:
            await bot.says(room, "x")
        assert type(error.value) is kind
        if isinstance(error.value, TemporaryError):
            assert error.value.after == (1.5 if status == 429 else 60)
        assert "sorry" not in str(error.value)
        await bot.says(room, "y")


@pytest.mark.parametrize("step", ["/joined_members", "/keys/query", "/keys/claim", "/sendToDevice/"])
@pytest.mark.parametrize("lost", [False, True])
async def test_nobody_is_left_without_the_key_when_sharing_it_fails(
    synapse: Synapse, tmp_path: Path, step: str, lost: bool
) -> None:
    async with (
        behind_proxy(synapse, tmp_path) as (bot, _, _, proxy),
        nio_person(synapse, "Ben", tmp_path / "ben") as ben,
    ):
        room = await ben.make_room(bot.id)
        await bot.joins(room)
        proxy.faults[step] = [None, None, None] if lost else [says(502), says(502), says(502)]
        operation = send(room, "sealed")
        failures = 0
        while proxy.faults[step]:
            try:
                await bot.messenger.deliver(operation)
                break
            except (TemporaryError, UnknownOutcome):
                failures += 1
        await bot.messenger.deliver(operation)
        await ben.wait_for("sealed")
        assert failures or step == "/keys/query"  # the key maintenance may have hit the fault instead


async def test_trouble_with_the_sync_is_waited_out_without_haste(synapse: Synapse, tmp_path: Path) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, anna, room, proxy):
        proxy.faults["/sync"] = [says(502), says(500, "M_UNKNOWN"), says(200), says(429, "M_LIMIT_EXCEEDED")]
        before = proxy.asked.count("/_matrix/client/v3/sync")
        await anna.say(room, "wakes the sync that is still open")
        await anna.say(room, "hello?")
        await bot.wait_for(Message, lambda event: plain(event.text) == "hello?")
        assert not proxy.faults["/sync"]
        assert proxy.asked.count("/_matrix/client/v3/sync") - before <= 8


async def test_a_gap_is_filled_over_trouble(synapse: Synapse, tmp_path: Path) -> None:
    async with behind_proxy(synapse, tmp_path) as (bot, anna, room, proxy):
        proxy.faults["/sync"] = [says(502), says(502), says(502)]
        await anna.say(room, "first")
        sent = [await anna.say(room, str(number)) for number in range(110)]
        proxy.faults["/messages"] = [says(502), says(429, "M_LIMIT_EXCEEDED", retry_after_ms=10)]
        await bot.wait_for(Message, lambda event: event.id == sent[-1], limit=30)
        heard = [event.id for event in bot.events if isinstance(event, Message)]
        assert heard[1:] == sent
