"""The result of a poll, and its form as JSON, in which a closed poll keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from bot.voting.rules import CityKey

N = TypeVar("N", int, Fraction)


@dataclass(frozen=True, slots=True)
class TopicResult:
    """How one topic fares, in points of the method (ADR 32): 0 to 5; 0 to 1 if chosen; for rank, Borda points.

    `topic` is its number from 1, `place` its place in the result; `tied` ones share it, and only people can decide.
    `joint` is its mean over the cities or persons, `raw` over all ballots, `lowest` that of the city where it is the
    lowest. `by_city` and `place_in` are what each city alone says, if it has ballots; in `divided` ones, the places
    differ by three or more.
    """

    topic: int
    place: int
    joint: Fraction
    raw: Fraction
    lowest: Fraction
    by_city: Mapping[CityKey, Fraction]
    place_in: Mapping[CityKey, int]
    divided: bool
    tied: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The topics in the resulting order, and the number of ballots in each city.

    `pairwise`, for rank only: `pairwise[a - 1][b - 1]` is the weight of the ballots that prefer topic a to topic b.
    """

    topics: tuple[TopicResult, ...]
    turnout: Mapping[CityKey, int]
    below_quorum: tuple[CityKey, ...]
    pairwise: tuple[tuple[Fraction, ...], ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the result may come into force: somebody has voted, and every city reached the quorum."""
        return not self.below_quorum and any(self.turnout.values())

    def renamed(self, names: Mapping[Any, CityKey]) -> Result:
        """Return the same result with other keys for the cities."""
        topics = (
            replace(each, by_city=_renamed(each.by_city, names), place_in=_renamed(each.place_in, names))
            for each in self.topics
        )
        below = tuple(names[city] for city in self.below_quorum)
        return Result(tuple(topics), _renamed(self.turnout, names), below, self.pairwise)

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON with exact fractions (`"7/3"`)."""
        return {
            "topics": [_topic_to_json(each) for each in self.topics],
            "turnout": _pairs(self.turnout),
            "below_quorum": list(self.below_quorum),
            "pairwise": [[str(each) for each in row] for row in self.pairwise],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """Return the result that `to_json` has written."""
        return cls(
            topics=tuple(map(_topic_from_json, data["topics"])),
            turnout=dict(data["turnout"]),
            below_quorum=tuple(data["below_quorum"]),
            pairwise=tuple(tuple(map(Fraction, row)) for row in data["pairwise"]),
        )


def _topic_to_json(result: TopicResult) -> dict[str, Any]:
    return {
        "topic": result.topic,
        "place": result.place,
        "joint": str(result.joint),
        "raw": str(result.raw),
        "lowest": str(result.lowest),
        "by_city": [[city, str(mean)] for city, mean in result.by_city.items()],
        "place_in": _pairs(result.place_in),
        "divided": result.divided,
        "tied": result.tied,
    }


def _topic_from_json(data: Mapping[str, Any]) -> TopicResult:
    fractions = {name: Fraction(data[name]) for name in ("joint", "raw", "lowest")}
    by_city = {city: Fraction(mean) for city, mean in data["by_city"]}
    return TopicResult(**{**data, **fractions, "by_city": by_city, "place_in": dict(data["place_in"])})


def _renamed(by_city: Mapping[CityKey, N], names: Mapping[Any, CityKey]) -> dict[CityKey, N]:
    return {names[city]: number for city, number in by_city.items()}


def _pairs(mapping: Mapping[CityKey, int]) -> Sequence[list[CityKey]]:
    """Return a mapping as pairs: in a JSON object, all keys would become strings."""
    return [[city, number] for city, number in mapping.items()]
