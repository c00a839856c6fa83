"""The count: examples worked out by hand, and what holds for every poll."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voting import HIGHEST, Ballot, CityKey, Method, Result, VotingProfile, Weight, count
from tests.voting.profiles import poll, profiles

SCORE, RANK, APPROVAL, SINGLE = Method


def order(result: Result) -> list[int]:
    return [each.topic for each in result.topics]


def numbers(*fractions: Fraction) -> list[str]:
    return [str(each) for each in fractions]


def by_topic(result: Result) -> list[tuple[object, ...]]:
    """Return all but the place in the list, by topic."""
    topics = sorted(result.topics, key=lambda each: each.topic)
    return [
        (
            each.place,
            each.joint,
            each.raw,
            each.lowest,
            dict(each.by_city),
            dict(each.place_in),
            each.divided,
            each.tied,
        )
        for each in topics
    ]


def test_each_city_has_one_voice_in_a_score() -> None:
    result = count(poll(SCORE, 3, Köln="1=5 2=3 | 1=4 | 1=3 2=3", Leeds="2=5 3=2", Graz=""))
    first, second, third = result.topics
    assert order(result) == [2, 1, 3]
    assert numbers(first.joint, first.raw, first.lowest) == ["7/2", "11/4", "2"]
    assert numbers(second.joint, second.raw, second.lowest) == ["2", "3", "0"]
    assert first.by_city == {"Köln": 2, "Leeds": 5}
    assert first.place_in == {"Köln": 2, "Leeds": 1}
    assert third.place_in == {"Köln": 3, "Leeds": 2}
    assert result.turnout == {"Köln": 3, "Leeds": 1, "Graz": 0}
    assert (result.below_quorum, result.valid, result.pairwise) == (("Graz",), False, ())


def test_by_person_the_joint_score_is_the_raw_one() -> None:
    result = count(poll(SCORE, 3, weight=Weight.PERSON, Köln="1=5 2=3 | 1=4 | 1=3 2=3", Leeds="2=5 3=2"))
    assert order(result) == [1, 2, 3]
    assert result.topics[0].joint == result.topics[0].raw == 3


@pytest.mark.parametrize("method", [APPROVAL, SINGLE])
def test_choices_are_counted_as_shares(method: Method) -> None:
    result = count(poll(method, 2, Köln="1 | 1 | 2", Leeds="2"))
    assert [(each.topic, each.joint, each.raw) for each in result.topics] == [
        (2, Fraction(2, 3), Fraction(1, 2)),
        (1, Fraction(1, 3), Fraction(1, 2)),
    ]


def test_schulze_finds_the_way_out_of_a_circle() -> None:
    """Schulze's own example of 45 voters and five topics (2011, example 1): E, A, C, B, D."""
    typed = {"1>3>2>5>4": 5, "1>4>5>3>2": 5, "2>5>4>1>3": 8, "3>1>2>5>4": 3, "3>1>5>2>4": 7, "3>2>1>4>5": 2}
    typed |= {"4>3>5>2>1": 7, "5>2>1>4>3": 8}
    ballots = " | ".join(text for text, times in typed.items() for _each in range(times))
    result = count(poll(RANK, 5, weight=Weight.PERSON, Köln=ballots))
    assert order(result) == [5, 1, 3, 2, 4]
    assert numbers(*result.pairwise[0]) == ["0", "20", "26", "30", "22"]


def test_in_a_ranking_a_ballot_weighs_less_where_more_people_vote() -> None:
    result = count(poll(RANK, 3, Köln="1>2>3 | 1>2>3 | 2>1>3", Leeds="2>1>3"))
    assert [numbers(*row) for row in result.pairwise] == [["0", "2/3", "2"], ["4/3", "0", "2"], ["0", "0", "0"]]
    assert order(result) == [2, 1, 3]
    assert numbers(*(each.joint for each in result.topics)) == ["5/3", "4/3", "0"], "Borda points"
    assert result.topics[0].by_city == {"Köln": Fraction(4, 3), "Leeds": 2}
    assert result.topics[0].place_in == {"Köln": 2, "Leeds": 1}


def test_a_tie_is_decided_by_the_lowest_city_score_and_then_by_all_ballots() -> None:
    by_lowest = count(poll(SCORE, 2, Köln="1=4 2=3", Leeds="1=0 2=1"))
    assert [(each.topic, each.place, each.tied) for each in by_lowest.topics] == [(2, 1, False), (1, 2, False)]
    by_raw = count(poll(SCORE, 2, Köln="1=2 2=4 | 1=2 2=4", Leeds="1=4 2=2"))
    assert [(each.topic, each.place, each.tied) for each in by_raw.topics] == [(2, 1, False), (1, 2, False)]


def test_topics_that_are_still_equal_are_left_to_the_roundtable() -> None:
    result = count(poll(SCORE, 4, Köln="1=5 2=2 3=2", Leeds="1=5 2=2 3=2"))
    assert [(each.place, each.tied) for each in result.topics] == [(1, False), (2, True), (2, True), (4, False)]


def test_cities_that_differ_by_three_places_are_divided() -> None:
    result = count(poll(SCORE, 4, Köln="1=5 2=4 3=3", Leeds="1=1 2=4 3=3 4=2"))
    assert {each.topic: (dict(each.place_in), each.divided) for each in result.topics} == {
        1: ({"Köln": 1, "Leeds": 4}, True),
        2: ({"Köln": 2, "Leeds": 1}, False),
        3: ({"Köln": 3, "Leeds": 2}, False),
        4: ({"Köln": 4, "Leeds": 3}, False),
    }


@pytest.mark.parametrize(("quorum", "below"), [(0, ()), (1, ("Leeds",)), (2, ("Leeds",)), (3, ("Köln", "Leeds"))])
def test_cities_below_the_quorum_are_named(quorum: int, below: tuple[str, ...]) -> None:
    result = count(poll(SINGLE, 2, quorum=quorum, Köln="1 | 2", Leeds=""))
    assert (result.below_quorum, result.valid) == (below, not below)


@pytest.mark.parametrize("method", Method)
def test_a_poll_without_ballots_has_no_order(method: Method) -> None:
    result = count(poll(method, 3, quorum=0, Köln="", Leeds=""))
    assert {(each.place, each.tied, str(each.joint), each.divided) for each in result.topics} == {(1, True, "0", False)}
    assert not result.valid


@given(profiles(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_cities_does_not_matter(profile: VotingProfile, random: Random) -> None:
    cities = random.sample(profile.cities, len(profile.cities))
    ballots = {
        city: dict(random.sample(sorted(profile.ballots[city].items()), len(profile.ballots[city]))) for city in cities
    }
    mixed = VotingProfile(profile.method, profile.weight, profile.topics, profile.quorum, tuple(cities), ballots)
    assert by_topic(count(mixed)) == by_topic(count(profile))


@given(profiles(), st.data())
def test_no_topic_is_favoured(profile: VotingProfile, data: st.DataObject) -> None:
    new = data.draw(st.permutations(range(profile.topics)))
    ballots = {
        city: {tuple(ballot[each] for each in new): times for ballot, times in cast.items()}
        for city, cast in profile.ballots.items()
    }
    renamed = VotingProfile(profile.method, profile.weight, profile.topics, profile.quorum, profile.cities, ballots)
    before = by_topic(count(profile))
    assert by_topic(count(renamed)) == [before[each] for each in new]


@given(profiles(weights=[Weight.CITY]), st.integers(2, 50), st.data())
def test_more_voters_of_the_same_minds_do_not_move_the_joint_result(
    profile: VotingProfile, factor: int, data: st.DataObject
) -> None:
    grown = data.draw(st.sampled_from(profile.cities))
    more = {ballot: times * factor for ballot, times in profile.ballots[grown].items()}
    larger = VotingProfile(
        profile.method, profile.weight, profile.topics, profile.quorum, profile.cities, {**profile.ballots, grown: more}
    )
    before, after = count(profile), count(larger)
    joint = [
        {each.topic: (each.joint, each.lowest, each.by_city) for each in result.topics} for result in (before, after)
    ]
    assert joint[0] == joint[1]
    assert before.pairwise == after.pairwise


@given(profiles([SCORE]), st.data())
def test_a_point_more_never_costs_a_topic_its_place(profile: VotingProfile, data: st.DataObject) -> None:
    cast = [(city, ballot) for city, all in profile.ballots.items() for ballot in all]
    if not cast:
        return
    city, ballot = data.draw(st.sampled_from(cast))
    topic = data.draw(st.integers(0, profile.topics - 1))
    raised = (*ballot[:topic], min(ballot[topic] + 1, HIGHEST), *ballot[topic + 1 :])
    ballots = dict(profile.ballots[city])
    ballots[ballot] -= 1
    ballots[raised] = ballots.get(raised, 0) + 1
    changed = VotingProfile(
        profile.method,
        profile.weight,
        profile.topics,
        profile.quorum,
        profile.cities,
        {**profile.ballots, city: ballots},
    )
    places = [{each.topic: each.place for each in count(either).topics} for either in (profile, changed)]
    assert places[1][topic + 1] <= places[0][topic + 1]


@given(profiles([RANK]))
def test_a_topic_that_wins_against_each_other_one_comes_first(profile: VotingProfile) -> None:
    result = count(profile)
    table = result.pairwise
    several = range(profile.topics)
    best = [a + 1 for a in several if all(table[a][b] > table[b][a] for b in several if b != a)]
    assert best in ([], order(result)[:1])


@given(profiles(), st.booleans())
def test_a_result_survives_json(profile: VotingProfile, by_id: bool) -> None:
    ids = {city: number for number, city in enumerate(profile.cities, 7)}
    if by_id:
        ballots: dict[CityKey, Mapping[Ballot, int]] = {ids[city]: cast for city, cast in profile.ballots.items()}
        profile = VotingProfile(
            profile.method, profile.weight, profile.topics, profile.quorum, tuple(ids.values()), ballots
        )
    result = count(profile)
    assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result
