"""Rate limits: never more calls than allowed in any window, and never a lane at a standstill."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.limits import RateLimits

CALL = 0.1
"""Seconds that a call takes."""


class Lane:
    """A lane that calls as soon as its limits allow it, on a driven clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.limits = RateLimits(30, 20, lambda: self.now)
        self.calls: list[float] = []

    def call(self, *, urgent: bool = False) -> float:
        """Wait as long as necessary, make a call, and return how long it waited."""
        begin = self.now
        while wait := self.limits.wait("a", urgent=urgent):
            self.now += wait
        waited = self.now - begin
        self.calls.append(self.now)
        self.limits.begin("a")
        self.now += CALL
        self.limits.release("a", urgent=urgent)
        return waited

    def most_in_a_minute(self) -> int:
        return max(bisect_left(self.calls, start + 60) - number for number, start in enumerate(self.calls))


def test_a_few_calls_go_out_at_once() -> None:
    lane = Lane()
    waits = [lane.call() for _ in range(10)]
    assert waits[:3] == [0] * 3
    assert all(3 < wait <= 4 for wait in waits[3:]), "whoever writes faster does not use up the minute at once"
    assert lane.limits.free("a") == 0


def test_with_files_the_calls_are_spread_from_the_first() -> None:
    lane = Lane()
    lane.call()
    lane.limits.save("a")
    assert all(0.5 < lane.call() < 10 for _ in range(17))
    assert lane.now < 45
    assert lane.limits.wait("a", urgent=True) == 0


def test_files_after_many_texts_find_enough_calls() -> None:
    lane = Lane()
    while lane.now < 10:  # texts, as fast as they may follow each other
        lane.call()
    for _ in range(12):
        lane.limits.save("a")
        lane.call()
    assert lane.now < 40
    assert lane.limits.wait("a", urgent=True) == 0


def test_a_lane_with_much_to_deliver_never_stands_still() -> None:
    lane = Lane()
    for _ in range(100):
        lane.call()
    assert lane.most_in_a_minute() <= 17
    assert max(later - earlier for earlier, later in pairwise(lane.calls)) < 25
    assert len([at for at in lane.calls if at <= 30]) >= 10, "a backlog of five full messages is there within 30 s"


def test_a_conversation_within_the_limits_is_not_held_up() -> None:
    lane = Lane()
    for number in range(60):
        lane.now = max(lane.now, 4.0 * number)
        assert lane.call() == 0


def test_an_answer_does_not_wait_for_the_backlog() -> None:
    lane = Lane()
    for _ in range(200):
        lane.call()
        assert lane.limits.wait("a", urgent=True) == 0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20)), max_size=80))
def test_no_window_has_more_calls_than_allowed(calls: list[tuple[bool, float]]) -> None:
    lane = Lane()
    for urgent, pause in calls:
        lane.now += pause
        lane.call(urgent=urgent)
    assert not calls or lane.most_in_a_minute() <= 20


def test_a_call_that_was_not_made_does_not_count() -> None:
    lane = Lane()
    for _ in range(30):
        lane.limits.begin("a")
        lane.limits.release("a", made=False)
    assert lane.limits.free("a") == 3
