"""What follows up action points: the reminders of their owners, and the weekly digests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.actions.records import ActionPoint
from storage.base import Repository
from storage.followup.records import DueReminder, PlannedDueReminder
from storage.followup.tables import PENDING_REMINDER

_OF = (
    sa.select(t.due_reminders)
    .where(t.due_reminders.c.action_id == sa.bindparam("action"))
    .order_by(t.due_reminders.c.due_at, t.due_reminders.c.id)
)
_PENDING = _OF.where(PENDING_REMINDER)
_POSTED = sa.select(t.due_reminders).where(
    t.due_reminders.c.post_id == sa.bindparam("post"), t.due_reminders.c.person_id == sa.bindparam("person")
)
_SET = sa.update(t.due_reminders).where(t.due_reminders.c.id == sa.bindparam("row"))
_DELETE = sa.delete(t.due_reminders).where(t.due_reminders.c.id == sa.bindparam("row"))

_ZONE = sa.func.coalesce(t.people.c.zone, t.people.c.guessed_zone, t.cities.c.zone, "UTC")
_OWNED = t.action_owners.join(t.people, t.people.c.id == t.action_owners.c.person_id).outerjoin(
    t.cities, t.cities.c.id == t.action_owners.c.city_id
)
_ZONES = (
    sa.select(t.action_owners.c.person_id, _ZONE.label("zone"))
    .select_from(_OWNED)
    .where(t.action_owners.c.action_id == sa.bindparam("action"), t.action_owners.c.version == sa.bindparam("of"))
)
_MOVED = (
    sa.select(t.due_reminders.c.action_id)
    .select_from(
        _OWNED.join(
            t.due_reminders,
            sa.and_(
                t.due_reminders.c.action_id == t.action_owners.c.action_id,
                t.due_reminders.c.person_id == t.action_owners.c.person_id,
            ),
        )
        .join(t.action_points, t.action_points.c.id == t.due_reminders.c.action_id)
        .join(t.agreements, t.agreements.c.id == t.action_points.c.id)
    )
    .where(
        t.action_points.c.dialogue_id == sa.bindparam("dialogue"),
        t.action_owners.c.version == sa.func.coalesce(t.agreements.c.in_force, t.agreements.c.version),
        PENDING_REMINDER,
        t.due_reminders.c.zone != _ZONE,
    )
    .distinct()
    .limit(sa.bindparam("most"))
)
_SILENCED = sa.select(t.silenced_digests.c.city_id).where(t.silenced_digests.c.dialogue_id == sa.bindparam("dialogue"))
_RESUMED = sa.delete(t.silenced_digests).where(
    t.silenced_digests.c.dialogue_id == sa.bindparam("dialogue"),
    t.silenced_digests.c.city_id == sa.bindparam("city"),
)


class DueReminders(Repository):
    """The reminders of action points. Whoever plans or sends some holds the lock on the point (`Actions.get`)."""

    async def zones(self, point: ActionPoint) -> dict[int, str]:
        """Return the time zone of each owner, of the version that counts: their own, or that of their city."""
        rows = await self._all(_ZONES, action=point.id, of=point.agreement.effective_version)
        return {row.person_id: row.zone for row in rows}

    async def moved(self, dialogue_id: int, *, most: int) -> list[int]:
        """Return ids of a dialogue's action points with an owner who lives in another time zone than planned."""
        return [row.action_id for row in await self._all(_MOVED, dialogue=dialogue_id, most=most)]

    async def plan(self, action_id: int, wanted: Collection[PlannedDueReminder], now: datetime) -> None:
        """Bring the pending reminders into step with the `wanted` ones; those done already are not repeated.

        One whose moment has passed is not added: what made it necessary has just been announced.
        """
        known = {each.key: each for each in await self.of(action_id)}
        for each in wanted:
            before = known.pop(each.key, None)
            if before is None and each.due_at > now:
                await self._insert(t.due_reminders, action_id=action_id, **each._asdict())
            elif before and before.done_at is None and before.zone != each.zone:
                await self._update(_SET, row=before.id, zone=each.zone, due_at=max(each.due_at, now))
        for unwanted in known.values():
            if unwanted.done_at is None:
                await self._update(_DELETE, row=unwanted.id)

    async def of(self, action_id: int) -> list[DueReminder]:
        """Return all reminders of an action point, in the order in which they are due."""
        return [DueReminder(**row._asdict()) for row in await self._all(_OF, action=action_id)]

    async def pending(self, action_id: int) -> list[DueReminder]:
        """Return those that are still to come."""
        return [DueReminder(**row._asdict()) for row in await self._all(_PENDING, action=action_id)]

    async def posted(self, person_id: int, post_id: int) -> DueReminder | None:
        """Return the reminder to a person that a post of the bot is."""
        row: sa.Row[Any] | None = await self._one(_POSTED, person=person_id, post=post_id)
        return row and DueReminder(**row._asdict())

    async def close(
        self, reminder: DueReminder, now: datetime, *, told: str | None = None, post_id: int | None = None
    ) -> None:
        """Record what became of a reminder."""
        await self._update(_SET, row=reminder.id, done_at=now, told=told, post_id=post_id)


class WeeklyDigests(Repository):
    """Which cities do not want the weekly digest of a dialogue's action points."""

    async def silenced(self, dialogue_id: int) -> set[int]:
        """Return the ids of the cities that do not want it."""
        return {row.city_id for row in await self._all(_SILENCED, dialogue=dialogue_id)}

    async def silence(self, dialogue_id: int, city_id: int) -> bool:
        """Stop it for a city; return False if it was."""
        return await self._insert_new(t.silenced_digests, dialogue_id=dialogue_id, city_id=city_id)

    async def resume(self, dialogue_id: int, city_id: int) -> bool:
        """Take that back; return False if it was not stopped."""
        return await self._update(_RESUMED, dialogue=dialogue_id, city=city_id) > 0
