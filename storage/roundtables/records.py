"""The records of roundtables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

AGENDA = "agenda"
"""The kind of jobs that show an agenda to which another feature has added items, keyed by the roundtable's id."""


class RoundtableState(StrEnum):
    """Where a roundtable is in its life."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Participation(StrEnum):
    """What someone is invited as."""

    SPEAKER = "speaker"
    LISTENER = "listener"


class Answer(StrEnum):
    """The answer to an invitation."""

    OPEN = "open"
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class ReminderState(StrEnum):
    """What became of a reminder."""

    PENDING = "pending"
    SENT = "sent"
    LATE = "late"
    """Sent late, after a downtime, but before the start."""
    EXPIRED = "expired"
    """Not sent: the roundtable had begun when its time had come."""
    VOID = "void"
    """Not sent: the roundtable was moved or cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A roundtable that repeats by `rule`, an RRULE (RFC 5545), in the local time of `zone` from `starts_at`.

    `ended_at`: since when it has no further occurrence.
    """

    id: int
    dialogue_id: int
    uid: str
    rule: str
    zone: str
    starts_at: datetime
    length: timedelta
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roundtable:
    """A meeting of the mayors of a dialogue, which has a number there.

    `zone`: where it was scheduled. `occurrence_at`: the start that its series gave it, whatever it was moved to.
    `sequence` grows with each change of what calendars show, which know it by `uid` (RFC 5545, SEQUENCE). `remind`:
    when everybody is reminded, before the start, earliest first. `card_id`: its live card. `chair_id` runs it.
    """

    id: int
    dialogue_id: int
    number: int
    series_id: int | None
    occurrence_at: datetime | None
    title: str
    description: str
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    sequence: int
    uid: str
    state: RoundtableState
    reason: str
    remind: tuple[timedelta, ...]
    card_id: int | None
    created_by: int | None
    chair_id: int | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it is still to come, or running."""
        return self.state in {RoundtableState.PLANNED, RoundtableState.RUNNING}

    @property
    def length(self) -> timedelta:
        """How long it is planned to take."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """An item of a roundtable's agenda, with the time planned for it and who introduces it."""

    id: int
    roundtable_id: int
    position: int
    text: str
    planned: timedelta | None
    speaker_id: int | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The invitation of a person to a roundtable, on behalf of a city, and what they have answered.

    `deputy_id`: who speaks in their place; `deputy_for`: in whose place they speak. `explicit`: made by a coordinator;
    the others follow from roles and deputies.
    """

    roundtable_id: int
    person_id: int
    city_id: int
    part: Participation
    answer: Answer = Answer.OPEN
    wishes_to_speak_at: datetime | None = None
    deputy_id: int | None = None
    deputy_for: int | None = None
    explicit: bool = False
    answered_at: datetime | None = None

    def reopened(self) -> Invitation:
        """Return it without an answer."""
        return replace(self, answer=Answer.OPEN, answered_at=None, wishes_to_speak_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder of a roundtable to one person or one chat, due `before` its start.

    `sequence`: that of the roundtable when it was planned. `told`: how the person was told (None: they did not have to
    be). `post_id`: the message.
    """

    id: int
    roundtable_id: int
    sequence: int
    person_id: int | None
    chat_id: int | None
    before: timedelta
    due_at: datetime
    state: ReminderState
    told: str | None
    post_id: int | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A roundtable that has begun. `card_id`: its live card; `watched_until`: when its time was last checked."""

    roundtable_id: int
    card_id: int
    watched_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """The time that a speaker had the floor, on behalf of a city, during an item if there is an agenda.

    `person_id` is None once the person is forgotten, `ended_at` while they speak.
    """

    id: int
    roundtable_id: int
    item_id: int | None
    person_id: int | None
    city_id: int
    started_at: datetime
    ended_at: datetime | None
