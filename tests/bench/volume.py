"""Many messages: a steady load, at Telegram's limits, and after downtime."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

from bot.sandbox.telegram import EmulatedTelegram
from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.limits import ServerLimits
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground, outcome
from tests.system.backlog import MESSAGES, SPAN, after_edits, burst
from tests.system.harness import Pair, SystemWorld

PER_GROUP_MINUTE, PER_SECOND = 20, 30  # Telegram's limits
EDITS = 40
_WRITES = ("sendMessage", "editMessageText", "editMessageReplyMarkup")


def fastest(each: int, chats: int) -> float:
    """Return the seconds that `each` messages to each of `chats` groups take at Telegram's limits."""
    return max(60.0 * ((each - 1) // PER_GROUP_MINUTE), each * chats / PER_SECOND)


async def thousand(ground: Ground) -> AsyncIterator[Figure]:
    """Send 1,000 messages in 20 dialogues, each way."""
    each = 5 if ground.quick else 50
    async with ground.world(20) as world:
        await world.start()
        begin = monotonic()
        await world.talk(each, window=each)
        yield await outcome(world, f"{each * 20} messages each way in 20 dialogues", 600)
        spent = monotonic() - begin
        yield known("  seconds; × what Telegram's limits allow", spent, "s", spent / fastest(each, 20))


class WatchedLimits(ServerLimits):
    """Rate limits that record callers who do not wait as long as a 429 demands."""

    def __init__(self) -> None:
        super().__init__(lambda: datetime.now(UTC), on=True)
        self.impatient = 0
        self._until: dict[int, datetime] = {}

    def check(self, bot: int, chat: int) -> None:
        now = datetime.now(UTC)
        self.impatient += now < self._until.get(chat, now)
        try:
            super().check(bot, chat)
        except ApiError as error:
            self._until[chat] = now + timedelta(seconds=error.parameters["retry_after"])
            raise


async def limits(ground: Ground) -> AsyncIterator[Figure]:
    """Send a burst in every group, with Telegram's limits enabled."""
    each, chats = (10, 20) if ground.quick else (60, 20)
    telegram = EmulatedTelegram()
    telegram.limits = watched = WatchedLimits()
    async with ground.world(chats, telegram=telegram) as world:
        await world.start()
        begin = monotonic()
        await world.talk(each, window=each)
        yield await outcome(world, f"{each * chats} messages each way, Telegram's limits on", 900)
        spent = monotonic() - begin
        yield known("  seconds; × what Telegram's limits allow", spent, "s", spent / fastest(each, chats))
        calls = sum(telegram.stats.calls[method] for method in _WRITES)
        refused = sum(telegram.stats.too_many[method] for method in _WRITES)
        yield at_most(f"  share of {calls} calls answered 429", 100 * refused / calls, 1, "%")
        yield at_most("  calls that did not wait as a 429 said", watched.impatient, 0, "calls")


async def backlog(ground: Ground) -> AsyncIterator[Figure]:
    """Write a burst in one room with Telegram's limits enabled, and commands in the group meanwhile."""
    async with ground.world(2, telegram=(telegram := EmulatedTelegram(limits=True))) as world:
        await world.start()
        found = await burst(world, world.pairs[0])
        what = f"{MESSAGES} messages within {SPAN} s into one group"
        yield await outcome(world, what, 300)
        yield at_most("  readable there, after the first was written", found.last, 30, "s")
        yield known("  messages they became", found.became, "messages")
        yield at_most("  longest wait for the answer to a command", max(found.answers), 4, "s")
        late = await after_edits(world, world.pairs[1], EDITS)
        yield at_most(f"  a message after {EDITS} edits of another within {SPAN} s", late, 4, "s")
        yield at_most("  answered 429", sum(telegram.stats.too_many.values()), 0, "calls")


async def downtime(ground: Ground) -> AsyncIterator[Figure]:
    """Catch up on everything that happened in the rooms while the bot was down."""
    chats, events, every = (3, 110, 6) if ground.quick else (40, 125, 1)
    async with ground.world(chats) as world:
        await world.start()
        await world.bot.stop()
        async with asyncio.TaskGroup() as group:
            for pair in world.pairs:
                group.create_task(_go_on(world, pair, events, every))
        each = world.pairs[0].to_telegram.said
        begin = monotonic()
        await world.bot.start()
        yield await outcome(world, f"{chats * events} Matrix events while the bot is down", 1800)
        spent, least = monotonic() - begin, fastest(each, chats)
        yield at_most("  drained; × what Telegram's limits allow", spent, round(1.1 * least + 10), "s", spent / least)


async def _go_on(world: SystemWorld, pair: Pair, events: int, every: int) -> None:
    """Create events in a room; every so many is a message, the rest are not relayed."""
    for number in range(events):
        if number % every == 0:
            await world.say_in_room(pair)
        else:
            await world.resident.human.say(pair.room, "a notice of another bot", msgtype="m.notice")
