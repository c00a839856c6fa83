"""The reminders of roundtables: planned, sent once, and looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.roundtables.records import Reminder, ReminderState, Roundtable
from storage.roundtables.tables import WAITING

Key: TypeAlias = tuple[int | None, int | None, timedelta]
"""What tells the reminders of one plan apart: the person or the chat, and how long before the start."""


class PlannedReminder(NamedTuple):
    """A reminder to be planned, for one person or one chat."""

    person_id: int | None
    chat_id: int | None
    before: timedelta
    due_at: datetime

    @property
    def key(self) -> Key:
        """What tells it apart."""
        return self[:3]


class RemindedPerson(NamedTuple):
    """Somebody invited, as far as their reminders are concerned. `remind`: as in `Person`."""

    person_id: int
    zone: str
    remind: tuple[timedelta, ...] | None


_ALL = sa.select(t.reminders).order_by(t.reminders.c.due_at, t.reminders.c.id)
_OF = _ALL.where(t.reminders.c.roundtable_id == sa.bindparam("roundtable"))
_PLANNED = _OF.where(sa.or_(WAITING, t.reminders.c.sequence == sa.bindparam("present")))
_WAITING = _OF.where(WAITING)
_DUE = _WAITING.where(t.reminders.c.due_at <= sa.bindparam("now")).limit(sa.bindparam("most"))
_NEXT = _WAITING.with_only_columns(t.reminders.c.due_at).limit(1)
_POSTED = _ALL.where(t.reminders.c.person_id == sa.bindparam("person"), t.reminders.c.post_id == sa.bindparam("post"))
_SUPERSEDING = (
    _WAITING.with_only_columns(t.reminders.c.id)
    .where(
        t.reminders.c.due_at > sa.bindparam("after"),
        t.reminders.c.due_at <= sa.bindparam("now"),
        sa.or_(t.reminders.c.person_id == sa.bindparam("person"), t.reminders.c.chat_id == sa.bindparam("chat")),
    )
    .limit(1)
)
_DELAYED = _ALL.join(t.roundtables, t.roundtables.c.id == t.reminders.c.roundtable_id).where(
    t.roundtables.c.dialogue_id == sa.bindparam("dialogue"),
    sa.or_(t.reminders.c.state == ReminderState.LATE, t.reminders.c.state == ReminderState.EXPIRED),
    t.reminders.c.done_at >= sa.bindparam("since"),
)
_OVERDUE = (
    sa.select(t.reminders.c.id)
    .join(t.roundtables, t.roundtables.c.id == t.reminders.c.roundtable_id)
    .where(
        t.roundtables.c.dialogue_id == sa.bindparam("dialogue"), WAITING, t.reminders.c.due_at <= sa.bindparam("now")
    )
    .limit(1)
)
_TOLD = (
    sa.select(t.reminders.c.person_id)
    .where(t.reminders.c.roundtable_id == sa.bindparam("roundtable"), t.reminders.c.told == sa.bindparam("how"))
    .distinct()
)
_MENTIONED = (
    sa.select(t.reminders.c.id)
    .where(
        t.reminders.c.roundtable_id == sa.bindparam("roundtable"),
        t.reminders.c.chat_id == sa.bindparam("chat"),
        t.reminders.c.told == sa.bindparam("how"),
    )
    .limit(1)
)
_INVITED = (
    sa.select(
        t.invitations.c.person_id,
        sa.func.coalesce(t.people.c.zone, t.people.c.guessed_zone, t.cities.c.zone).label("zone"),
        t.people.c.remind,
    )
    .join(t.people, t.people.c.id == t.invitations.c.person_id)
    .join(t.cities, t.cities.c.id == t.invitations.c.city_id)
    .where(t.invitations.c.roundtable_id == sa.bindparam("roundtable"))
)
_SET = sa.update(t.reminders).where(t.reminders.c.id == sa.bindparam("row"))


class Reminders(Repository):
    """The reminders, each to one person or one chat."""

    async def of(self, roundtable_id: int) -> list[Reminder]:
        """Return all reminders of a roundtable, in the order in which they are due."""
        return [_reminder(row) for row in await self._all(_OF, roundtable=roundtable_id)]

    async def invited(self, roundtable_id: int) -> list[RemindedPerson]:
        """Return everybody invited to a roundtable, with their own time zone or that of their city."""
        rows = await self._all(_INVITED, roundtable=roundtable_id)
        return [RemindedPerson(row.person_id, row.zone, row.remind and _periods(row.remind)) for row in rows]

    async def plan(self, roundtable: Roundtable, wanted: Collection[PlannedReminder], now: datetime) -> None:
        """Bring the pending reminders into step with the `wanted` ones; those done already are not repeated.

        One whose moment has passed is not added: whatever made it necessary has just been announced.
        """
        known = await self._known(roundtable)
        present = {_key(each): each for each in known if each.sequence == roundtable.sequence}
        former = {(*_key(each), each.due_at) for each in known if each.sequence != roundtable.sequence}
        keys = {each.key for each in wanted}
        for reminder in known:
            kept = reminder.sequence == roundtable.sequence and _key(reminder) in keys
            if reminder.state is ReminderState.PENDING and not kept:
                await self.close(reminder, ReminderState.VOID, now)
        for each in wanted:
            if planned := present.get(each.key):
                await self._replan(planned, each, now)
        # What was due in this very moment when the roundtable changed is still to be sent.
        new = [each for each in wanted if each.key not in present and (each.due_at > now or each in former)]
        await self._add(roundtable, new)

    async def next_due(self, roundtable_id: int) -> datetime | None:
        """Return when the next pending reminder of a roundtable is due."""
        row = await self._one(_NEXT, roundtable=roundtable_id)
        return row and row.due_at

    async def due(self, roundtable_id: int, now: datetime, *, most: int) -> list[Reminder]:
        """Return at most so many reminders of a roundtable that are due, in their order."""
        return [_reminder(row) for row in await self._all(_DUE, roundtable=roundtable_id, now=now, most=most)]

    async def is_superseded(self, reminder: Reminder, now: datetime) -> bool:
        """Return whether a later reminder to the same person or chat is due as well."""
        about = {"roundtable": reminder.roundtable_id, "person": reminder.person_id, "chat": reminder.chat_id}
        return await self._one(_SUPERSEDING, after=reminder.due_at, now=now, **about) is not None

    async def close(
        self,
        reminder: Reminder,
        state: ReminderState,
        now: datetime,
        *,
        told: str | None = None,
        post_id: int | None = None,
    ) -> None:
        """Record what became of a reminder."""
        await self._update(_SET, row=reminder.id, state=state, told=told, post_id=post_id, done_at=now)

    async def postpone(self, reminder: Reminder, due: datetime) -> None:
        """Make a pending reminder due at another time."""
        await self._update(_SET, row=reminder.id, state=ReminderState.PENDING, due_at=due)

    # --- for people ---

    async def posted(self, person_id: int, post_id: int) -> Reminder | None:
        """Return the reminder to a person that a post of the bot is."""
        row = await self._one(_POSTED, person=person_id, post=post_id)
        return row and _reminder(row)

    async def people_told(self, roundtable_id: int, told: str) -> set[int]:
        """Return the ids of the people who were reminded in a certain way, whatever the roundtable's time was then."""
        rows = await self._all(_TOLD, roundtable=roundtable_id, how=told)
        return {row.person_id for row in rows if row.person_id}

    async def has_mentioned(self, roundtable_id: int, chat_id: int, told: str) -> bool:
        """Return whether an earlier reminder of a roundtable to a chat was `told` this way."""
        return await self._one(_MENTIONED, roundtable=roundtable_id, chat=chat_id, how=told) is not None

    async def delayed(self, dialogue_id: int, since: datetime) -> list[Reminder]:
        """Return the reminders of a dialogue that have come late, or expired, since a time."""
        rows = await self._all(_DELAYED, dialogue=dialogue_id, since=since)
        return [_reminder(row) for row in rows]

    async def are_overdue(self, dialogue_id: int, now: datetime) -> bool:
        """Return whether reminders of a dialogue are due that have not been sent yet."""
        return await self._one(_OVERDUE, dialogue=dialogue_id, now=now) is not None

    # --- internals ---

    async def _known(self, roundtable: Roundtable) -> list[Reminder]:
        """Return the reminders of the roundtable as it is now, and the pending ones of what it was."""
        rows = await self._all(_PLANNED, roundtable=roundtable.id, present=roundtable.sequence)
        return [_reminder(row) for row in rows]

    async def _replan(self, planned: Reminder, wanted: PlannedReminder, now: datetime) -> None:
        """Change the time of a reminder that is planned already, unless it is too late for that."""
        again = planned.state is ReminderState.VOID or planned.due_at != wanted.due_at
        if again and planned.state in {ReminderState.PENDING, ReminderState.VOID} and wanted.due_at > now:
            await self.postpone(planned, wanted.due_at)

    async def _add(self, roundtable: Roundtable, new: Iterable[PlannedReminder]) -> None:
        about = {"roundtable_id": roundtable.id, "sequence": roundtable.sequence, "state": ReminderState.PENDING}
        rows = [{**about, **each._asdict(), "before": int(each.before.total_seconds())} for each in new]
        if rows:
            await self._connection.execute(sa.insert(t.reminders), rows)


def _key(reminder: Reminder) -> Key:
    return reminder.person_id, reminder.chat_id, reminder.before


def _periods(seconds: Iterable[int]) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


def _reminder(row: sa.Row[Any]) -> Reminder:
    typed = {"before": timedelta(seconds=row.before), "state": ReminderState(row.state)}
    return Reminder(**row._asdict() | typed)
