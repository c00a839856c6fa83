"""Calendar files (iCalendar, RFC 5545 and 5546): events as data, and the files that calendars read."""

from bot.calendars.events import Attendee, AttendeeRole, AttendeeStatus, CalendarEvent, SchedulingMethod
from bot.calendars.writing import MIME, write_calendar

__all__ = ["MIME", "Attendee", "AttendeeRole", "AttendeeStatus", "CalendarEvent", "SchedulingMethod", "write_calendar"]
