"""The bot's token is in no log line, error or traceback (threats 40 to 42): a canary would be found."""

import logging
import traceback
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from bot.messengers.base import AccountError, MessengerError
from bot.messengers.telegram import TelegramMessenger
from bot.messengers.telegram.failures import redacted
from bot.model import Leave
from bot.sandbox.telegram import EmulatedTelegram, Fault, SentFile
from tests.clocks import Clock
from tests.messengers.telegram_scene import TelegramScene, scene, send

CANARY = "AAcanaryThatMustNeverSing"


def sings(text: str) -> bool:
    return CANARY in text


async def failure(messenger: TelegramMessenger, here: TelegramScene) -> str:
    """Return everything that a log would show of the error."""
    with pytest.raises(MessengerError) as caught:
        await messenger.deliver(send(here.chat, "x"))
    return "".join(traceback.format_exception(caught.value)) + repr(caught.value)


def withdraw(here: TelegramScene) -> None:
    here.bot.token = f"{here.bot.id}:other"


TROUBLE: list[Callable[[TelegramScene], object]] = [
    *(lambda here, fault=fault: here.server.faults.once(fault) for fault in Fault),
    lambda here: here.server.kick_bot(here.group, here.anna),
    withdraw,
]


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_no_trouble_makes_the_canary_sing(
    trouble: Callable[[TelegramScene], object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with scene(token=f"4711:{CANARY}") as here:
            trouble(here)
            told = await failure(here.messenger, here)
            assert not sings(told + repr(here.messenger))
    assert "bot.messengers.base" in told
    assert not sings(caplog.text + repr(logs))


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.LOSE, Fault.GATEWAY, None])
async def test_a_download_does_not(fault: Fault | None, caplog: pytest.LogCaptureFixture) -> None:
    """The address of a file contains the token."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with scene(token=f"4711:{CANARY}") as here:
            sent = here.server.attach(here.group, here.anna, SentFile("document", size=1_000_000))
            source = f"telegram:{here.server.received(sent).id}"
            if fault:
                here.server.faults.once(fault, fault, method="download")
            else:
                withdraw(here)
            with pytest.raises(MessengerError) as caught:
                [chunk async for chunk in here.messenger.fetch(source)]
            told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "bot.messengers.base" in told
    assert not sings(told + caplog.text + repr(logs))


async def test_an_outage_does_not_either(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with scene(token=f"4711:{CANARY}") as here:
        await here.server.pause()
        assert not sings(await failure(here.messenger, here))
        await here.server.resume()
        await here.messenger.deliver(Leave(chat=here.chat))
    assert not sings(caplog.text)


@pytest.mark.parametrize("token", [f"4711:{CANARY}", CANARY])
async def test_a_wrong_token_is_not_repeated(token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with EmulatedTelegram() as server:
        messenger = TelegramMessenger(token, api_url=server.url, clock=Clock())
        with pytest.raises(MessengerError) as caught:
            await messenger.start()
        await messenger.close()
    assert isinstance(caught.value, AccountError)
    assert not sings("".join(traceback.format_exception(caught.value)))
    assert not sings(caplog.text)


def test_what_quotes_the_token_is_blanked() -> None:
    token = f"4711:{CANARY}"
    told = redacted(f"https://api.telegram.org/bot{token}/getMe and {CANARY}", token)
    assert told == "https://api.telegram.org/bot…/getMe and …"
