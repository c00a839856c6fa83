"""The records of what follows up action points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


class PlannedDueReminder(NamedTuple):
    """A reminder to be planned: to a person, so many `days` before the due date, at a moment in their zone."""

    person_id: int
    due_on: date
    days: int
    zone: str
    due_at: datetime

    @property
    def key(self) -> tuple[int, date, int]:
        """What tells the reminders of one action point apart."""
        return self[:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """One reminder of an action point to an owner, `days` before `due_on`.

    `done_at`: None while it is still to come. `told`: how the person was told (None: they did not have to be).
    `post_id`: the message.
    """

    id: int
    action_id: int
    person_id: int
    due_on: date
    days: int
    zone: str
    due_at: datetime
    done_at: datetime | None
    told: str | None
    post_id: int | None

    @property
    def key(self) -> tuple[int, date, int]:
        """As in `PlannedDueReminder`."""
        return self.person_id, self.due_on, self.days
