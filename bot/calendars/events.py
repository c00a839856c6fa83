"""What a calendar file can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias


class SchedulingMethod(StrEnum):
    """What a file asks of the calendar that reads it (RFC 5546, section 3.2)."""

    REQUEST = "REQUEST"
    """Enter or update a meeting to which people are invited; needs attendees."""
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    """Show events; attendees are left out."""


class AttendeeRole(StrEnum):
    """In what capacity somebody attends."""

    SPEAKER = "REQ-PARTICIPANT"
    LISTENER = "NON-PARTICIPANT"


class AttendeeStatus(StrEnum):
    """What somebody has answered."""

    OPEN = "NEEDS-ACTION"
    YES = "ACCEPTED"
    NO = "DECLINED"
    MAYBE = "TENTATIVE"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited. `key` tells them apart: opaque, the same in every file, and no private data."""

    key: str
    name: str
    role: AttendeeRole
    status: AttendeeStatus = AttendeeStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """A meeting, a series of them, or one changed meeting of a series.

    `uid` stays the same for ever, `sequence` grows with each change; the datetimes are aware. Texts may contain
    anything: they are escaped.
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    title: str
    stamp: datetime
    """When it was last changed."""
    zone: str = ""
    """Of a series, or one of its meetings: the zone (tz database) in which its local time stays the same."""
    rule: str = ""
    """Of a series: its RRULE (RFC 5545, section 3.3.10)."""
    excluded: tuple[datetime, ...] = ()
    """Of a series: the starts by its rule at which there is no meeting (RFC 5545, EXDATE)."""
    recurrence_id: datetime | None = None
    """Of one meeting of a series, whose `uid` it has: when that was to start at first."""
    description: str = ""
    place: str = ""
    url: str = ""
    """An address (http, https) to take part; others are left out."""
    organizer: str = ""
    attendees: tuple[Attendee, ...] = ()
    cancelled: bool = False
    alarm: timedelta | None = None
    """How long before the start the calendar reminds."""


class TaskStatus(StrEnum):
    """Where a task is in its life."""

    OPEN = "NEEDS-ACTION"
    BEGUN = "IN-PROCESS"
    DONE = "COMPLETED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTask:
    """What somebody is to do until the end of a day, if there is one; that day is an event, too.

    `uid`, `sequence`, `stamp` and texts as in `CalendarEvent`.
    """

    uid: str
    sequence: int
    title: str
    stamp: datetime
    due: date | None = None
    day_title: str = ""
    """The title of the event on the due day, if it is another one."""
    status: TaskStatus = TaskStatus.OPEN
    completed: datetime | None = None
    description: str = ""
    categories: tuple[str, ...] = ()
    organizer: str = ""
    """Shown with the attendees."""
    attendees: tuple[Attendee, ...] = ()
    alarm: timedelta | None = None
    """How long before the beginning of the day the calendar reminds."""


CalendarEntry: TypeAlias = CalendarEvent | CalendarTask
