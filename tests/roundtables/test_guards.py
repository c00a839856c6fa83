"""What keeps reminders from being wrong, taken away: the story concerned then fails."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dates import nights
from bot.jobs import lateness
from handlers.roundtables import _catchup, _reminders
from storage import Database, Reminder, Roundtable
from storage.roundtables.reminders import Reminders
from tests.databases import sqlite_in
from tests.stories import test_reminders as stories
from tests.stories.reminding import Reminding
from tests.trust.guards import Removal, instead, soon_nothing
from tests.trust.guards_of_reminders import rooms_left_and_reminded

Case = Callable[[Reminding], Coroutine[Any, Any, None]]


def no(*_args: object, **_kwargs: object) -> bool:
    return False


async def soon_no(*_args: object, **_kwargs: object) -> bool:
    return False


async def _only_the_present(self: Reminders, roundtable: Roundtable) -> list[Reminder]:
    return [each for each in await self.of(roundtable.id) if each.sequence == roundtable.sequence]


GUARDS: list[tuple[Case, Removal]] = [
    (
        stories.test_a_moved_roundtable_has_other_reminders_and_a_cancelled_one_none,
        instead(Reminders, "_known", _only_the_present),
    ),
    (
        stories.test_after_a_downtime_the_last_one_comes_late_and_is_marked_so,
        instead(Reminders, "is_superseded", soon_no),
    ),
    (
        stories.test_after_a_downtime_the_last_one_comes_late_and_is_marked_so,
        instead(lateness, "GRACE", timedelta(days=365)),
    ),
    (
        stories.test_after_the_start_nothing_is_sent_and_the_coordinators_get_one_report,
        instead(_reminders, "_has_begun", no),
    ),
    (
        stories.test_after_the_start_nothing_is_sent_and_the_coordinators_get_one_report,
        instead(_catchup, "schedule", soon_nothing),
    ),
    (stories.test_nights_are_left_alone_except_in_chats, instead(nights, "by_day", lambda at, _start, _zone: at)),
    (stories.test_what_is_late_does_not_wake_anybody, instead(nights, "by_day", lambda at, _start, _zone: at)),
    (stories.test_neither_who_is_not_invited_nor_a_chat_that_has_left_is_reminded, rooms_left_and_reminded),
    (
        stories.test_who_cannot_be_reminded_in_private_is_mentioned_and_the_coordinator_told_once,
        instead(Reminders, "has_mentioned", soon_no),
    ),
]


@pytest.mark.parametrize(("case", "remove"), GUARDS)
async def test_without_its_guard_the_story_fails(
    case: Case, remove: Removal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_in(tmp_path))
    async with stories.told_on(database) as story:
        remove(monkeypatch)
        with pytest.raises((AssertionError, ValueError)):
            await case(story)
    await database.close()
