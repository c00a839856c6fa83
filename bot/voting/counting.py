"""The count of a poll. Its definitions are in ADR 32."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from bot.voting.pairwise import Matrix, borda, defeats, preferences
from bot.voting.result import Result, TopicResult
from bot.voting.rules import CityKey, Method, VotingProfile, Weight

_DIVIDED = 3
"""How far apart the places of a topic in two cities are if it counts as divided."""

_Key: TypeAlias = tuple[Fraction | int, ...]
"""What topics are ordered by, the highest first."""


@dataclass(frozen=True, slots=True)
class _Tally:
    """Ballots of one or more cities: their weight, the points of each topic and, for rank, the preferences."""

    weight: Fraction
    points: Sequence[Fraction]
    matrix: Matrix

    @property
    def means(self) -> list[Fraction]:
        return [each / self.weight if self.weight else Fraction() for each in self.points]

    @property
    def strengths(self) -> Sequence[Fraction | int]:
        """What decides the order: the mean or, for rank, how few topics defeat each."""
        return [-each for each in defeats(self.matrix)] if self.matrix else self.means

    def times(self, factor: Fraction) -> _Tally:
        matrix = [[factor * each for each in row] for row in self.matrix]
        return _Tally(factor * self.weight, [factor * each for each in self.points], matrix)


def count(profile: VotingProfile) -> Result:
    """Return the result: always the same for the same ballots, in whatever order they come."""
    turnout = {city: profile.turnout(city) for city in profile.cities}
    tallies = {city: _tally(profile, city) for city in profile.cities if turnout[city]}
    raw = _sum(profile, tallies.values())
    one_voice_each = [each.times(1 / each.weight) for each in tallies.values()]
    joint = raw if profile.weight is Weight.PERSON else _sum(profile, one_voice_each)
    return Result(
        topics=_topics(profile, tallies, joint, raw),
        turnout=turnout,
        below_quorum=tuple(city for city in profile.cities if turnout[city] < profile.quorum),
        pairwise=tuple(map(tuple, joint.matrix)),
    )


def _tally(profile: VotingProfile, city: CityKey) -> _Tally:
    ballots, number = profile.ballots[city], profile.turnout(city)
    if profile.method is Method.RANK:
        matrix = preferences(ballots, profile.topics)
        return _Tally(Fraction(number), borda(matrix, number), matrix)
    points = [sum(ballot[each] * times for ballot, times in ballots.items()) for each in range(profile.topics)]
    return _Tally(Fraction(number), list(map(Fraction, points)), ())


def _sum(profile: VotingProfile, tallies: Collection[_Tally]) -> _Tally:
    several = range(profile.topics)
    rows = several if profile.method is Method.RANK else ()
    return _Tally(
        sum((each.weight for each in tallies), Fraction()),
        [sum((each.points[a] for each in tallies), Fraction()) for a in several],
        [[sum((each.matrix[a][b] for each in tallies), Fraction()) for b in several] for a in rows],
    )


def _topics(
    profile: VotingProfile, tallies: dict[CityKey, _Tally], joint: _Tally, raw: _Tally
) -> tuple[TopicResult, ...]:
    by_city = {city: tally.means for city, tally in tallies.items()}
    place_in = {city: _places([(each,) for each in tally.strengths]) for city, tally in tallies.items()}
    lowest = [min((means[each] for means in by_city.values()), default=Fraction()) for each in range(profile.topics)]
    places = _places(list(zip(joint.strengths, lowest, raw.means, strict=True)))
    topics = [
        TopicResult(
            topic=each + 1,
            place=places[each],
            joint=joint.means[each],
            raw=raw.means[each],
            lowest=lowest[each],
            by_city={city: means[each] for city, means in by_city.items()},
            place_in={city: own[each] for city, own in place_in.items()},
            divided=_are_far_apart([own[each] for own in place_in.values()]),
            tied=places.count(places[each]) > 1,
        )
        for each in range(profile.topics)
    ]
    return tuple(sorted(topics, key=lambda each: each.place))


def _places(keys: Sequence[_Key]) -> list[int]:
    """Return the place of each key: 1 for the highest; equal ones share a place, and the next is left free."""
    return [1 + sum(other > each for other in keys) for each in keys]


def _are_far_apart(places: Sequence[int]) -> bool:
    return bool(places) and max(places) - min(places) >= _DIVIDED
