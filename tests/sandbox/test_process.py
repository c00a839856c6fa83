"""The bot's process: the errors when it, or a command, fails."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.clock import MoveError
from bot.sandbox.process import BotError, BotProcess
from tests.sandbox import ticking


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncGenerator[BotProcess, None]:
    """Return a bot without any messenger."""
    process = BotProcess(tmp_path, {"DATA_DIR": str(tmp_path / "data")})
    yield process
    await process.kill()


async def test_commands_run_one_after_the_other(bot: BotProcess) -> None:
    printed = await bot.shell("city add Köln --locale de_DE --zone Europe/Berlin", "city list")
    assert printed.splitlines()[-1].startswith("Köln")


async def test_a_command_that_fails_is_named_and_the_rest_is_left(bot: BotProcess) -> None:
    with pytest.raises(BotError, match=r"(?s)ended with 2.*intercity city add Nowhere"):
        await bot.shell("city add Nowhere --locale de_DE --zone Moon/Base", "city add Köln --locale de_DE --zone UTC")
    assert "Köln" not in await bot.shell("city list")


async def test_a_bot_that_does_not_start_says_why(bot: BotProcess) -> None:
    with pytest.raises(BotError, match=r"the bot ended with 2\n.*INTERCITY_"):
        await bot.start()
    assert not bot.running
    assert bot.pid is None


async def test_it_goes_by_the_clock_of_the_demo_also_after_a_crash(tmp_path: Path) -> None:
    bot = BotProcess(tmp_path, {}, module=ticking.__name__)
    try:
        await bot.start()
        assert "ahead 0 0" in bot.log_tail()
        bot.move(timedelta(hours=1))
        assert await bot.ended() == 0
        bot.move(timedelta(days=1))
        await bot.start()
        assert [line for line in bot.log_tail().splitlines() if "ahead" in line] == [
            "ahead 0 0",
            "ahead 3600 3600",
            "ahead 90000 90000",
        ]
        with pytest.raises(MoveError, match="backwards"):
            bot.move(timedelta(seconds=-1))
    finally:
        await bot.kill()


async def test_a_bot_that_ends_again_and_again_is_given_up(tmp_path: Path) -> None:
    class Ends(BotProcess):
        """A process that ends by itself as soon as it has started."""

        starts = 0

        async def start(self, limit: float = 0) -> None:
            self.starts += limit == 0

        async def ended(self) -> int:
            return 1

    bot = Ends(tmp_path, {})
    told: list[int] = []
    with pytest.raises(BotError, match="ended 3 times, the last time with 1"):
        await bot.keep(lambda: told.append(bot.starts))
    assert told == [0, 1, 1, 2, 2]
