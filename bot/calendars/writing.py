"""Events and tasks as the bytes of a calendar file (RFC 5545), which calendars import without complaint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from bot.calendars.events import Attendee, CalendarEntry, CalendarEvent, CalendarTask, SchedulingMethod
from bot.calendars.tasks import write_task
from bot.calendars.texts import ADDRESS, clean, clean_line
from bot.calendars.zones import timezone

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event, vCalAddress

MIME = "text/calendar"

_END = b"END:VCALENDAR\r\n"
_PRODUCT = "-//Intercity//Intercity//EN"
_URL = "!#$%&'()*+,/:;=?@[]~"


def write_calendar(
    entries: Iterable[CalendarEntry],
    method: SchedulingMethod | None = SchedulingMethod.PUBLISH,
    *,
    name: str = "",
    uid: str = "",
    refresh: timedelta | None = None,
) -> bytes:
    """Return a calendar file.

    `method`: None for a copy of what there is, with attendees, which asks nothing of anybody. `name`, `uid` and
    `refresh`, how often to ask for it again, are for one that people subscribe to.
    A request without attendees is published instead (RFC 5546, section 3.2.2). Raises ValueError for a rule that is
    none.
    """
    from icalendar import Calendar

    every = tuple(entries)
    shown = [each for each in every if isinstance(each, CalendarEvent)]
    tasks = [each for each in every if isinstance(each, CalendarTask)]
    if method is SchedulingMethod.REQUEST and not all(each.attendees for each in shown):
        method = SchedulingMethod.PUBLISH
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method.value)
    if uid:
        _add_feed(calendar, uid, clean_line(name), refresh)
    for zone in sorted({each.zone for each in shown if _is_local(each)}):
        first = min(each.start for each in shown if each.zone == zone)
        calendar.add_component(timezone(zone, first.year - 1))
    for each in shown:
        calendar.add_component(_event(each, method))
    written: bytes = calendar.to_ical()
    return b"".join(
        (written.removesuffix(_END), *(write_task(each, with_people=method is None) for each in tasks), _END)
    )


def _add_feed(calendar: Calendar, uid: str, name: str, refresh: timedelta | None) -> None:
    from icalendar.prop import vDuration

    calendar.add("uid", uid)  # RFC 7986
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    if refresh:
        calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(refresh).to_ical().decode())  # type: ignore[no-untyped-call]


def _event(event: CalendarEvent, method: SchedulingMethod | None) -> Event:
    from icalendar import Event
    from icalendar.prop import vRecur

    made = Event()
    made.add("uid", event.uid)
    made.add("dtstamp", event.stamp.astimezone(UTC))
    made.add("sequence", event.sequence)
    made.add("dtstart", _moment(event, event.start))
    made.add("dtend", _moment(event, event.end))
    if event.rule:
        made.add("rrule", vRecur.from_ical(event.rule))
    for start in event.excluded:
        made.add("exdate", _moment(event, start))
    if event.recurrence_id:
        made.add("recurrence-id", _moment(event, event.recurrence_id))
    made.add("summary", clean_line(event.title))
    for key, text in (("description", event.description), ("location", event.place)):
        if text:
            made.add(key, clean(text))
    if url := _url(event.url):
        made.add("url", url)
    cancelled = event.cancelled or method is SchedulingMethod.CANCEL
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if event.organizer:
        made.add("organizer", _address("dialogue", event.organizer), encode=False)
    for attendee in () if method is SchedulingMethod.PUBLISH else event.attendees:
        made.add("attendee", _attendee(attendee), encode=False)
    if event.alarm and not cancelled:
        made.add_component(_alarm(event.alarm, clean_line(event.title)))
    return made


def _is_local(event: CalendarEvent) -> bool:
    """Whether times are written in the event's zone: all others are written in UTC, which needs no rules."""
    return bool(event.zone and (event.rule or event.recurrence_id))


def _moment(event: CalendarEvent, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(event.zone) if _is_local(event) else UTC)


def _attendee(attendee: Attendee) -> vCalAddress:
    made = _address(attendee.key, attendee.name)
    made.params["ROLE"] = attendee.role.value
    made.params["PARTSTAT"] = attendee.status.value
    made.params["RSVP"] = "FALSE"  # people answer in their chat
    return made


def _address(key: str, name: str) -> vCalAddress:
    from icalendar import vCalAddress

    made = vCalAddress(ADDRESS.format(quote(key, safe="")))
    made.params["CN"] = clean_line(name).replace('"', "'")  # parameters know no quotation marks
    return made


def _alarm(before: timedelta, text: str) -> Alarm:
    from icalendar import Alarm

    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", text)
    made.add("trigger", -before)
    return made


def _url(url: str) -> str:
    """Return an address that is one, with all else percent-encoded; otherwise an empty string."""
    if not re.match(r"https?://[^\s/]", url) or re.search(r"\s", url) or not urlsplit(url).hostname:
        return ""
    return quote(url, safe=_URL)
