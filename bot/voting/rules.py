"""What a poll is counted by: methods, weights, and the ballots of each city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

HIGHEST = 5
"""The most points that a ballot can give to a topic."""

Ballot: TypeAlias = tuple[int, ...]
"""One number for each topic, in the order of the topics.

Score: points from 0 to `HIGHEST`. Approval and single choice: 1 for what is chosen, else 0. Rank: the place from 1,
without gaps; topics ranked together share one, and those left out share the last.
"""

CityKey: TypeAlias = int | str
"""What identifies a city in a profile: its ID, or its name in an export."""


class Method(StrEnum):
    """How people vote."""

    SCORE = "score"
    RANK = "rank"
    APPROVAL = "approval"
    SINGLE = "single"


class Weight(StrEnum):
    """What has the same weight in the joint result: each city, or each person."""

    CITY = "city"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class VotingProfile:
    """All that a count depends on. `topics`: how many there are; `quorum`: how many ballots each city needs.

    `ballots`: how often each ballot was cast in each of the `cities`; those without ballots may be missing.
    """

    method: Method
    weight: Weight
    topics: int
    quorum: int
    cities: tuple[CityKey, ...]
    ballots: Mapping[CityKey, Mapping[Ballot, int]]

    def turnout(self, city: CityKey) -> int:
        """Return how many ballots were cast in a city."""
        return sum(self.ballots.get(city, {}).values())
