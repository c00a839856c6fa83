"""Calendar files, read by the strict parser `ical` and by dateutil, neither of which has written them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from unicodedata import category
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from bot.calendars import Attendee, AttendeeRole, AttendeeStatus, CalendarEvent, SchedulingMethod, write_calendar

START = datetime(2026, 3, 10, 10, tzinfo=UTC)
WIEBKE = Attendee("w1", "Wiebke “OB” Şahin; Köln", AttendeeRole.SPEAKER, AttendeeStatus.YES)
TOM = Attendee("t2", "Tom", AttendeeRole.LISTENER)


def event(
    title: str = "Städte vereint",
    *,
    start: datetime = START,
    zone: str = "",
    rule: str = "",
    recurrence_id: datetime | None = None,
    place: str = "",
    description: str = "",
    url: str = "",
    attendees: tuple[Attendee, ...] = (),
    alarm: timedelta | None = None,
) -> CalendarEvent:
    return CalendarEvent(
        uid="stable@intercity",
        sequence=3,
        start=start,
        end=start + timedelta(hours=2),
        title=title,
        stamp=START,
        zone=zone,
        rule=rule,
        recurrence_id=recurrence_id,
        place=place,
        description=description,
        url=url,
        organizer="Köln – Indianapolis",
        attendees=attendees,
        alarm=alarm,
    )


def strictly(data: bytes) -> Calendar:
    """Read a file with the strict parser, after a look at its form (RFC 5545, section 3.1)."""
    assert data.endswith(b"\r\n")
    lines = data[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not [line for line in lines if any(byte < 32 and byte != 9 for byte in line) or b"\x7f" in line]
    return IcsCalendarStream.calendar_from_ics(data.decode())


def test_an_invitation_names_parts_and_answers() -> None:
    data = write_calendar([event(attendees=(WIEBKE, TOM), alarm=timedelta(hours=1))], SchedulingMethod.REQUEST)
    calendar = strictly(data)
    (read,) = calendar.events
    assert b"METHOD:REQUEST" in data
    assert (read.uid, read.sequence, read.summary) == ("stable@intercity", 3, "Städte vereint")
    assert (read.start, read.end) == (START, START + timedelta(hours=2))
    assert b"DTSTART:20260310T100000Z" in data
    assert [(each.role, each.status, each.common_name) for each in read.attendees] == [
        ("REQ-PARTICIPANT", "ACCEPTED", "Wiebke “OB” Şahin; Köln"),
        ("NON-PARTICIPANT", "NEEDS-ACTION", "Tom"),
    ]
    assert read.organizer
    assert read.alarm[0].trigger == timedelta(hours=-1)


def test_a_cancellation_has_no_alarm_and_an_invitation_of_nobody_is_published() -> None:
    cancelled = write_calendar([event(attendees=(TOM,), alarm=timedelta(hours=1))], SchedulingMethod.CANCEL)
    (read,) = strictly(cancelled).events
    assert b"METHOD:CANCEL" in cancelled
    assert read.status == "CANCELLED"
    assert not read.alarm
    assert b"METHOD:PUBLISH" in write_calendar([event()], SchedulingMethod.REQUEST)


def test_a_feed_has_a_name_and_says_when_to_ask_again_and_no_attendees() -> None:
    data = write_calendar([event(attendees=(WIEBKE,))], name="Köln", uid="feed-1", refresh=timedelta(hours=6))
    strictly(data)
    for line in (b"UID:feed-1", b"REFRESH-INTERVAL;VALUE=DURATION:PT6H", b"X-PUBLISHED-TTL:PT6H", b"METHOD:PUBLISH"):
        assert line in data.split(b"\r\n")
    assert b"ATTENDEE" not in data


ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Indiana/Indianapolis",
    "America/St_Johns",
    "America/Nuuk",
    "America/Phoenix",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Chatham",
)


@pytest.mark.parametrize("zone", ZONES)
def test_the_meetings_of_a_series_keep_their_local_time_over_both_changes_of_the_clocks(zone: str) -> None:
    local = datetime(2026, 1, 5, 11, tzinfo=ZoneInfo(zone))
    data = write_calendar([event(start=local.astimezone(UTC), zone=zone, rule="FREQ=WEEKLY;COUNT=104")])
    (master, *_rest) = strictly(data).events
    assert str(master.rrule and master.rrule.as_rrule_str()) == "FREQ=WEEKLY;COUNT=104"
    rules = tzical(StringIO(data.decode())).get(zone)
    assert rules
    naive = local.replace(tzinfo=None)
    for at in rrulestr("FREQ=WEEKLY;COUNT=104", dtstart=naive):
        assert at.replace(tzinfo=rules).utcoffset() == at.replace(tzinfo=ZoneInfo(zone)).utcoffset(), at
    assert [each.start_datetime.astimezone(UTC) for each in strictly(data).timeline] == [
        at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for at in rrulestr("FREQ=WEEKLY;COUNT=104", dtstart=naive)
    ]


def test_the_clocks_of_berlin_change_by_a_rule_at_the_right_hour() -> None:
    data = write_calendar([event(zone="Europe/Berlin", rule="FREQ=MONTHLY")]).decode()
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in data
    assert "BEGIN:STANDARD\r\nDTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in data


def test_one_moved_meeting_of_a_series_refers_to_its_first_start() -> None:
    moved = event(zone="Europe/Berlin", recurrence_id=START, start=START + timedelta(days=1))
    data = write_calendar([event(zone="Europe/Berlin", rule="FREQ=WEEKLY;COUNT=2"), moved])
    assert b"RECURRENCE-ID;TZID=Europe/Berlin:20260310T110000" in data
    assert [each.start.day for each in strictly(data).timeline] == [11, 17]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://meet.example/ä?a=1&b=2", b"URL:https://meet.example/%C3%A4?a=1&b=2"),
        ("https://a.example/\r\nATTENDEE:mailto:x", b""),
        ("javascript:alert(1)", b""),
        ("https://", b""),
    ],
)
def test_only_an_address_is_an_address(url: str, shown: bytes) -> None:
    data = write_calendar([event(url=url)])
    strictly(data)
    assert (shown in data) if shown else (b"URL:" not in data)


AWKWARD = st.text(
    st.one_of(st.sampled_from("\r\n;,\\:\"^'\t\0\x1b\x85\u2028😀🇩🇪ä"), st.characters(exclude_categories=["Cs"]))
)


@given(title=AWKWARD, place=AWKWARD, name=AWKWARD, repeat=st.sampled_from([1, 1, 400]))
@settings(deadline=None, max_examples=80)
def test_whatever_people_write_stays_where_it_belongs(title: str, place: str, name: str, repeat: int) -> None:
    written = [each[:3] * repeat if repeat > 1 else each for each in (title, place, name)]
    made = event(
        written[0],
        place=written[1],
        description=written[1],
        attendees=(Attendee("a", written[2], AttendeeRole.SPEAKER),),
    )
    (read,) = strictly(write_calendar([made], SchedulingMethod.REQUEST)).events
    assert read.uid == "stable@intercity"
    assert len(read.attendees) == 1
    assert (read.description or "") == (read.location or "")
    assert visible(read.summary or "") == visible(written[0])
    assert visible(read.location or "") == visible(written[1])


def visible(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and category(char) not in {"Cc", "Cf", "Zl", "Zp"})
