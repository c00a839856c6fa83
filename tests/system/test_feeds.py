"""A bot that is killed while it reads feeds and posts what is new: every item arrives exactly once."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from bot.clock import utc_now
from bot.model import Account, MessengerName, Role
from bot.sandbox.matrix_client import RawEvent
from bot.sandbox.synapse import Synapse
from tests.fetching.servers import serving
from tests.stories.feeds import item, rss
from tests.system.harness import Pair, SystemWorld, open_world


class Source:
    """A feed that grows, on a server that takes a moment to answer."""

    def __init__(self) -> None:
        self.items = 0

    async def answer(self, _request: web.Request) -> web.Response:
        await asyncio.sleep(0.05)
        items = [item(f"{n}", f"Item number {n}.") for n in range(self.items, 0, -1)]
        return web.Response(text=rss(*items), content_type="application/rss+xml")


async def appoint(world: SystemWorld) -> None:
    """Make the person who writes in the group its city's coordinator."""
    account = Account(MessengerName.TELEGRAM, str(world.person.id))
    async with world.store() as store:
        (dialogue,) = await store.dialogues.all()
        anna = await store.people.get_or_create(account, "Anna Weber", "anna", utc_now())
        await store.roles.set(dialogue, anna, dialogue.cities[0], Role.COORDINATOR, utc_now())


def items_in(texts: Iterable[str]) -> Counter[int]:
    """Return how often each item stands in posts."""
    return Counter(int(number) for text in texts for number in re.findall(r"Item number (\d+)\.", text))


def in_group(world: SystemWorld, pair: Pair) -> Counter[int]:
    return items_in(each.get("text", "") for each in world.telegram.messages(pair.group) if each["from"]["is_bot"])


async def test_a_bot_that_is_killed_posts_every_item_once(synapse: Synapse, tmp_path: Path, full: bool) -> None:
    source, dice = Source(), random.Random(7)  # noqa: S311 - a test, no secret
    async with (
        serving({"/feed": source.answer}) as url,
        open_world(synapse, tmp_path, more={"FEED_ALLOW": "127.0.0.1"}) as world,
    ):
        (pair,) = world.pairs
        await appoint(world)
        await world.start()
        async with world.resident.human.watch(pair.room) as watcher:
            world.telegram.say(pair.group, world.person, f"/feed {url}/feed")
            await world.wait(lambda: "Feed 1" in str(world.telegram.messages(pair.group)), "the feed is added")
            for _kill in range(30 if full else 1):
                source.items += 2
                world.telegram.say(pair.group, world.person, "/feed 1 now")
                await asyncio.sleep(dice.uniform(0.05, 0.6))  # at any time between the command and the last delivery
                await world.bot.kill()
                await world.bot.start()
                # A command not taken in yet is taken in now, and a job under way is done when its lease has ended.
                await world.wait(lambda: source.items in in_group(world, pair), "the newest item arrives", 150)
            await watcher.wait_for(lambda event: source.items in items_in([_body(event)]), 60)
            await world.outbox_empty()
            in_room = items_in(_body(each) for each in watcher.events if "m.relates_to" not in each["content"])
        once = Counter(range(1, source.items + 1))
        assert (in_group(world, pair), in_room) == (once, once), world.report()


def _body(event: RawEvent) -> str:
    return str(event.get("content", {}).get("body", ""))
