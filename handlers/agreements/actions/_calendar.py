"""Action points as calendars show them: tasks, and their due dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.agreement import AgreementState
from bot.calendars import Attendee, AttendeeRole, CalendarTask, TaskStatus
from bot.commands.context import Context
from bot.text.catalogue import LocaleContext, _
from bot.voice import words
from handlers.agreements.actions import _terms
from storage import ActionPoint, Dialogue, Person, RecordedAction

MOST = 300
"""How many action points are in a calendar that people subscribe to."""
OVERDUE = timedelta(days=60)
"""How long overdue ones stay in it."""
_ALARM = timedelta(hours=16)  # at 8 o'clock on the day before, as owners are reminded in their chats
_VALUE = "\ue000"
"""In the place of what differs."""
_STATUSES = {
    AgreementState.PROPOSED: TaskStatus.OPEN,
    AgreementState.OBJECTED: TaskStatus.OPEN,
    AgreementState.AGREED: TaskStatus.BEGUN,
    AgreementState.DONE: TaskStatus.DONE,
    AgreementState.WITHDRAWN: TaskStatus.CANCELLED,
    AgreementState.SUPERSEDED: TaskStatus.CANCELLED,
}


async def subscribed(
    ctx: Context, dialogue: Dialogue, person: Person | None, reads: LocaleContext
) -> Sequence[CalendarTask]:
    """Return the open action points of a dialogue, or those that a person owns, by due date; nobody is named."""
    since, person_id = (ctx.now - OVERDUE).date(), person.id if person else None
    due = await ctx.store.action_records.due(dialogue.id, since, person_id, MOST)
    writer = TaskWriter(dialogue, reads)
    return [writer.task(await _terms.effective(ctx, point), origin) for point, origin in due]


class TaskWriter:
    """Writes the action points of a dialogue as tasks for a reader. Its words are rendered once for all of them."""

    def __init__(self, dialogue: Dialogue, reads: LocaleContext) -> None:
        self._dialogue = dialogue
        self._of = words(_("Action point {number} of {dialogue}", number=_VALUE, dialogue=dialogue.name), reads)
        self._proposed = words(_("Not agreed by all cities yet"), reads)
        self._due = words(_("Due: {text}", text=_VALUE), reads)
        self._check = words(_("Check number: {number}", number=_VALUE), reads)

    def recorded(self, record: RecordedAction) -> CalendarTask:
        """Return the task for a file, with the owners."""
        people = tuple(
            Attendee(each.pseudonym, f"{each.name} ({each.city})" if each.city else each.name, AttendeeRole.SPEAKER)
            for each in record.owners
        )
        return self.task(record.effective, record.origin, people)

    def task(self, point: ActionPoint, origin: str, people: tuple[Attendee, ...] = ()) -> CalendarTask:
        """Return a task; `origin` is the digest of its first entry."""
        done = point.state is AgreementState.DONE
        return CalendarTask(
            uid=f"action-{origin[:32]}@intercity",
            sequence=point.agreement.entries - 1,
            title=point.text,
            stamp=point.agreement.changed_at,
            due=point.due_on,
            day_title=self._due.replace(_VALUE, point.text),
            status=_status(point),
            completed=point.agreement.closed_at if done else None,
            description=self._description(point),
            categories=tuple(f"SDG {number}" for number in point.sdgs),
            organizer=self._dialogue.name,
            attendees=people,
            alarm=_ALARM,
        )

    def _description(self, point: ActionPoint) -> str:
        rows = [self._of.replace(_VALUE, str(point.number))]
        rows += [self._proposed] if _status(point) is TaskStatus.OPEN else []
        rows += [point.text, point.translation] if point.translation else []
        rows.append(self._check.replace(_VALUE, point.agreement.check_number))
        return "\n".join(rows)


def _status(point: ActionPoint) -> TaskStatus:
    """Return the status of a task; one that was agreed is begun, also while a change is proposed."""
    status = _STATUSES[point.state]
    return TaskStatus.BEGUN if status is TaskStatus.OPEN and point.agreement.in_force is not None else status
