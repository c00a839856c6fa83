"""Calendar files (iCalendar, RFC 5545 and 5546): events and tasks as data, and the files that calendars read."""

from bot.calendars.events import (
    Attendee,
    AttendeeRole,
    AttendeeStatus,
    CalendarEntry,
    CalendarEvent,
    CalendarTask,
    SchedulingMethod,
    TaskStatus,
)
from bot.calendars.writing import MIME, write_calendar

__all__ = [
    "MIME",
    "Attendee",
    "AttendeeRole",
    "AttendeeStatus",
    "CalendarEntry",
    "CalendarEvent",
    "CalendarTask",
    "SchedulingMethod",
    "TaskStatus",
    "write_calendar",
]
