"""Gaps of any length in a room's timeline: read page by page, in order, each event once, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messengers.base import AccountError, all_matter
from bot.messengers.matrix import connection, timeline
from bot.messengers.matrix.api import Rejected, Unreachable
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.timeline import Attendance
from bot.model import Batch, ChatRef, Message, MessengerName
from tests.length import FULL
from tests.scripted import BEGIN, ME, Homeserver, answer, matrix_event, matrix_intake, section, state, text

ROOM = "!room:test"
MISSED = 40_000 if FULL else 4_000


def numbered(server: Homeserver, number: int) -> None:
    """Put `number` events into the gap, and the last one into the sync response."""

    def event(index: int) -> Raw | None:
        return matrix_event(text(str(index)), event_id=f"$m{index}") if index < number - 1 else None

    server.missed[ROOM] = event
    last = matrix_event(text("last"), event_id=f"$m{number - 1}")
    server.syncs.append(answer({ROOM: section(last, limited=True, prev_batch="p", state=state())}))


async def read(server: Homeserver) -> list[Batch]:
    batches: list[Batch] = []
    async with matrix_intake(server) as (intake, _):
        try:
            async for batch in intake.events(BEGIN, all_matter):
                batches.append(batch)
                taken = sum(len(each.events) for each in batches)
                assert server.given - taken <= 400, "a page is held, besides one of which nothing may be seen"
        except AccountError:
            pass
    return batches


def ids(batches: list[Batch]) -> list[str]:
    return [event.id for batch in batches for event in batch.events if isinstance(event, Message)]


async def test_a_gap_of_any_length_is_read_without_holding_it() -> None:
    """Forty thousand events, in the long run."""
    server = Homeserver()
    numbered(server, MISSED)
    batches = await read(server)
    assert ids(batches) == [f"$m{number}" for number in range(MISSED)]
    assert max(len(batch.events) for batch in batches) <= 20
    assert not any(batch.missed for batch in batches)
    assert [batch.cursor is None for batch in batches] == [True] * (len(batches) - 1) + [False]


async def test_a_page_of_which_nothing_may_be_seen_is_not_the_end() -> None:
    class Hiding(Homeserver):
        def _page(self, room: str, query: Mapping[str, str]) -> Raw:
            page = super()._page(room, query)
            return page | {"chunk": []} if query["from"] == "t200" else page

    server = Hiding()
    numbered(server, 601)
    assert ids(await read(server)) == [f"$m{number}" for number in (*range(200), *range(400, 601))]


class Failing(Homeserver):
    """A server that fails some requests, `failures` times."""

    failures = 0
    error: Exception = Unreachable("in trouble", perhaps_done=True)
    where = "/messages"

    async def call(self, method: str, path: str, body: Raw | None = None, **more: Any) -> Raw:
        if path.endswith(self.where) and self.failures:
            self.failures -= 1
            raise self.error
        return await super().call(method, path, body, **more)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_FIRST", 0.0)


LIMITED = Rejected(429, "M_LIMIT_EXCEEDED", "", 0.0)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("failures", "error"),
    [(10, Failing.error), (10, Rejected(404, "", "a proxy says so")), (100, LIMITED)],
    ids=["in trouble", "no answer of the server's own", "later"],
)
async def test_a_page_that_fails_for_a_while_is_asked_for_again(failures: int, error: Exception) -> None:
    server = Failing()
    server.failures, server.error = failures, error
    numbered(server, 301)
    assert ids(await read(server)) == [f"$m{number}" for number in range(301)]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", [Failing.error, Rejected(404, "", ""), Rejected(403, "M_FORBIDDEN", "")])
async def test_a_question_that_is_never_answered_holds_up_nothing(error: Exception) -> None:
    """Trust: case 91."""
    server = Failing()
    server.failures, server.error, server.where = 10**9, error, "/event/%24unknown"
    edit = text("x") | {"m.new_content": text("y"), "m.relates_to": {"rel_type": "m.replace", "event_id": "$unknown"}}
    behind = matrix_event(text("behind"), event_id="$behind")
    server.syncs.append(answer({ROOM: section(matrix_event(edit), behind, state=state())}))
    assert ids(await read(server)) == ["$behind"]


@pytest.mark.usefixtures("quick")
async def test_a_gap_that_is_never_answered_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "_PAGE_ATTEMPTS", 3)
    server = Failing()
    server.failures = 10**9
    numbered(server, 301)
    batches = await read(server)
    assert ids(batches) == ["$m300"]
    assert [each.missed for each in batches] == [(ChatRef(MessengerName.MATRIX, ROOM),)]


# Which events count


def step(kind: str, number: int, before: str) -> tuple[Raw, str]:
    """Return an event, and the bot's membership after it."""
    if kind == "said":
        return matrix_event(text("x"), event_id=f"$a{number}"), before
    content = {"membership": kind} | ({"is_direct": True} if kind == "invite" else {})
    unsigned = {"prev_content": {"membership": before}} if before else {}
    event = matrix_event(content, "m.room.member", state_key=ME, event_id=f"$a{number}", unsigned=unsigned)
    return event, kind


def expected(events: list[Raw], *, was_in: bool | None, of_two: bool) -> list[bool]:
    """Return the expected result, computed from all events at once."""
    kinds = [event["content"].get("membership") for event in events]
    own = [index for index, kind in enumerate(kinds) if kind]
    before = [event.get("unsigned", {}).get("prev_content", {}).get("membership") for event in events]
    entered = [index for index in own if kinds[index] == "join" and before[index] != "join"]
    left = [index for index in own if kinds[index] != "join"]
    if not entered:
        return [was_in is not False or index in own for index in range(len(events))]
    begin, end = entered[-1], left[0] if was_in and left else -1
    asked = [index for index in left if index < begin]
    if of_two and asked and kinds[asked[-1]] == "invite":
        begin = asked[-1] + 1
    return [index >= begin or index <= end for index in range(len(events))]


@given(
    st.lists(st.sampled_from(["said", "said", "join", "leave", "invite"]), max_size=12),
    st.sampled_from(["", "join", "leave"]),
    st.sampled_from([True, False, None]),
    st.booleans(),
)
def test_what_counts_is_known_event_by_event(kinds: list[str], begun: str, was_in: bool | None, of_two: bool) -> None:
    events: list[Raw] = []
    for number, kind in enumerate(kinds):
        event, begun = step(kind, number, begun)
        events.append(event)
    own = [event for event in events if event["type"] == "m.room.member"]
    attendance = Attendance(own, ME, was_in=was_in, of_two=of_two)
    assert [attendance.counts(event) for event in events] == expected(events, was_in=was_in, of_two=of_two)
