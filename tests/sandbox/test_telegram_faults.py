"""Limits, faults and outages come on demand, exactly as ordered."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.telegram import Fault
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town


async def send(here: TelegramTown, chat_id: int | None = None) -> object:
    return await here.api("sendMessage", chat_id=chat_id or here.group.id, text="x")


async def wait_demanded(here: TelegramTown, chat_id: int | None = None) -> int:
    with pytest.raises(Refusal, match=r"429 Too Many Requests: retry after \d+") as caught:
        await send(here, chat_id)
    return int(caught.value.body["parameters"]["retry_after"])


async def test_twenty_calls_a_minute_in_a_group() -> None:
    async with town(limits=True) as here:
        for _ in range(10):
            sent = await here.api("sendMessage", chat_id=here.group.id, text="x")
            await here.api("editMessageText", chat_id=here.group.id, message_id=sent["message_id"], text="y")
        here.clock.pass_(seconds=20.5)
        assert await wait_demanded(here) == 40
        other = here.server.group("Leeds", [here.ben])
        await send(here, other.id)
        here.clock.pass_(seconds=40)
        await send(here)
        assert here.server.stats.calls["sendMessage"] == 13
        assert here.server.stats.too_many == {"sendMessage": 1}


async def test_thirty_calls_a_second_in_all() -> None:
    async with town(limits=True) as here:
        groups = [here.server.group(f"G{number}", [here.anna]) for number in range(31)]
        for group in groups[:30]:
            await send(here, group.id)
        assert await wait_demanded(here, groups[30].id) == 1
        here.clock.pass_(seconds=1)
        await send(here, groups[30].id)


async def test_one_call_a_second_in_private_with_a_burst() -> None:
    async with town(limits=True) as here:
        here.server.start(here.anna)
        for _ in range(5):
            await send(here, here.anna.id)
        assert await wait_demanded(here, here.anna.id) == 5
        here.server.limits.on = False
        await send(here, here.anna.id)


@pytest.mark.parametrize("fault", Fault)
async def test_faults_happen_once_and_do_what_they_say(fault: Fault) -> None:
    async with town() as here:
        here.server.faults.once(fault)
        with pytest.raises((aiohttp.ClientError, TimeoutError, Refusal)):
            await asyncio.wait_for(send(here), 0.2)
        assert len(here.server.messages(here.group)) == fault.performed
        await send(here)
        assert here.server.faults.met == [("sendMessage", fault)]


async def test_chances_are_met_and_repeat_with_their_seed() -> None:
    async def faults() -> list[tuple[str, Fault]]:
        async with town() as here:
            here.server.faults.always({Fault.GATEWAY: 0.3, Fault.ERROR: 0.3})
            for _ in range(40):
                await asyncio.gather(send(here), return_exceptions=True)
            assert len(here.server.messages(here.group)) == 40 - len(here.server.faults.met)
            here.server.faults.always({})
            await send(here)
            return here.server.faults.met

    met = await faults()
    assert 15 <= len(met) <= 33
    assert await faults() == met


async def test_an_outage_refuses_connections_and_ends_on_the_same_port() -> None:
    async with town() as here:
        poll = asyncio.create_task(here.api("getUpdates", timeout=30))
        await here.called("getUpdates")
        await here.server.pause()
        with pytest.raises(aiohttp.ClientError):
            await asyncio.wait_for(poll, 5)
        with pytest.raises(aiohttp.ClientConnectorError):
            await send(here)
        here.server.say(here.group, here.anna, "meanwhile")
        await here.server.resume()
        assert (await here.api("getUpdates"))[-1]["message"]["text"] == "meanwhile"
