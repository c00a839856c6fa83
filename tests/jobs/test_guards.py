"""What keeps jobs from running twice, late or for ever, taken away: the test concerned then fails."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import runner
from bot.jobs.kinds import JobKind
from bot.jobs.runner import JobRunner, SteadyTime
from storage import Database
from storage.jobs import Jobs
from tests.databases import sqlite_in
from tests.jobs import test_runner as cases
from tests.trust.guards import Removal, instead, soon_nothing, soon_yes

Case = Callable[..., Coroutine[Any, Any, None]]


async def _without_limit(_self: JobRunner, store: Any, kind: JobKind, now: Any) -> Any:
    return await store.jobs.claim(kind.name, now, runner.LEASE, most=10**6)


_by_the_clock = instead(SteadyTime, "__call__", lambda self: self._clock())
_all_at_once = instead(JobRunner, "_claim", _without_limit)
_always_current = instead(Jobs, "is_current", soon_yes)
_not_given_back = instead(JobRunner, "_give_back", soon_nothing)

GUARDS: list[tuple[Case, Removal]] = [
    (cases.test_a_job_of_a_process_that_hangs_is_taken_over_and_applied_once, _always_current),
    (cases.test_one_cancelled_while_it_is_prepared_is_not_applied, _always_current),
    (
        cases.test_one_rescheduled_while_it_is_prepared_runs_again_with_the_newest_payload,
        _always_current,
    ),
    (
        cases.test_a_clock_that_is_set_back_makes_nothing_late,
        instead(SteadyTime, "__call__", lambda self: self._clock()),
    ),
    (
        cases.test_only_so_many_of_a_kind_run_at_once_and_other_kinds_are_not_held_up,
        instead(JobRunner, "_claim", _without_limit),
    ),
    (cases.test_waits_grow_to_the_longest, instead(JobKind, "wait", lambda self, _attempt: self.backoff[0])),
    (
        cases.test_one_under_way_when_the_bot_stops_is_left_to_the_next_process,
        instead(JobRunner, "_give_back", soon_nothing),
    ),
]


@pytest.mark.parametrize(("case", "remove"), GUARDS, ids=lambda each: getattr(each, "__name__", "")[5:])
async def test_without_its_guard_the_test_fails(
    case: Case, remove: Removal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_in(tmp_path))
    remove(monkeypatch)
    with pytest.raises(AssertionError):
        await case(cases.Workbench(database))
    await database.close()
