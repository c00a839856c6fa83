"""Photos among texts at Telegram's limits."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from time import monotonic

from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.matrix_sharing import MatrixUpload
from bot.sandbox.telegram import EmulatedTelegram, Json
from bot.sandbox.telegram.images import png
from tests.bench.figures import Figure, at_most, known, nothing_wrong
from tests.bench.ground import Ground
from tests.system.harness import Pair, SystemWorld
from tests.system.streams import Tally

TEXTS, PHOTOS, SPAN = 60, 12, 10
"""What is said within `SPAN` seconds."""
MOST = 45
"""Seconds until all of it is there."""
_PATIENCE = 120  # seconds until what has not arrived counts as lost
_LEAST = 400  # pixels: the width of a photo is its number and these
_NUMBER = re.compile(r"«(\d+)»")
_ORDERS: dict[str, Callable[[int], bool]] = {
    "in turn": lambda number: number % (1 + TEXTS // PHOTOS) == TEXTS // PHOTOS,
    "photos first": lambda number: number < PHOTOS,
    "photos last": lambda number: number >= TEXTS,
}
"""Whether what is said as number … is a photo."""


@dataclass(frozen=True)
class Mixture:
    """In which order texts and photos are said, by how many people in turn, and whether the photos have captions."""

    order: str
    authors: int
    captions: bool

    def __str__(self) -> str:
        captions = "with" if self.captions else "without"
        return f"{self.order}, {self.authors} writing, {captions} captions"


_ALL = [Mixture(*each) for each in product(_ORDERS, (1, 3), (False, True))]


async def mixture(ground: Ground) -> AsyncIterator[Figure]:
    """Write texts and photos in one room, in any order, with Telegram's limits on."""
    cases = [_ALL[0], _ALL[3], _ALL[4], _ALL[8], _ALL[11]] if ground.quick else _ALL
    async with ground.world(len(cases), telegram=(telegram := EmulatedTelegram(limits=True))) as world:
        await world.start()
        for pair, case in zip(world.pairs, cases, strict=True):
            humans = [world.resident.human, *[await _another(world, pair) for _ in range(case.authors - 1)]]
            seen = Arrivals(pair)
            async with telegram.watch() as queue:
                listening = asyncio.create_task(seen.listen(queue))
                begin = monotonic()
                await _talk(pair, humans, begin, case)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PATIENCE):
                        await seen.all.wait()
                listening.cancel()
            yield nothing_wrong(f"{TEXTS} texts and {PHOTOS} photos in {SPAN} s, {case}", seen.tally(case.authors))
            yield at_most("  all there, after the first was written", seen.last - begin, MOST, "s")
            yield known("  messages they became", seen.messages, "messages")
        yield at_most("  answered 429", sum(telegram.stats.too_many.values()), 0, "calls")


async def _another(world: SystemWorld, pair: Pair) -> HumanMatrix:
    number = len(await world.resident.human.members(pair.room))
    human = await world.synapse.register(f"ruth-{number}", "world-only", f"Ruth Baker {number}")
    await world.resident.human.invite(pair.room, human.id)
    await human.join(pair.room)
    return human


async def _talk(pair: Pair, humans: Sequence[HumanMatrix], begin: float, case: Mixture) -> None:
    for number in range(TEXTS + PHOTOS):
        await asyncio.sleep(max(0.0, begin + number * SPAN / (TEXTS + PHOTOS) - monotonic()))
        human = humans[number % len(humans)]
        if _ORDERS[case.order](number):
            caption = "The new bridge from the east" if case.captions else ""
            await human.attach(
                pair.room, MatrixUpload("image", png(_LEAST + number, 300), "p.png", "image/png", caption)
            )
        else:
            await human.say(pair.room, f"«{number}» The council meets on Thursday, please bring the plans.")


class Arrivals:
    """The numbers of what has arrived in the group of a pair, in order."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._numbers: list[int] = []
        self.messages = 0
        self.last = 0.0
        self.all = asyncio.Event()

    async def listen(self, queue: asyncio.Queue[Json]) -> None:
        while True:
            event = await queue.get()
            if event["chat"] == self._pair.group.id and event["kind"] == "message":
                self._saw(event["message"])

    def _saw(self, message: Json) -> None:
        text = message.get("text") or message.get("caption", "")
        photos = [message["photo"][-1]["width"] - _LEAST] if "photo" in message else []
        self._numbers += [*photos, *map(int, _NUMBER.findall(text))]
        self.messages += 1
        self.last = monotonic()
        if len(set(self._numbers)) == TEXTS + PHOTOS:
            self.all.set()

    def tally(self, authors: int) -> Tally:
        """Return what went wrong: what each of the authors says keeps its order."""
        counts = Counter(self._numbers)
        each = [[number for number in self._numbers if number % authors == author] for author in range(authors)]
        return Tally(
            said=TEXTS + PHOTOS,
            lost=TEXTS + PHOTOS - len(counts),
            doubled=len(self._numbers) - len(counts),
            disordered=sum(a > b for numbers in each for a, b in pairwise(numbers)),
        )
