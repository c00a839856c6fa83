"""People, their accounts, and what they are in a dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.model import Account, MessengerName, Role
from storage import tables as t
from storage.base import Repository
from storage.records import Appointment, City, Dialogue, Person


class People(Repository):
    """People. Rights bind to accounts' ids, never to names."""

    async def see(self, account: Account, name: str, username: str, at: datetime) -> Person:
        """Give the person behind an account, made at first sight. `name` is taken over when it changed."""
        rows = await self._behind(account)
        if not rows:
            id = await self._insert(t.people, name=name, seen_at=at)
            new = await self._insert_new(
                t.accounts,
                messenger=account.messenger,
                native_id=account.id,
                person_id=id,
                name=name,
                username=username,
            )
            if not new:  # somebody else's transaction was faster
                await self._connection.execute(sa.delete(t.people).where(t.people.c.id == id))
                return await self.see(account, name, username, at)
            return Person(id, name, None, None, (account,))
        known = _person(rows)
        mine = next(row for row in rows if (row.messenger, row.native_id) == (account.messenger, account.id))
        if (mine.account_name, mine.username) != (name, username):
            await self._rename(account, known.id, name, username)
            return replace(known, name=name)
        return known

    async def get(self, id: int) -> Person:
        """Give the person with this id."""
        return _person(await self._all(_PERSON.where(t.people.c.id == id)))

    async def by_account(self, account: Account) -> Person | None:
        """Give the person behind an account, if it was ever seen."""
        rows = await self._behind(account)
        return _person(rows) if rows else None

    async def _behind(self, account: Account) -> list[sa.Row[Any]]:
        return await self._all(_BEHIND, messenger=account.messenger, native_id=account.id)

    async def set(self, person: Person, *, locale: str | None = None, zone: str | None = None) -> None:
        """Set a person's language or zone."""
        values = {key: value for key, value in (("locale", locale), ("zone", zone)) if value}
        await self._connection.execute(sa.update(t.people).where(t.people.c.id == person.id).values(values))

    async def _rename(self, account: Account, person_id: int, name: str, username: str) -> None:
        await self._connection.execute(sa.update(t.accounts).where(*_is(account)).values(name=name, username=username))
        await self._connection.execute(sa.update(t.people).where(t.people.c.id == person_id).values(name=name))


class Roles(Repository):
    """Who is what, in which dialogue, on behalf of which city."""

    async def of(self, dialogue_id: int, person_id: int) -> Appointment | None:
        """Give the role of a person in a dialogue."""
        row = await self._one(_ROLE_OF, dialogue_id=dialogue_id, person_id=person_id)
        return row and _appointment(row)

    async def in_dialogue(self, dialogue_id: int) -> list[Appointment]:
        """Give all roles of a dialogue."""
        rows = await self._all(_APPOINTMENT.where(t.roles.c.dialogue_id == dialogue_id))
        return [_appointment(row) for row in rows]

    async def of_person(self, person_id: int) -> list[Appointment]:
        """Give the roles of a person, in all dialogues."""
        rows = await self._all(_APPOINTMENT.where(t.roles.c.person_id == person_id).order_by(t.roles.c.dialogue_id))
        return [_appointment(row) for row in rows]

    async def set(self, dialogue: Dialogue, person: Person, city: City, role: Role) -> None:
        """Give a person a role, in place of an earlier one."""
        await self.remove(dialogue.id, person.id)
        await self._connection.execute(
            sa.insert(t.roles).values(dialogue_id=dialogue.id, person_id=person.id, city_id=city.id, role=role)
        )

    async def remove(self, dialogue_id: int, person_id: int) -> bool:
        """Take a role away; say whether there was one."""
        where = (t.roles.c.dialogue_id == dialogue_id, t.roles.c.person_id == person_id)
        return (await self._connection.execute(sa.delete(t.roles).where(*where))).rowcount > 0


_APPOINTMENT = sa.select(
    t.roles, t.cities.c.name.label("city_name"), t.cities.c.locale.label("locale"), t.cities.c.zone.label("zone")
).select_from(t.roles.join(t.cities, t.cities.c.id == t.roles.c.city_id))

_ROLE_OF = _APPOINTMENT.where(
    t.roles.c.dialogue_id == sa.bindparam("dialogue_id"), t.roles.c.person_id == sa.bindparam("person_id")
)


def _appointment(row: sa.Row[Any]) -> Appointment:
    city = City(row.city_id, row.city_name, row.locale, row.zone)
    return Appointment(row.dialogue_id, row.person_id, city, Role(row.role))


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
"""A row for each account."""
_ASKED = sa.select(t.accounts.c.person_id).where(
    t.accounts.c.messenger == sa.bindparam("messenger"), t.accounts.c.native_id == sa.bindparam("native_id")
)
_BEHIND = _PERSON.where(t.people.c.id == _ASKED.scalar_subquery())


def _person(rows: Sequence[sa.Row[Any]]) -> Person:
    row = rows[0]
    accounts = tuple(Account(MessengerName(each.messenger), each.native_id) for each in rows)
    return Person(row.id, row.name, row.locale, row.zone, accounts)


def _is(account: Account) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.accounts.c.messenger == account.messenger, t.accounts.c.native_id == account.id)
