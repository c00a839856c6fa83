"""What is read to find the reminders that are due grows with these, and not with what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.runner import LEASE
from handlers.roundtables._reminders import REMINDERS
from storage import Database, ReminderState, Store
from tests.storage.efforts import effort
from tests.stories.reminding import DAY, START, fill

DUE = START - DAY


@pytest.mark.parametrize("stored", [1_000, 10_000, 50_000])
async def test_the_work_grows_with_what_is_due_and_not_with_what_is_stored(database: Database, stored: int) -> None:
    first = await fill(database, stored)

    async def wake(store: Store) -> None:
        """Do what the runner and its jobs read and write when the reminders of one roundtable are due."""
        (job,) = await store.jobs.claim(REMINDERS, DUE, LEASE, most=4)
        assert job.key == str(first)
        due = await store.reminders.due(first, DUE, most=10)
        assert len(due) == 10
        for each in due:
            await store.reminders.close(each, ReminderState.SENT, DUE)
        assert not await store.reminders.is_superseded(due[0], DUE)
        assert await store.reminders.next_due(first) == DUE
        await store.jobs.schedule(REMINDERS, str(first), DUE)
        assert await store.jobs.next_due(REMINDERS, DUE) == DUE + timedelta(minutes=1)

    assert await effort(database, wake) < 2_500
