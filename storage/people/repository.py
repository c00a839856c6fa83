"""People and their accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Account, MessengerName, Role
from storage import tables as t
from storage.base import Repository
from storage.cities.records import Dialogue
from storage.deliveries.records import State
from storage.jobs import Jobs
from storage.menus import MenuDigests
from storage.people.records import Person, Profile
from storage.personal import OnForget, of, references
from storage.reactions.records import REACTIONS
from storage.roles.records import ROSTER

SEEN = timedelta(days=1)
"""Resolution of `seen_at`: not every message is worth a write."""


class People(Repository):
    """People. Rights are bound to account ids, never to names."""

    def __init__(self, connection: AsyncConnection, menus: MenuDigests, jobs: Jobs) -> None:
        """Work on an open transaction; the menus follow who takes part, and so does what `ROSTER` is for."""
        super().__init__(connection)
        self._menus = menus
        self._jobs = jobs

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

    async def remind(self, person: Person, before: Collection[timedelta] | None) -> None:
        """Set how long before a roundtable a person wants to be reminded; see `Person.remind`."""
        seconds = None if before is None else [int(each.total_seconds()) for each in before]
        mine = sa.update(t.people).where(t.people.c.id == person.id)
        await self._connection.execute(mine.values(remind=seconds))
        await self._outdate(person)

    async def presume(self, person: Person, *, locale: str | None = None, zone: str | None = None) -> None:
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

    async def export(self, person: Person) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return what is stored about a person: by table, the columns that the schema declares as theirs to see."""
        found: dict[str, Sequence[Mapping[str, Any]]] = {}
        for table, columns in groupby(references(), lambda each: each[0].table):
            about = [(of(column, person), declared.export) for column, declared in columns if declared.export]
            if about:
                shown = [table.c[name] for name in dict.fromkeys(chain(*(names for _, names in about)))]
                rows = sa.select(*shown).where(sa.or_(*(mine for mine, _ in about)))
                found[table.name] = [dict(row) for row in (await self._connection.execute(rows)).mappings()]
        return found

    async def forget(self, person: Person) -> bool:
        """Delete what is stored about a person, except what the schema declares as kept (see `storage.personal`).

        Return False, with nothing done, while something is being sent to them, the result of which has to be stored.
        """
        if await self._is_sent_to(person):
            return False
        await self._outdate(person)
        reacted = sa.select(t.relayed_reactions.c.message_id).where(t.relayed_reactions.c.person_id == person.id)
        for row in await self._all(reacted.distinct()):
            await self._jobs.schedule(REACTIONS, str(row.message_id))
        unsettled = sa.delete(t.ballots).where(t.ballots.c.person_id == person.id, t.ballots.c.closed_at.is_(None))
        await self._connection.execute(unsettled)
        for column, declared in references():
            if declared.on_forget is OnForget.CLEAR:
                nobody = {column.name: None if column.nullable else 0}
                await self._connection.execute(sa.update(column.table).where(of(column, person)).values(nobody))
        for column, declared in reversed(references()):
            if declared.on_forget is OnForget.DELETE:
                await self._delete(column.table, of(column, person))
        await self._menus.outdate()
        return True

    async def _is_sent_to(self, person: Person) -> bool:
        """Return whether a delivery to the person is with a messenger; those that are not are locked."""
        private = sa.select(t.chats.c.id).where(t.chats.c.person_id == person.id)
        rows = sa.select(t.deliveries.c.state).where(t.OPEN, t.deliveries.c.chat_id.in_(private)).with_for_update()
        return any(row.state == State.SENDING for row in await self._all(rows))

    async def _change(self, person: Person, **values: str | int | None) -> None:
        given = {key: value for key, value in values.items() if value}
        if given:
            await self._connection.execute(sa.update(t.people).where(t.people.c.id == person.id).values(given))
        if "zone" in given:
            await self._outdate(person)

    async def _outdate(self, person: Person) -> None:
        """Schedule that what depends on the roles and settings of a person follows them."""
        roles = sa.select(t.roles.c.dialogue_id).where(t.roles.c.person_id == person.id)
        for row in await self._all(roles):
            await self._jobs.schedule(ROSTER, str(row.dialogue_id))

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
        id=row.id,
        name=row.name,
        locale=row.locale,
        zone=row.zone,
        accounts=accounts,
        guessed_locale=row.guessed_locale,
        guessed_zone=row.guessed_zone,
        dialogue_id=row.dialogue_id,
        remind=None if row.remind is None else tuple(timedelta(seconds=each) for each in row.remind),
    )


_ACCOUNTS = sa.select(t.accounts).order_by(t.accounts.c.id)

_PROFILES = _ACCOUNTS.join(t.roles, t.roles.c.person_id == t.accounts.c.person_id).where(
    t.roles.c.dialogue_id == sa.bindparam("dialogue_id")
)

_OFFICIALS = _PROFILES.where(sa.or_(*(t.roles.c.role == role for role in Role if role.is_official)))


def _profile(row: sa.Row[Any]) -> Profile:
    return Profile(row.person_id, Account(MessengerName(row.messenger), row.native_id), row.name, row.username)


def _both(account: Account) -> sa.ColumnElement[bool]:
    return sa.and_(*_is(account))


def _is(account: Account) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.accounts.c.messenger == account.messenger, t.accounts.c.native_id == account.id)
