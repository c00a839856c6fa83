"""A small town for tests of the emulator: one bot, Anna who owns the group, Ben who is in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.sandbox.telegram import BotActor, EmulatedTelegram, GroupActor, PersonActor
from tests.clocks import Clock
from tests.sandbox.bot_client import Client, client


@dataclass
class TelegramTown:
    server: EmulatedTelegram
    bot: BotActor
    anna: PersonActor
    ben: PersonActor
    group: GroupActor
    api: Client
    clock: Clock

    async def called(self, method: str, times: int = 1) -> None:
        """Wait until the server has had that many calls of `method`."""
        async with asyncio.timeout(5):
            while self.server.stats.calls[method] < times:  # noqa: ASYNC110 - counters cannot be awaited
                await asyncio.sleep(0)


@asynccontextmanager
async def town(*, limits: bool = False, supergroup: bool = True, admin: bool = True) -> AsyncIterator[TelegramTown]:
    clock = Clock()
    async with EmulatedTelegram(clock=clock, limits=limits) as server:
        bot = server.bot()
        anna, ben = server.person("Anna", "Weber", "anna"), server.person("Ben")
        group = server.group("Köln", [anna, ben], supergroup=supergroup, bot_admin=admin)
        async with client(server, bot) as api:
            yield TelegramTown(server, bot, anna, ben, group, api, clock)
