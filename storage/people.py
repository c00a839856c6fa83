"""People, their accounts, and their roles in dialogues."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Account, MessengerName, Role
from storage import tables as t
from storage.base import Repository
from storage.codes import links_of
from storage.records import Appointment, City, Dialogue, Person, Profile

SEEN = timedelta(days=1)
"""Resolution of `seen_at`: not every message is worth a write."""


class People(Repository):
    """People. Rights are bound to account ids, never to names."""

    async def get_or_create(self, account: Account, name: str, username: str, at: datetime) -> Person:
        """Return the person behind an account, created at first contact; `name` and `username` are updated."""
        rows = await self._behind(account)
        if not rows:
            id = await self._insert(t.people, name=name, seen_at=at)
            await self._free(account, username)
            new = await self._insert_new(
                t.accounts,
                messenger=account.messenger,
                native_id=account.id,
                person_id=id,
                name=name,
                username=username,
            )
            if not new:  # a concurrent transaction was faster
                await self._connection.execute(sa.delete(t.people).where(t.people.c.id == id))
                return await self.get_or_create(account, name, username, at)
            return Person(id, name, None, None, (account,))
        known = _person(rows)
        mine = next(row for row in rows if (row.messenger, row.native_id) == (account.messenger, account.id))
        if mine.seen_at < at - SEEN:
            await self._connection.execute(sa.update(t.people).where(t.people.c.id == known.id).values(seen_at=at))
        if (mine.account_name, mine.username) != (name, username):
            await self._rename(account, known.id, name, username)
            return replace(known, name=name)
        return known

    async def get(self, id: int) -> Person:
        """Return the person with this id."""
        return _person(await self._all(_PERSON.where(t.people.c.id == id)))

    async def by_account(self, account: Account) -> Person | None:
        """Return the person behind an account, if it is known."""
        rows = await self._behind(account)
        return _person(rows) if rows else None

    async def named(self, username: str) -> Person | None:
        """Return the person who has a username now, even if they have not written in any chat yet."""
        same = sa.func.lower(t.accounts.c.username) == username.lower()
        row = await self._one(sa.select(t.accounts.c.person_id).where(same).limit(1)) if username else None
        return await self.get(row.person_id) if row else None

    async def _behind(self, account: Account) -> list[sa.Row[Any]]:
        return await self._all(_BEHIND, messenger=account.messenger, native_id=account.id)

    async def set(self, person: Person, *, locale: str | None = None, zone: str | None = None) -> None:
        """Set the language or zone that a person has chosen."""
        await self._change(person, locale=locale, zone=zone)

    async def guess(self, person: Person, *, locale: str | None = None, zone: str | None = None) -> None:
        """Store the presumed language or zone of a person."""
        await self._change(person, guessed_locale=locale, guessed_zone=zone)

    async def choose(self, person: Person, dialogue: Dialogue) -> None:
        """Store the dialogue to which the person's private commands refer."""
        await self._change(person, dialogue_id=dialogue.id)

    async def profiles(self, dialogue_id: int) -> list[Profile]:
        """Return the accounts of everyone who has written, or has a role, in a dialogue."""
        return [_profile(row) for row in await self._all(_PROFILES, dialogue_id=dialogue_id)]

    async def officials(self, dialogue_id: int, besides: Collection[Account] = ()) -> list[Profile]:
        """Return the accounts of a dialogue's mayors and coordinators, and those in `besides`."""
        rows = await self._all(_OFFICIALS, dialogue_id=dialogue_id)
        rows += await self._all(_ACCOUNTS.where(sa.or_(*map(_both, besides)))) if besides else []
        return [_profile(row) for row in rows]

    async def of_person(self, person_id: int) -> list[Profile]:
        """Return the accounts of a person."""
        return [_profile(row) for row in await self._all(_ACCOUNTS.where(t.accounts.c.person_id == person_id))]

    async def _change(self, person: Person, **values: str | int | None) -> None:
        given = {key: value for key, value in values.items() if value}
        if given:
            await self._connection.execute(sa.update(t.people).where(t.people.c.id == person.id).values(given))

    async def _free(self, account: Account, username: str) -> None:
        """Take a username from its previous owner: names change hands and carry no rights (trust: case 2)."""
        if username:
            here = t.accounts.c.messenger == account.messenger
            same = sa.func.lower(t.accounts.c.username) == username.lower()
            await self._connection.execute(sa.update(t.accounts).where(here, same).values(username=""))

    async def _rename(self, account: Account, person_id: int, name: str, username: str) -> None:
        await self._free(account, username)
        await self._connection.execute(sa.update(t.accounts).where(*_is(account)).values(name=name, username=username))
        await self._connection.execute(sa.update(t.people).where(t.people.c.id == person_id).values(name=name))


class Roles(Repository):
    """Grants: who has which role in which dialogue, on behalf of which city."""

    def __init__(self, connection: AsyncConnection, changed: set[str]) -> None:
        """Work on an open transaction; changes of grants are announced in `changed`."""
        super().__init__(connection)
        self._changed = changed

    async def of(self, dialogue_id: int, person_id: int) -> Appointment | None:
        """Return the grant of a person in a dialogue."""
        row = await self._one(_ROLE_OF, dialogue_id=dialogue_id, person_id=person_id)
        return row and _appointment(row)

    async def in_dialogue(self, dialogue_id: int) -> list[Appointment]:
        """Return all grants in a dialogue."""
        rows = await self._all(_APPOINTMENT.where(t.roles.c.dialogue_id == dialogue_id))
        return [_appointment(row) for row in rows]

    async def coordinators_of(self, city: City) -> list[Appointment]:
        """Return the appointed coordinators of a city, in all dialogues."""
        heads = (t.roles.c.city_id == city.id, t.roles.c.role == Role.COORDINATOR)
        return [_appointment(row) for row in await self._all(_APPOINTMENT.where(*heads))]

    async def of_person(self, person_id: int) -> list[Appointment]:
        """Return the grants of a person in all dialogues."""
        rows = await self._all(_APPOINTMENT.where(t.roles.c.person_id == person_id).order_by(t.roles.c.dialogue_id))
        return [_appointment(row) for row in rows]

    async def set(self, dialogue: Dialogue, person: Person, city: City, role: Role, at: datetime) -> None:
        """Appoint a person, replacing an earlier grant."""
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
        self._changed.add("people")

    async def meet(self, dialogue_id: int, person_id: int, city: City) -> Appointment:
        """Return the grant of someone who writes in a city's chat: a guest of that city until appointed."""
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

    async def tell_muted(self, appointment: Appointment, now: datetime, before: datetime) -> bool:
        """Record that someone is notified of their mute; return False if they were notified since `before`."""
        due = sa.or_(t.roles.c.told_at.is_(None), t.roles.c.told_at < before)
        return (await self._connection.execute(_of(appointment).where(due).values(told_at=now))).rowcount > 0

    async def remove(self, dialogue_id: int, person_id: int) -> bool:
        """Revoke a grant; return whether there was one.

        Pending links are dropped: the grants shown for confirmation are outdated.
        """
        await self._connection.execute(links_of(person_id))
        where = (t.roles.c.dialogue_id == dialogue_id, t.roles.c.person_id == person_id)
        self._changed.add("people")
        return (await self._connection.execute(sa.delete(t.roles).where(*where))).rowcount > 0


_APPOINTMENT = sa.select(
    t.roles, t.cities.c.name.label("city_name"), t.cities.c.locale.label("locale"), t.cities.c.zone.label("zone")
).select_from(t.roles.join(t.cities, t.cities.c.id == t.roles.c.city_id))

_ROLE_OF = _APPOINTMENT.where(
    t.roles.c.dialogue_id == sa.bindparam("dialogue_id"), t.roles.c.person_id == sa.bindparam("person_id")
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


_PERSON = (
    sa.select(
        t.people,
        t.accounts.c.messenger,
        t.accounts.c.native_id,
        t.accounts.c.username,
        t.accounts.c.name.label("account_name"),
    )
    .select_from(t.people.join(t.accounts, t.accounts.c.person_id == t.people.c.id))
    .order_by(t.accounts.c.id)
)
"""One row per account."""
_ASKED = sa.select(t.accounts.c.person_id).where(
    t.accounts.c.messenger == sa.bindparam("messenger"), t.accounts.c.native_id == sa.bindparam("native_id")
)
_BEHIND = _PERSON.where(t.people.c.id == _ASKED.scalar_subquery())


def _person(rows: Sequence[sa.Row[Any]]) -> Person:
    row = rows[0]
    accounts = tuple(Account(MessengerName(each.messenger), each.native_id) for each in rows)
    return Person(
        row.id, row.name, row.locale, row.zone, accounts, row.guessed_locale, row.guessed_zone, row.dialogue_id
    )


_ACCOUNTS = sa.select(t.accounts).order_by(t.accounts.c.id)
_PROFILES = _ACCOUNTS.join(t.roles, t.roles.c.person_id == t.accounts.c.person_id).where(
    t.roles.c.dialogue_id == sa.bindparam("dialogue_id")
)
_OFFICIALS = _PROFILES.where(t.roles.c.role.in_([role for role in Role if role.is_official]))


def _profile(row: sa.Row[Any]) -> Profile:
    return Profile(row.person_id, Account(MessengerName(row.messenger), row.native_id), row.name, row.username)


def _both(account: Account) -> sa.ColumnElement[bool]:
    return sa.and_(*_is(account))


def _is(account: Account) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.accounts.c.messenger == account.messenger, t.accounts.c.native_id == account.id)
