"""Tasks as lines of a calendar file (RFC 5545). icalendar, which writes the events, takes 1 ms for each task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from bot.calendars.events import Attendee, CalendarTask, TaskStatus
from bot.calendars.texts import ADDRESS, clean, clean_line

_LONGEST = 75  # bytes of a line (RFC 5545, section 3.1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_QUOTED = str.maketrans({'"': "^'", "^": "^^"})  # RFC 6868


def write_task(task: CalendarTask, *, with_people: bool) -> bytes:
    """Return the lines of a task, and of an event on its due day, for calendars that know no tasks."""
    both = _folded(_in_both(task))
    parts = [_folded(["BEGIN:VTODO", f"UID:{task.uid}"]), both, _folded(_task(task, with_people=with_people))]
    if task.due:
        parts += [_folded(["BEGIN:VEVENT", f"UID:due-{task.uid}"]), both, _folded(_due_day(task, task.due))]
    return b"".join(parts)


def _in_both(task: CalendarTask) -> Iterator[str]:
    yield f"DTSTAMP:{_moment(task.stamp)}"
    yield f"SEQUENCE:{task.sequence}"
    if task.description:
        yield f"DESCRIPTION:{_text(task.description)}"


def _task(task: CalendarTask, *, with_people: bool) -> Iterator[str]:
    yield f"SUMMARY:{_text(clean_line(task.title))}"
    if task.due:
        yield f"DUE;VALUE=DATE:{task.due:%Y%m%d}"
    if task.categories:
        yield f"CATEGORIES:{','.join(map(_text, task.categories))}"
    yield f"STATUS:{task.status.value}"
    if task.status is not TaskStatus.CANCELLED:
        yield f"PERCENT-COMPLETE:{100 if task.status is TaskStatus.DONE else 0}"
    if task.completed:
        yield f"COMPLETED:{_moment(task.completed)}"
    if with_people and task.attendees:
        yield f"ORGANIZER;CN={_parameter(task.organizer)}:{ADDRESS.format('dialogue')}"
        yield from map(_attendee, task.attendees)
    if task.due and task.alarm is not None and task.status in {TaskStatus.OPEN, TaskStatus.BEGUN}:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(clean_line(task.title))}")
        yield from (f"TRIGGER;RELATED=END:{_before(task.alarm)}", "END:VALARM")
    yield "END:VTODO"


def _due_day(task: CalendarTask, day: date) -> Iterator[str]:
    yield f"SUMMARY:{_text(clean_line(task.day_title or task.title))}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"STATUS:{'CANCELLED' if task.status is TaskStatus.CANCELLED else 'CONFIRMED'}"
    yield from ("TRANSP:TRANSPARENT", "END:VEVENT")


def _attendee(attendee: Attendee) -> str:
    address = ADDRESS.format(quote(attendee.key, safe=""))
    return f"ATTENDEE;CN={_parameter(attendee.name)};ROLE={attendee.role.value};RSVP=FALSE:{address}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _before(time: timedelta) -> str:
    """Return a duration before something (RFC 5545, section 3.3.6)."""
    return f"-PT{int(time.total_seconds() // 60)}M"


def _text(text: str) -> str:
    return clean(text).translate(_ESCAPED)


def _parameter(text: str) -> str:
    return f'"{clean_line(text).translate(_QUOTED)}"'


def _folded(lines: Iterable[str]) -> bytes:
    """Return lines with their ends; those that are too long are cut to pieces, but no character is."""
    return b"".join(piece for line in lines for piece in _pieces(line.encode()))


def _pieces(line: bytes) -> Iterator[bytes]:
    room = _LONGEST
    while len(line) > room:
        end = room
        while line[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        yield line[:end] + b"\r\n "
        line, room = line[end:], _LONGEST - 1
    yield line + b"\r\n"
