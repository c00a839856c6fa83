"""Tasks in calendar files, read by the strict parser `ical`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ical.todo import Todo

from bot.calendars import Attendee, AttendeeRole, CalendarTask, SchedulingMethod, TaskStatus, write_calendar
from tests.calendars.test_calendars import AWKWARD, START, WIEBKE, strictly, visible

DUE = date(2026, 12, 15)


def task(
    title: str = "Bäume pflanzen; am Bahnhof",
    *,
    due: date | None = DUE,
    status: TaskStatus = TaskStatus.BEGUN,
    completed: datetime | None = None,
    description: str = "",
    categories: tuple[str, ...] = (),
    attendees: tuple[Attendee, ...] = (WIEBKE,),
) -> CalendarTask:
    return CalendarTask(
        uid="action-1@intercity",
        sequence=4,
        title=title,
        stamp=START,
        due=due,
        status=status,
        completed=completed,
        description=description,
        categories=categories,
        organizer="Köln – Indianapolis",
        attendees=attendees,
        alarm=timedelta(hours=16),
    )


def percent(todo: Todo) -> str | None:
    return next((each.value for each in todo.extras if each.name == "percent-complete"), None)


def test_a_task_is_a_to_do_and_an_event_on_its_due_day() -> None:
    calendar = strictly(write_calendar([task(categories=("SDG 11", "SDG 13"))], None))
    ((todo,), (event,)) = calendar.todos, calendar.events
    assert (todo.uid, todo.sequence, todo.summary) == ("action-1@intercity", 4, "Bäume pflanzen; am Bahnhof")
    assert (todo.dtstamp, todo.due) == (START, DUE)
    assert (todo.status, percent(todo), todo.categories) == ("IN-PROCESS", "0", ["SDG 11", "SDG 13"])
    assert [each.common_name for each in todo.attendees] == [WIEBKE.name]
    assert [each.trigger for each in todo.alarms] == [timedelta(hours=-16)]
    assert (event.uid, event.start, event.end) == ("due-action-1@intercity", DUE, DUE + timedelta(days=1))
    assert (event.transparency, event.status, event.attendees) == ("TRANSPARENT", "CONFIRMED", [])


def test_what_is_done_or_cancelled_has_no_alarm() -> None:
    done = task(status=TaskStatus.DONE, completed=START)
    ((todo,), (event,)) = (each := strictly(write_calendar([done], None))).todos, each.events
    assert (todo.status, percent(todo), todo.completed, todo.alarms) == ("COMPLETED", "100", START, [])
    assert event.status == "CONFIRMED"
    ((todo,), (event,)) = (
        (each := strictly(write_calendar([task(status=TaskStatus.CANCELLED)], None))).todos,
        each.events,
    )
    assert (todo.status, percent(todo), todo.alarms, event.status) == ("CANCELLED", None, [], "CANCELLED")


def test_a_task_without_a_date_is_no_event() -> None:
    calendar = strictly(write_calendar([task(due=None)], None))
    assert [(each.due, each.alarms) for each in calendar.todos] == [(None, [])]
    assert calendar.events == []


def test_only_a_copy_of_what_there_is_names_people() -> None:
    assert b"METHOD" not in write_calendar([task()], None)
    published = write_calendar([task()], SchedulingMethod.PUBLISH)
    assert b"METHOD:PUBLISH" in published
    assert b"ATTENDEE" not in published
    assert b"ORGANIZER" not in published


@given(title=AWKWARD, description=AWKWARD, category=AWKWARD, name=AWKWARD, repeat=st.sampled_from([1, 1, 400]))
@settings(deadline=None, max_examples=60)
def test_whatever_people_write_stays_where_it_belongs(
    title: str, description: str, category: str, name: str, repeat: int
) -> None:
    assume(not category.startswith(","))  # the reader takes an escaped comma at the beginning for a separator
    made = task(
        title[:3] * repeat if repeat > 1 else title,
        description=description[:3] * repeat if repeat > 1 else description,
        categories=(category,),
        attendees=(Attendee("a", name, AttendeeRole.SPEAKER), Attendee("b", name[:3] * repeat, AttendeeRole.SPEAKER)),
    )
    calendar = strictly(write_calendar([made], None))
    ((todo,), (event,)) = calendar.todos, calendar.events
    assert visible(todo.summary or "") == visible(made.title) == visible(event.summary or "")
    assert visible(todo.description or "") == visible(made.description) == visible(event.description or "")
    assert [visible(each) for each in todo.categories] == [visible(category)]
    assert [visible(each.common_name or "") for each in todo.attendees] == [
        visible(each.name) for each in made.attendees
    ]
    assert todo.due == DUE
