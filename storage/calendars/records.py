"""The records of links to calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A person's link to the calendar of a dialogue or, without one, to their own."""

    id: int
    person_id: int
    dialogue_id: int | None
    made_at: datetime
