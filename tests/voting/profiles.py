"""Ballots and profiles for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import strategies as st

from bot.voting import HIGHEST, Ballot, Method, VotingProfile, Weight, read_profile

CITIES = ("Köln", "Leeds", "Graz", "Austin", "Bern", "York")


def ballots(method: Method, topics: int) -> st.SearchStrategy[Ballot]:
    """Return a strategy for valid ballots of a poll."""
    if method is Method.SINGLE:
        return st.integers(1, topics).map(lambda chosen: tuple(int(each == chosen) for each in range(1, topics + 1)))
    highest = {Method.SCORE: HIGHEST, Method.APPROVAL: 1, Method.RANK: topics}[method]
    numbers = st.lists(st.integers(0, highest), min_size=topics, max_size=topics).map(tuple)
    if method is Method.RANK:
        return numbers.map(dense)
    return numbers.filter(any) if method is Method.APPROVAL else numbers


@st.composite
def profiles(
    draw: st.DrawFn, methods: Sequence[Method] = tuple(Method), weights: Sequence[Weight] = tuple(Weight)
) -> VotingProfile:
    """Return a strategy for small polls of two to four cities, some of which may have no ballots."""
    method, topics, cities = draw(st.sampled_from(methods)), draw(st.integers(2, 5)), draw(st.integers(2, 4))
    cast = {city: draw(st.lists(ballots(method, topics), max_size=6)) for city in CITIES[:cities]}
    weight, quorum = draw(st.sampled_from(weights)), draw(st.integers(0, 3))
    return VotingProfile(
        method, weight, topics, quorum, tuple(cast), {city: Counter(each) for city, each in cast.items()}
    )


def dense(numbers: Sequence[int]) -> Ballot:
    """Return the places, without gaps, of topics that are ordered by numbers."""
    steps = sorted(set(numbers))
    return tuple(1 + steps.index(each) for each in numbers)


def poll(method: Method, topics: int, *, weight: Weight = Weight.CITY, quorum: int = 1, **typed: str) -> VotingProfile:
    """Return the profile of ballots typed in each city, with `|` between them: `Leeds="1=5 | 1=3"`."""
    texts = {city: Counter(filter(None, each.split(" | "))) for city, each in typed.items()}
    return read_profile(method, weight, topics=topics, quorum=quorum, cities=typed, texts=texts)
