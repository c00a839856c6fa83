"""Who speaks next in a roundtable: cities take turns, and nobody is lost or waits behind two of another city."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.roundtables._speakers import waiting
from storage import Answer, Invitation, Participation, Speech

BEGIN = datetime(2026, 2, 22, 10, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=1)
CITIES = (1, 2, 3)


def asks(person: int, city: int, minute: float, part: Participation = Participation.SPEAKER) -> Invitation:
    return Invitation(
        roundtable_id=1,
        person_id=person,
        city_id=city,
        part=part,
        answer=Answer.YES,
        wishes_to_speak_at=BEGIN + timedelta(minutes=minute),
        deputy_id=None,
        deputy_for=None,
        explicit=False,
        answered_at=None,
    )


def spoke(number: int, city: int, start: float, minutes: float) -> Speech:
    began = BEGIN + timedelta(minutes=start)
    return Speech(
        id=number,
        roundtable_id=1,
        item_id=None,
        person_id=None,
        city_id=city,
        started_at=began,
        ended_at=began + timedelta(minutes=minutes),
    )


@st.composite
def queues(draw: st.DrawFn) -> list[Invitation]:
    wishes = draw(st.lists(st.tuples(st.sampled_from(CITIES), st.floats(0, 60)), max_size=12))
    return [asks(number, city, minute) for number, (city, minute) in enumerate(wishes, 1)]


@st.composite
def histories(draw: st.DrawFn) -> list[Speech]:
    turns = draw(st.lists(st.tuples(st.sampled_from(CITIES), st.floats(0.1, 8)), max_size=7))
    return [spoke(number, city, number * 8, minutes) for number, (city, minutes) in enumerate(turns)]


def order(invitations: list[Invitation], *speeches: Speech) -> list[int]:
    return [each.person_id for each in waiting(invitations, speeches, NOW)]


def test_the_city_that_has_spoken_least_is_next() -> None:
    both = [asks(11, 1, 30), asks(21, 2, 31)]
    assert order(both) == [11, 21], "first come, first served"
    assert order(both, spoke(1, 1, 0, 5), spoke(2, 2, 10, 2)) == [21, 11]


def test_within_a_city_the_first_who_asked_is_first() -> None:
    assert order([asks(11, 1, 3), asks(12, 1, 1), asks(13, 1, 2)]) == [12, 13, 11]


def test_cities_alternate_however_many_of_one_have_asked() -> None:
    assert order([asks(11, 1, 1), asks(12, 1, 2), asks(13, 1, 3), asks(21, 2, 4)]) == [11, 21, 12, 13]


def test_a_city_that_has_spoken_much_does_not_wait_behind_two_short_speeches_of_another() -> None:
    """Köln has spoken for ten minutes; it waits while Indianapolis speaks once, but not twice."""
    speeches = [spoke(1, 1, 0, 10), spoke(2, 2, 20, 1)]
    assert order([asks(11, 1, 15), asks(21, 2, 25)], *speeches) == [11, 21]


def test_listeners_and_those_who_have_not_asked_do_not_wait() -> None:
    quiet = replace(asks(12, 1, 1), wishes_to_speak_at=None)
    assert order([asks(11, 1, 1, Participation.LISTENER), quiet, asks(13, 1, 2)]) == [13]


@given(queues(), histories())
@settings(max_examples=300)
def test_nobody_is_lost(invitations: list[Invitation], speeches: list[Speech]) -> None:
    assert sorted(order(invitations, *speeches)) == sorted(each.person_id for each in invitations)


@given(queues(), histories())
@settings(max_examples=300)
def test_no_city_waits_behind_two_of_another_in_the_list(invitations: list[Invitation], speeches: list[Speech]) -> None:
    listed = waiting(invitations, speeches, NOW)
    for number, each in enumerate(listed):
        before = [other.city_id for other in listed[:number]]
        since = before[len(before) - before[::-1].index(each.city_id) :] if each.city_id in before else before
        others = [city for city in since if city != each.city_id]
        assert len(others) == len(set(others))


@given(queues(), st.lists(st.floats(0.1, 8), min_size=12, max_size=12))
@settings(max_examples=300)
def test_no_city_waits_behind_two_of_another_in_a_whole_meeting(
    invitations: list[Invitation], minutes: list[float]
) -> None:
    """People ask while others speak, for as long as they like."""
    now, speeches, left = BEGIN, list[Speech](), list(invitations)
    passed: dict[int, list[int]] = {}
    while left:
        there = [each for each in left if each.wishes_to_speak_at and each.wishes_to_speak_at <= now]
        if not there:
            now = min(each.wishes_to_speak_at for each in left if each.wishes_to_speak_at)
            continue
        speaker = waiting(there, speeches, now)[0]
        for city in {each.city_id for each in there} - {speaker.city_id}:
            passed.setdefault(city, []).append(speaker.city_id)
            assert len(passed[city]) == len(set(passed[city])), "behind two of another"
        passed.pop(speaker.city_id, None)
        left.remove(speaker)
        took = timedelta(minutes=minutes[len(speeches)])
        turn = spoke(len(speeches), speaker.city_id, 0, 0)
        speeches.append(replace(turn, started_at=now, ended_at=now + took))
        now += took
