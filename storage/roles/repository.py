"""Appointments: the roles of people in dialogues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Role
from storage import tables as t
from storage.base import Repository
from storage.cities.records import City, Dialogue
from storage.codes.repository import links_of
from storage.jobs import Jobs
from storage.menus import MenuDigests
from storage.people.records import Person
from storage.roles.records import ROSTER, Appointment, RosterMember


class Roles(Repository):
    """Appointments: who has which role in which dialogue, on behalf of which city."""

    def __init__(self, connection: AsyncConnection, menus: MenuDigests, jobs: Jobs) -> None:
        """Work on an open transaction; the menus follow the appointments, and so does what `ROSTER` is for."""
        super().__init__(connection)
        self._menus = menus
        self._jobs = jobs

    async def of(self, dialogue_id: int, person_id: int) -> Appointment | None:
        """Return the appointment of a person in a dialogue."""
        row = await self._one(_ROLE_OF, dialogue_id=dialogue_id, person_id=person_id)
        return row and _appointment(row)

    async def in_dialogue(self, dialogue_id: int) -> list[Appointment]:
        """Return all appointments in a dialogue."""
        rows = await self._all(_APPOINTMENT.where(t.roles.c.dialogue_id == dialogue_id))
        return [_appointment(row) for row in rows]

    async def above_guests(self, dialogue_id: int) -> list[Appointment]:
        """Return the appointments of a dialogue's staff, mayors and coordinators."""
        return [_appointment(row) for row in await self._all(_ABOVE_GUESTS, dialogue_id=dialogue_id)]

    async def roster(self, dialogue_id: int) -> list[RosterMember]:
        """Return everybody who is appointed in a dialogue, apart from those who are muted."""
        rows = await self._all(_ROSTER, dialogue_id=dialogue_id)
        return [RosterMember(row.person_id, row.city_id, Role(row.role), row.zone) for row in rows]

    async def coordinators_of(self, city: City) -> list[Appointment]:
        """Return the appointed coordinators of a city, in all dialogues."""
        heads = (t.roles.c.city_id == city.id, t.roles.c.role == Role.COORDINATOR)
        return [_appointment(row) for row in await self._all(_APPOINTMENT.where(*heads))]

    async def of_person(self, person_id: int) -> list[Appointment]:
        """Return the appointments of a person in all dialogues."""
        rows = await self._all(_APPOINTMENT.where(t.roles.c.person_id == person_id).order_by(t.roles.c.dialogue_id))
        return [_appointment(row) for row in rows]

    async def set(self, dialogue: Dialogue, person: Person, city: City, role: Role, at: datetime) -> None:
        """Appoint a person, replacing an earlier appointment."""
        appointment = await self.of(dialogue.id, person.id)
        await self.remove(dialogue.id, person.id)  # also drops pending links
        await self._connection.execute(
            sa.insert(t.roles).values(
                dialogue_id=dialogue.id,
                person_id=person.id,
                city_id=city.id,
                role=role,
                appointed_at=at,
                muted_at=at if appointment and appointment.muted else None,
            )
        )
        await self._update(_SUPPOSED, person=person.id, usual_locale=city.locale, usual_zone=city.zone)

    async def get_or_create(self, dialogue_id: int, person_id: int, city: City) -> Appointment:
        """Return the role of someone who acts in a city's chat, making them a guest of that city until appointed."""
        known = await self.of(dialogue_id, person_id)
        if known and (known.appointed or known.city.id == city.id):
            return known
        guest = {"dialogue_id": dialogue_id, "person_id": person_id, "city_id": city.id, "role": Role.GUEST}
        if known is None and await self._insert_new(t.roles, **guest):
            return Appointment(dialogue_id, person_id, city, Role.GUEST, appointed=False)
        mine = (t.roles.c.dialogue_id == dialogue_id, t.roles.c.person_id == person_id)
        moved = sa.update(t.roles).where(*mine, t.roles.c.appointed_at.is_(None)).values(city_id=city.id)
        await self._connection.execute(moved)
        return Appointment(
            dialogue_id, person_id, city, Role.GUEST, appointed=False, muted=known is not None and known.muted
        )

    async def mute(self, appointment: Appointment, at: datetime | None) -> None:
        """Mute someone from a time on, so that nothing they write is relayed; None: unmute."""
        await self._connection.execute(_of(appointment).values(muted_at=at, told_at=None))

    async def mark_told(self, appointment: Appointment, now: datetime, before: datetime) -> bool:
        """Record that someone is notified of their mute; return False if they were notified since `before`."""
        due = sa.or_(t.roles.c.told_at.is_(None), t.roles.c.told_at < before)
        return (await self._connection.execute(_of(appointment).where(due).values(told_at=now))).rowcount > 0

    async def remove(self, dialogue_id: int, person_id: int) -> bool:
        """Revoke an appointment; return whether there was one.

        Pending links are dropped: the appointments shown for confirmation are outdated.
        """
        await self._connection.execute(links_of(person_id))
        where = (t.roles.c.dialogue_id == dialogue_id, t.roles.c.person_id == person_id)
        await self._menus.outdate()
        await self._jobs.schedule(ROSTER, str(dialogue_id))
        return (await self._connection.execute(sa.delete(t.roles).where(*where))).rowcount > 0


# Who is appointed before they have ever written is supposed to read and live as their city does.
_SUPPOSED = (
    sa.update(t.people)
    .where(t.people.c.id == sa.bindparam("person"))
    .values(
        guessed_locale=sa.func.coalesce(t.people.c.guessed_locale, sa.bindparam("usual_locale")),
        guessed_zone=sa.func.coalesce(t.people.c.guessed_zone, sa.bindparam("usual_zone")),
    )
)

_APPOINTMENT = sa.select(
    t.roles, t.cities.c.name.label("city_name"), t.cities.c.locale.label("locale"), t.cities.c.zone.label("zone")
).select_from(t.roles.join(t.cities, t.cities.c.id == t.roles.c.city_id))


_ROLE_OF = _APPOINTMENT.where(
    t.roles.c.dialogue_id == sa.bindparam("dialogue_id"), t.roles.c.person_id == sa.bindparam("person_id")
)

_ABOVE_GUESTS = _APPOINTMENT.where(
    t.roles.c.dialogue_id == sa.bindparam("dialogue_id"), t.roles.c.role != sa.literal_column(f"'{Role.GUEST}'")
)

_ROSTER = (
    sa.select(
        t.roles.c.person_id,
        t.roles.c.city_id,
        t.roles.c.role,
        sa.func.coalesce(t.people.c.zone, t.people.c.guessed_zone, t.cities.c.zone).label("zone"),
    )
    .join(t.people, t.people.c.id == t.roles.c.person_id)
    .join(t.cities, t.cities.c.id == t.roles.c.city_id)
    .where(
        t.roles.c.dialogue_id == sa.bindparam("dialogue_id"),
        t.roles.c.appointed_at.is_not(None),
        t.roles.c.muted_at.is_(None),
    )
    .order_by(t.roles.c.person_id)
)


def _of(appointment: Appointment) -> sa.Update:
    """Return an UPDATE of an appointment."""
    return sa.update(t.roles).where(
        t.roles.c.dialogue_id == appointment.dialogue_id, t.roles.c.person_id == appointment.person_id
    )


def _appointment(row: sa.Row[Any]) -> Appointment:
    city = City(row.city_id, row.city_name, row.locale, row.zone)
    return Appointment(
        row.dialogue_id,
        row.person_id,
        city,
        Role(row.role),
        appointed=row.appointed_at is not None,
        muted=row.muted_at is not None,
    )
