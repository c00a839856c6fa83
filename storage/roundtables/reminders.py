"""The reminders of roundtables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.roundtables.records import Reminder, ReminderState

_OF = (
    sa.select(t.reminders)
    .where(t.reminders.c.roundtable_id == sa.bindparam("roundtable"))
    .order_by(t.reminders.c.due_at, t.reminders.c.id)
)


class Reminders(Repository):
    """The reminders, each to one person or one chat."""

    async def of(self, roundtable_id: int) -> list[Reminder]:
        """Return all reminders of a roundtable, in the order in which they are due."""
        return [_reminder(row) for row in await self._all(_OF, roundtable=roundtable_id)]


def _reminder(row: sa.Row[Any]) -> Reminder:
    typed = {"before": timedelta(seconds=row.before), "state": ReminderState(row.state)}
    return Reminder(**row._asdict() | typed)
