"""Numbered messages that cross one dialogue one way, and what became of each."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from itertools import pairwise
from time import monotonic

_NUMBER = re.compile(r"«(\d+)»")
_WIDTH = 2000


class News:
    """A condition that wakes tasks when something arrives."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def tell(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._event.wait()


class MessageStream:
    """One direction through one dialogue.

    `arrived`: the numbers in each copy, by its id; `at`: when each number was first seen (monotonic seconds).
    """

    def __init__(self, name: str, news: News) -> None:
        self.name = name
        self.said = 0
        self.arrived: dict[str, tuple[int, ...]] = {}
        self.at: dict[int, float] = {}
        self._news = news

    def next(self) -> str:
        """Return the text of the next message."""
        self.said += 1
        return f"«{self.said}» The council meets on Thursday, please bring the plans for the new bridge."

    def next_width(self) -> int:
        """Return the width in pixels of the next message, a photo without words."""
        self.said += 1
        return _WIDTH + self.said

    def saw(self, id: str, text: str, width: int = 0) -> None:
        """Record the current text and photo of the copy `id`; one without a number is ignored."""
        wordless = (width - _WIDTH,) if width > _WIDTH else ()
        self.arrived[id] = numbers = (*wordless, *map(int, _NUMBER.findall(text)))
        for number in numbers:
            self.at.setdefault(number, monotonic())
        self._news.tell()

    def saw_one_more(self) -> None:
        """Record a copy that cannot show its number: each is the next one, and one too many counts as doubled."""
        number = len(self.arrived) + 1
        self.saw(str(number), f"«{min(number, self.said)}»")

    def gone(self, id: str) -> None:
        self.arrived.pop(id, None)

    @property
    def open(self) -> int:
        """The number of messages that have not arrived yet."""
        return self.said - len(self.at)

    @property
    def tally(self) -> Tally:
        here = [number for numbers in self.arrived.values() for number in numbers]
        counts = Counter(here)
        firsts = list(counts)
        return Tally(
            said=self.said,
            lost=self.said - len(counts),
            doubled=len(here) - len(counts),
            disordered=sum(a > b for a, b in pairwise(firsts)),
        )

    def __str__(self) -> str:
        missing = sorted(set(range(1, self.said + 1)) - self.at.keys())
        return f"{self.name}: {self.tally}" + (f"; missing: {missing[:20]}" if missing else "")


@dataclass(frozen=True)
class Tally:
    """The number of messages sent, and how many of them went wrong."""

    said: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0

    @classmethod
    def of(cls, streams: Iterable[MessageStream]) -> Tally:
        tallies = [astuple(stream.tally) for stream in streams]
        return cls(*(sum(values) for values in zip(*tallies, strict=True)))

    @property
    def good(self) -> bool:
        return self.said > 0 and not (self.lost or self.doubled or self.disordered)

    def __str__(self) -> str:
        return f"{self.said} said, {self.lost} lost, {self.doubled} doubled, {self.disordered} out of order"
