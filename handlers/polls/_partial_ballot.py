"""The private ballot while it is filled in: what is chosen so far, as typed, and how a press changes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.voting import Ballot, Method, read_ballot

_PAIR = re.compile(r"(\d+)=(\d+)")


@dataclass(frozen=True, slots=True)
class PartialBallot:
    """What somebody has chosen so far in a poll of so many topics.

    `chosen`: pairs of a topic, from 1, and its value: points; the place in a ranking; or 1. In the order of choosing.
    """

    method: Method
    topics: int
    chosen: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, method: Method, topics: int, text: str) -> PartialBallot:
        """Return the ballot that `text` has written."""
        match method:
            case Method.SCORE:
                chosen = [(int(topic), int(points)) for topic, points in _PAIR.findall(text)]
            case Method.RANK:
                groups = enumerate(text.split(">") if text else (), 1)
                chosen = [(int(each), place) for place, group in groups for each in group.split("=")]
            case _:
                chosen = [(int(each), 1) for each in text.split()]
        return cls(method, topics, tuple(chosen))

    @classmethod
    def of_ballot(cls, method: Method, ballot: Ballot) -> PartialBallot:
        """Return a complete ballot; in a score, each topic has its points."""
        chosen = [(topic, value) for topic, value in enumerate(ballot, 1) if value or method is Method.SCORE]
        return cls(method, len(ballot), tuple(chosen))

    @property
    def text(self) -> str:
        """What is chosen, as one would type it; empty if nothing is."""
        match self.method:
            case Method.SCORE:
                return " ".join(f"{topic}={points}" for topic, points in sorted(self.chosen))
            case Method.RANK:
                places = sorted({place for _topic, place in self.chosen})
                return ">".join("=".join(str(topic) for topic, at in self.chosen if at == each) for each in places)
        return " ".join(str(topic) for topic, _on in sorted(self.chosen))

    @property
    def ballot(self) -> Ballot | None:
        """The ballot, None if nothing is chosen."""
        return read_ballot(self.text, self.method, self.topics) if self.chosen else None

    @property
    def open(self) -> list[int]:
        """The topics for which nothing is chosen."""
        done = dict(self.chosen)
        return [topic for topic in range(1, self.topics + 1) if topic not in done]

    def value(self, topic: int) -> int | None:
        """Return what is chosen for a topic."""
        return dict(self.chosen).get(topic)

    def give(self, topic: int, points: int) -> PartialBallot:
        """Return it with points for a topic, in place of earlier ones."""
        return replace(self, chosen=(*(each for each in self.chosen if each[0] != topic), (topic, points)))

    def rank(self, topic: int) -> PartialBallot:
        """Return it with a topic in the next place, unless it has one."""
        last = max((place for _topic, place in self.chosen), default=0)
        added = replace(self, chosen=(*self.chosen, (topic, last + 1)))
        if topic in dict(self.chosen):
            return self
        return added.rank(added.open[0]) if len(added.open) == 1 else added

    def undo(self) -> PartialBallot:
        """Return it without the last place of a ranking; with two topics the second place came by itself."""
        last = max((place for _topic, place in self.chosen), default=0)
        kept = last - 2 if not self.open and last == self.topics else last - 1
        return replace(self, chosen=tuple(each for each in self.chosen if each[1] <= kept))

    def choose(self, topic: int) -> PartialBallot:
        """Return it with a topic, or without one that was chosen; in single choice, with that one alone."""
        if self.method is Method.SINGLE:
            return replace(self, chosen=((topic, 1),))
        others = tuple(each for each in self.chosen if each[0] != topic)
        return replace(self, chosen=others if topic in dict(self.chosen) else (*others, (topic, 1)))
