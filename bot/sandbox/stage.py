"""The stage: a homeserver, an emulated Telegram, two cities with their people, a visitor, and the bot between them.

The bot is set up with the commands that an operator types, and runs as in production.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.clock import MovableClock
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.page.matrix import MatrixSide
from bot.sandbox.page.sides import Human
from bot.sandbox.page.telegram import TelegramSide
from bot.sandbox.process import BotProcess
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import BotActor, EmulatedTelegram, GroupActor, PersonActor

DIALOGUE = "Köln – Indianapolis"
KOELN, INDIANAPOLIS = "Köln", "Indianapolis"
ZONES = {KOELN: "Europe/Berlin", INDIANAPOLIS: "America/Indiana/Indianapolis"}
COORDINATOR, MAYOR, STAFF, GUEST = "coordinator", "mayor", "staff", "guest"
_PASSWORD = "stage-only"  # noqa: S105 - of accounts on a homeserver of our own that ends with the stage


@dataclass(frozen=True)
class Stage:
    """Everyone and everything: Anna and Grace coordinate, Clara and Ruth are mayors, Mehmet and Tom are staff.

    `visitor` is Grace's own account on Telegram, with which she visits Köln: a guest until she links it.
    """

    telegram: EmulatedTelegram
    synapse: Synapse
    bot: BotProcess
    account: BotActor
    """The bot's account on Telegram; on Matrix it is `bot_id`."""
    bot_id: str
    group: GroupActor
    room: str
    anna: PersonActor
    mehmet: PersonActor
    visitor: PersonActor
    clara: PersonActor
    grace: HumanMatrix
    tom: HumanMatrix
    ruth: HumanMatrix

    def sides(self) -> tuple[TelegramSide, MatrixSide]:
        """Return both messengers as their people see them."""
        koeln = {
            Human(str(self.anna.id), self.anna.name, KOELN, COORDINATOR): self.anna,
            Human(str(self.mehmet.id), self.mehmet.name, KOELN, STAFF): self.mehmet,
            Human(str(self.visitor.id), self.visitor.name, KOELN, GUEST): self.visitor,
            Human(str(self.clara.id), self.clara.name, KOELN, MAYOR): self.clara,
        }
        indianapolis = {
            Human(self.grace.id, "Grace Miller", INDIANAPOLIS, COORDINATOR): self.grace,
            Human(self.tom.id, "Tom Jackson", INDIANAPOLIS, STAFF): self.tom,
            Human(self.ruth.id, "Ruth Bennett", INDIANAPOLIS, MAYOR): self.ruth,
        }
        return (
            TelegramSide(self.telegram, self.group, self.account, koeln),
            MatrixSide(self.group.title, self.room, Human(self.bot_id, "Intercity", "", ""), indianapolis),
        )


@asynccontextmanager
async def open_stage(
    folder: Path, tell: Callable[[str], None] = lambda _: None, *, limits: bool = True
) -> AsyncIterator[Stage]:
    """Set everything up in the empty `folder`, and stop it all at the end.

    `tell` is called with each step. `limits`: Telegram answers 429 like the real one. Raise BotError or
    (the homeserver) RuntimeError with the log's tail.
    """
    synapse, clock = Synapse(folder / "synapse"), MovableClock()
    async with EmulatedTelegram(limits=limits, clock=clock) as telegram, _ended(synapse):
        account = telegram.bot("intercity_bot", "Intercity")
        anna = telegram.person("Anna", "Weber", "anna_weber")
        mehmet = telegram.person("Mehmet", "Kaya", "mehmet_kaya")
        visitor = telegram.person("Grace", "Miller", "grace_miller", language_code="en")
        clara = telegram.person("Clara", "Hoffmann", "clara_hoffmann")
        group = telegram.group(DIALOGUE, [anna, mehmet, visitor, clara])
        bot_id = f"@intercity:{synapse.server_name}"
        bot = BotProcess(folder, _settings(folder, telegram, account, synapse, anna), clock=clock)
        tell("homeserver (Synapse) and cities")
        await _all(synapse.start(), _add_cities(bot, synapse, group, {anna: COORDINATOR, clara: MAYOR, mehmet: STAFF}))
        tell("people and rooms")
        grace, tom, ruth = await _register(synapse)
        room = await grace.create_room(DIALOGUE, [tom.id, ruth.id, bot_id])
        await _all(tom.join(room), ruth.join(room), bot.shell(f"chat add '{DIALOGUE}' {INDIANAPOLIS} matrix:{room}"))
        tell("bot")
        try:
            await bot.start()
            await _joined(grace, room, bot_id)
            await grace.set_power(room, bot_id, 50)  # as in the group, so that nothing is missing
            telegrams = (anna, mehmet, visitor, clara)
            yield Stage(telegram, synapse, bot, account, bot_id, group, room, *telegrams, grace, tom, ruth)
        finally:
            await bot.stop()


@asynccontextmanager
async def _ended(synapse: Synapse) -> AsyncIterator[None]:
    """Stop the homeserver, however far its start has come."""
    try:
        yield
    finally:
        await synapse.__aexit__()


def _settings(
    folder: Path, telegram: EmulatedTelegram, account: BotActor, synapse: Synapse, anna: PersonActor
) -> dict[str, str]:
    return {
        "DATA_DIR": str(folder / "data"),
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_API_URL": telegram.url,
        "MATRIX_HOMESERVER": synapse.url,
        "MATRIX_USER": f"@intercity:{synapse.server_name}",
        "MATRIX_PASSWORD": _PASSWORD,
        "COORDINATORS": f"telegram:{anna.id},matrix:@grace:{synapse.server_name}",
    }


async def _add_cities(bot: BotProcess, synapse: Synapse, group: GroupActor, koeln: Mapping[PersonActor, str]) -> None:
    """Set up what an operator sets up once, as far as it needs no room."""
    people = {
        **{f"telegram:{person.id}": (role, KOELN) for person, role in koeln.items()},
        f"matrix:@grace:{synapse.server_name}": (COORDINATOR, INDIANAPOLIS),
        f"matrix:@ruth:{synapse.server_name}": (MAYOR, INDIANAPOLIS),
        f"matrix:@tom:{synapse.server_name}": (STAFF, INDIANAPOLIS),
    }
    await bot.shell(
        f"city add {KOELN} --locale de_DE --zone {ZONES[KOELN]}",
        f"city add {INDIANAPOLIS} --locale en_US --zone {ZONES[INDIANAPOLIS]}",
        f"dialogue add '{DIALOGUE}' {KOELN} {INDIANAPOLIS}",
        f"chat add '{DIALOGUE}' {KOELN} telegram:{group.id}",
        *(f"role set '{DIALOGUE}' {who} {role} --city {city}" for who, (role, city) in people.items()),
    )


async def _register(synapse: Synapse) -> tuple[HumanMatrix, HumanMatrix, HumanMatrix]:
    grace, tom, ruth, _ = await asyncio.gather(
        synapse.register("grace", _PASSWORD, "Grace Miller"),
        synapse.register("tom", _PASSWORD, "Tom Jackson"),
        synapse.register("ruth", _PASSWORD, "Ruth Bennett"),
        synapse.register("intercity", _PASSWORD, "Intercity"),
    )
    return grace, tom, ruth


async def _joined(grace: HumanMatrix, room: str, bot_id: str) -> None:
    """Wait until the bot is in the room; it does not see earlier messages."""
    await grace.wait_for(lambda e: _is_join(e, room, bot_id), timeout=30)


def _is_join(event: dict[str, Any], room: str, user: str) -> bool:
    place = (event["room_id"], event["type"], event.get("state_key"))
    return place == (room, "m.room.member", user) and bool(event["content"]["membership"] == "join")


async def _all(*jobs: Coroutine[Any, Any, object]) -> None:
    """Run all of these concurrently; raise the first exception."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for job in jobs:
                tasks.create_task(job)
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
