"""Compare counts with those of pref_voting on random polls: `make oracle`, `make oracle ARGS="--polls 500 --record"`.

What pref_voting lacks is derived from elections that it counts: the weight of a city by casting each of its ballots so
often that all cities have equally many, the places in a city by an election there alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from math import lcm
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from bot.voting import HIGHEST, Ballot, CityKey, Method, Result, TopicResult, VotingProfile, Weight, count, write_ballot
from tests.voting.profiles import CITIES, dense

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracle" / "bin" / "python"
RECORDED = Path(__file__).with_name("recorded.jsonl")

_SIZES = (1, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 18, 20, 24, 30, 60, 120)
"""Numbers of ballots in a city, with a small common multiple."""

_SAMPLE, _SMALL = 50, 18
"""The number of polls per method that are recorded, and how many topics times cities they have at most."""


class Oracle:
    """A process that counts elections with pref_voting."""

    def __init__(self) -> None:
        worker = Path(__file__).with_name("pref_voting_worker.py")
        self._process = subprocess.Popen(
            [PYTHON, worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.communicate()

    def count(self, profile: VotingProfile, ballots: Mapping[Ballot, int]) -> Election:
        """Return what pref_voting says about these ballots."""
        assert self._process.stdin
        assert self._process.stdout
        asked = {
            "method": profile.method,
            "topics": profile.topics,
            "ballots": list(ballots),
            "times": list(ballots.values()),
        }
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Election(profile.topics, sum(ballots.values()), json.loads(self._process.stdout.readline()))


@dataclass(frozen=True)
class Election:
    """One election, as pref_voting has counted it."""

    topics: int
    ballots: int
    counted: Mapping[str, Any]

    @cached_property
    def means(self) -> list[Fraction]:
        """The points per ballot; pref_voting's Borda points are those above minus those below."""
        points = [Fraction(each, self.ballots) for each in self.counted["points"]]
        return [(self.topics - 1 + each) / 2 for each in points] if "schulze" in self.counted else points

    @cached_property
    def strengths(self) -> Sequence[Fraction | int]:
        """What topics are ordered by, the highest first; checked against the winners."""
        best = max(self.means)
        assert self.counted["winners"] == [topic for topic, mean in enumerate(self.means) if mean == best]
        if "schulze" not in self.counted:
            return self.means
        defeated = Counter(loser for _winner, loser in self.counted["defeats"])
        assert self.counted["schulze"] == [topic for topic in range(self.topics) if not defeated[topic]]
        return [-defeated[topic] for topic in range(self.topics)]


def expected(profile: VotingProfile, oracle: Oracle) -> Result:
    """Return the result that follows from pref_voting's counts."""
    topics = range(profile.topics)
    cities = {city: oracle.count(profile, ballots) for city, ballots in profile.ballots.items()}
    raw = oracle.count(profile, _cast_together(profile, dict.fromkeys(cities, 1)))
    joint, multiple = raw, 1
    if profile.weight is Weight.CITY:
        multiple = lcm(*(each.ballots for each in cities.values()))
        times = {city: multiple // each.ballots for city, each in cities.items()}
        joint = oracle.count(profile, _cast_together(profile, times))
    lowest = [min(each.means[topic] for each in cities.values()) for topic in topics]
    keys = [(joint.strengths[topic], lowest[topic], raw.means[topic]) for topic in topics]
    places = _places(keys)
    place_in = {city: _places([(each,) for each in election.strengths]) for city, election in cities.items()}
    results = [
        TopicResult(
            topic=topic + 1,
            place=places[topic],
            joint=joint.means[topic],
            raw=raw.means[topic],
            lowest=lowest[topic],
            by_city={city: each.means[topic] for city, each in cities.items()},
            place_in={city: each[topic] for city, each in place_in.items()},
            divided=any(abs(a[topic] - b[topic]) > 2 for a in place_in.values() for b in place_in.values()),
            tied=keys.count(keys[topic]) > 1,
        )
        for topic in sorted(topics, key=lambda topic: keys[topic], reverse=True)
    ]
    turnout = {city: cities[city].ballots if city in cities else 0 for city in profile.cities}
    below = tuple(city for city in profile.cities if turnout[city] < profile.quorum)
    pairwise = tuple(tuple(Fraction(each, multiple) for each in row) for row in joint.counted.get("prefer", ()))
    return Result(tuple(results), turnout, below, pairwise)


def _cast_together(profile: VotingProfile, times: Mapping[CityKey, int]) -> Counter[Ballot]:
    together = Counter[Ballot]()
    for city, ballots in profile.ballots.items():
        together.update({ballot: number * times[city] for ballot, number in ballots.items()})
    return together


def _places(keys: Sequence[tuple[Fraction | int, ...]]) -> list[int]:
    places: dict[tuple[Fraction | int, ...], int] = {}
    place = 1
    for key, same in groupby(sorted(keys, reverse=True)):
        places[key] = place
        place += len(list(same))
    return [places[key] for key in keys]


def random_profile(random: Random, method: Method) -> VotingProfile:
    """Return a poll of 2 to 6 cities of unequal sizes and 2 to 12 topics, in which many ballots are alike."""
    topics, cities = random.randint(2, 12), CITIES[: random.randint(2, 6)]
    common = [_ballot(random, method, topics) for _each in range(random.randint(1, 4))]
    ballots: dict[CityKey, Mapping[Ballot, int]] = {}
    for city in cities:
        if random.random() < 0.05:  # nobody has voted there
            continue
        kinds = common + [_ballot(random, method, topics) for _each in range(random.randint(0, 8))]
        ballots[city] = Counter(random.choices(kinds, k=random.choice(_SIZES)))
    if not ballots:
        return random_profile(random, method)
    return VotingProfile(method, random.choice(list(Weight)), topics, random.randint(0, 6), cities, ballots)


def _ballot(random: Random, method: Method, topics: int) -> Ballot:
    if method is Method.SINGLE:
        chosen = random.randrange(topics)
        return tuple(int(each == chosen) for each in range(topics))
    if method is Method.RANK:
        drawn = (
            random.sample(range(topics), topics) if random.random() < 0.5 else random.choices(range(topics), k=topics)
        )
        last = random.randint(1, topics)
        return dense([min(each, last) for each in drawn])
    highest = HIGHEST if method is Method.SCORE else 1
    while not any(ballot := tuple(random.choices(range(highest + 1), k=topics))):
        pass  # no ballot approves of nothing
    return ballot


def _compare(method: Method, polls: int, seed: int, oracle: Oracle) -> Iterator[tuple[VotingProfile, Result]]:
    """Yield random polls whose count is what the oracle says; stop the program at the first that differs."""
    random = Random(f"{seed} {method}")  # noqa: S311 - reproducible
    for number in range(polls):
        profile = random_profile(random, method)
        right = expected(profile, oracle)
        if count(profile) != right:
            sys.exit(f"{method}, poll {number} of seed {seed} differs:\n{profile}\n{count(profile)}\n{right}")
        yield profile, right


def rows(result: Result) -> list[list[Any]]:
    """Return all that is known about each topic as a line of JSON, in the resulting order."""
    return [
        [each.topic, each.place, each.tied, each.divided]
        + [str(number) for number in (each.joint, each.raw, each.lowest, *each.by_city.values())]
        + list(each.place_in.values())
        for each in result.topics
    ]


def _recorded(profile: VotingProfile, result: Result) -> str:
    """Return a line for `test_oracle`, in which ballots are written as people type them."""
    ballots = {
        city: {write_ballot(each, profile.method): times for each, times in cast.items()}
        for city, cast in profile.ballots.items()
    }
    rules = {"method": profile.method, "weight": profile.weight, "topics": profile.topics, "ballots": ballots}
    line = {**rules, "result": rows(result), "pairwise": [" ".join(map(str, row)) for row in result.pairwise]}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Compare all methods and, if asked to, record small polls with their results."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--polls", type=int, default=10_000, help="random polls per method")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--record", action="store_true", help="record the sample that `make test` replays")
    options = parser.parse_args()
    sample: list[str] = []
    with Oracle() as oracle:
        for method in Method:
            start, tied, divided = time.monotonic(), 0, 0
            small: list[str] = []
            for profile, result in _compare(method, options.polls, options.seed, oracle):
                tied += any(each.tied for each in result.topics)
                divided += any(each.divided for each in result.topics)
                if len(small) < _SAMPLE and profile.topics * len(profile.cities) <= _SMALL:
                    small.append(_recorded(profile, result))
            sample += small
            took = time.monotonic() - start
            print(f"{method}: {options.polls} equal ({tied} with ties, {divided} divided) in {took:.0f} s", flush=True)
    if options.record:
        RECORDED.write_text("\n".join(sample) + "\n", "utf-8")


if __name__ == "__main__":
    main()
