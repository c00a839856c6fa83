"""The records of minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MINUTES = "minutes"
"""The kind of jobs that follow a roundtable in open minutes, keyed `ROUNDTABLE:ITEM`: an item of its agenda has begun,
or with 0 for the item, the roundtable has ended."""
TAKE_MINUTES = "take-minutes"
"""The button action `take-minutes:ROUNDTABLE`."""


class LineKind(StrEnum):
    """What a line of minutes is."""

    TOPIC = "topic"
    AGREED = "agreed"
    """A decision, worded exactly."""
    INFO = "info"
    IDEA = "idea"
    LINK = "link"
    ACTION = "action"
    CORRECTION = "correction"
    """Added after the end; what was agreed on stays as it was."""


class AttendanceKind(StrEnum):
    """How it is known that somebody was present, or that they were not."""

    WROTE = "wrote"
    ANSWERED = "answered"
    SPOKE = "spoke"
    NAMED = "named"
    """By the chair."""
    EXCUSED = "excused"
    """By the chair: they were not present."""

    @property
    def is_stated(self) -> bool:
        """Whether the chair has said so, which prevails over what the bot has noticed."""
        return self in {AttendanceKind.NAMED, AttendanceKind.EXCUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """The minutes of a meeting, with a number in the dialogue. They are open until `ended_at`.

    `agreement_id`: from when they are put to the cities. `roundtable`: the number of the roundtable that they are of.
    `chair_id`: None if forgotten. `chat_id`: where they were started. `active_at`: when something was last written
    down, or done. `card_id`: their live card.
    """

    id: int
    dialogue_id: int
    number: int
    agreement_id: int | None
    roundtable: int | None
    title: str
    place: str
    chair_id: int | None
    chat_id: int
    card_id: int | None
    started_at: datetime
    active_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether lines are still taken."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesLine:
    """A line of minutes.

    `person_id`: who wrote it, for the city `city_id`; None if forgotten, or the bot itself. `chat_id`, `native_id`: the
    message it was written in, or None. `action`: the number of the action point that it made. `changed_at`: when it was
    last corrected. `removed_at`: since when it does not count.
    """

    id: int
    minutes_id: int
    position: int
    kind: LineKind
    text: str
    translation: str | None
    at: datetime
    person_id: int | None
    city_id: int | None
    chat_id: int | None
    native_id: str | None
    action: int | None
    changed_at: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """That a person was present, or excused, for a city. `person_id`: None if forgotten."""

    id: int
    minutes_id: int
    person_id: int | None
    city_id: int
    how: AttendanceKind
    at: datetime
