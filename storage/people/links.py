"""Linking accounts to one person, and unlinking them together with what each side brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Account, Role
from storage import tables as t
from storage.base import Repository
from storage.codes.repository import links_of
from storage.jobs import Jobs
from storage.people.records import Person
from storage.personal import chat_of, following, moved
from storage.polls.records import LINKED, PollState
from storage.roles.records import ROSTER

_SETTINGS = ("name", "locale", "zone", "guessed_locale", "guessed_zone", "remind", "linked")

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class StoredRole(NamedTuple):
    """A role as stored. Of two in one dialogue, the one that was granted and ranks higher prevails."""

    city_id: int
    role: Role
    appointed_at: datetime | None

    def outranks(self, other: StoredRole | None) -> bool:
        """Whether this role prevails over the other."""
        if other is None or self.appointed_at is None or other.appointed_at is None:
            return other is None or (self.appointed_at is not None and other.appointed_at is None)
        return not other.role.reaches(self.role)


class Links(Repository):
    """Links between accounts. `people.linked` stores what each link brought, newest last."""

    def __init__(self, connection: AsyncConnection, jobs: Jobs) -> None:
        """Work on an open transaction; what `ROSTER` and `LINKED` are for follows the links."""
        super().__init__(connection)
        self._jobs = jobs

    async def join(self, person: Person, other: Person) -> None:
        """Merge `other` into `person`: accounts, appointments, private chats and messages.

        In each dialogue the higher role prevails. A mute on either side mutes the person (trust: case 105).
        """
        for each in (person, other):
            await self._connection.execute(links_of(each.id))
        ours, theirs = await self._roles(person.id), await self._roles(other.id)
        settings, mine = await self._settings(other.id), await self._settings(person.id)
        entry = {
            "accounts": [str(each) for each in other.accounts],
            "ours": {str(id): _dump(row) for id, row in ours.items()},
            "theirs": {str(id): _dump(row) for id, row in theirs.items()},
            "chats": [await self._chats(person.id), await self._chats(other.id)],
            **settings,
        }
        for dialogue_id, row in theirs.items():
            own = ours.get(dialogue_id)
            counts = row if own is None or _stored(row).outranks(_stored(own)) else own
            muted_at = row.muted_at or (own and own.muted_at)
            await self._put(dialogue_id, person.id, _stored(counts), muted_at)
        await self._connection.execute(sa.delete(t.roles).where(t.roles.c.person_id == other.id))
        for column in (t.accounts.c.person_id, *moved()):
            theirs_now = sa.update(column.table).where(column == other.id)
            await self._connection.execute(theirs_now.values({column.name: person.id}))
        await self._disown_counted(person.id, other.id)
        await self._schedule_linked(person.id, other.id)
        for column, prevails in following():
            await self._follow(column, prevails, person.id, other.id)
        kept = {key: settings[key] if mine[key] is None else mine[key] for key in _SETTINGS[1:-1]}
        await self._change(person.id, **kept, linked=[*(mine["linked"] or []), entry])
        await self._connection.execute(sa.delete(t.people).where(t.people.c.id == other.id))

    async def _disown_counted(self, person_id: int, other: int) -> None:
        """Keep both ballots of closed polls, one as nobody's: the count can be repeated."""
        mine = sa.select(t.ballots.c.poll_id).where(t.ballots.c.person_id == person_id)
        counted = (t.ballots.c.closed_at.is_not(None), t.ballots.c.poll_id.in_(mine))
        theirs = sa.update(t.ballots).where(t.ballots.c.person_id == other, *counted)
        await self._connection.execute(theirs.values(person_id=None))

    async def _schedule_linked(self, person_id: int, other: int) -> None:
        """Schedule what `LINKED` is for, before the ballots follow."""
        if not await self._all(sa.select(t.polls.c.id).where(t.polls.c.state == PollState.OPEN).limit(1)):
            return
        theirs = (t.ballots.c.person_id.in_([person_id, other]), t.ballots.c.closed_at.is_(None))
        twice = sa.select(t.ballots.c.poll_id).where(*theirs).group_by(t.ballots.c.poll_id)
        rows = await self._all(twice.having(sa.func.count() > 1))
        payload = {"person": person_id, "other": other, "polls": [row.poll_id for row in rows]}
        await self._jobs.schedule(LINKED, f"{person_id} {other}", payload=payload)

    async def _follow(self, column: sa.Column[Any], prevails: str, person_id: int, other: int) -> None:
        """Pass rows to a person; of two that would break a unique key, the one that does not prevail is deleted."""
        for key in _unique_keys(column) if prevails else ():
            beaten = _beaten(column, prevails, key, (person_id, other))
            await self._connection.execute(sa.delete(column.table).where(beaten))
        theirs = sa.update(column.table).where(column == other)
        await self._connection.execute(theirs.values({column.name: person_id}))

    async def part(self, person: Person, at: datetime) -> int | None:
        """Undo the newest link; return the id of the person split off, or None if there is nothing to undo.

        Appointments unchanged since the link return to the side that brought them. One changed since stays with the
        side whose role prevailed, and the other side gets none. A muted person is muted on both sides.
        """
        if len(person.accounts) < 2:
            return None
        await self._connection.execute(links_of(person.id))
        await self._revoke_calendars(person.id)
        mine = await self._settings(person.id)
        *earlier, entry = mine["linked"] or [{"accounts": [str(person.accounts[-1])], "ours": {}, "theirs": {}}]
        kept = {key: entry.get(key) for key in _SETTINGS[1:]}
        other = await self._insert(t.people, name=entry.get("name", person.name), seen_at=at, **kept)
        await self._change(person.id, linked=earlier or None)
        await self._move(person, other, [Account.parse(each) for each in entry["accounts"]])
        await self._move_chats(person.id, other, *entry.get("chats", ([], [])))
        for dialogue_id, row in (await self._roles(person.id)).items():
            sides = [_load(entry[side].get(str(dialogue_id))) for side in ("ours", "theirs")]
            await self._split(dialogue_id, row, (person.id, other), sides)
        return other

    async def _revoke_calendars(self, person_id: int) -> None:
        """Revoke a person's links to calendars: whoever had one may be either of the two (trust: case 116)."""
        await self._connection.execute(sa.delete(t.calendar_links).where(t.calendar_links.c.person_id == person_id))

    async def _split(
        self, dialogue_id: int, row: sa.Row[Any], people: tuple[int, int], sides: Sequence[StoredRole | None]
    ) -> None:
        """Assign each side of a link its role in one dialogue."""
        ours, theirs = sides
        to_other = theirs is not None and theirs.outranks(ours)
        now, counted = _stored(row), theirs if to_other else ours
        after = list(sides) if now == counted else [None if to_other else now, now if to_other else None]
        guest = StoredRole(row.city_id, Role.GUEST, None)
        for person_id, held in zip(people, after, strict=True):
            await self._drop(dialogue_id, person_id)
            if held or row.muted_at:
                await self._put(dialogue_id, person_id, held or guest, row.muted_at)

    async def _move(self, person: Person, other: int, accounts: Sequence[Account]) -> None:
        """Move accounts to another person, with the private chats and messages of their messengers."""
        for account in accounts:
            theirs = (t.accounts.c.messenger == account.messenger, t.accounts.c.native_id == account.id)
            await self._connection.execute(sa.update(t.accounts).where(*theirs).values(person_id=other))
        left = {each.messenger for each in person.accounts if each not in accounts}
        there = sa.select(t.chats.c.id).where(t.chats.c.messenger.in_({each.messenger for each in accounts} - left))
        for column in moved():
            mine = sa.update(column.table).where(column == person.id, chat_of(column.table).in_(there))
            await self._connection.execute(mine.values({column.name: other}))

    async def _move_chats(self, person_id: int, other: int, ours: Sequence[int], theirs: Sequence[int]) -> None:
        """Split the private chats on a messenger where both have accounts; newer ones get no owner."""
        mine = t.chats.c.person_id == person_id
        await self._connection.execute(sa.update(t.chats).where(mine, t.chats.c.id.in_(theirs)).values(person_id=other))
        here = sa.select(t.chats.c.messenger).where(t.chats.c.person_id == other).scalar_subquery()
        unknown = sa.update(t.chats).where(mine, t.chats.c.id.not_in(ours), t.chats.c.messenger.in_(here))
        await self._connection.execute(unknown.values(person_id=None))

    async def _chats(self, person_id: int) -> list[int]:
        rows = await self._all(sa.select(t.chats.c.id).where(t.chats.c.person_id == person_id))
        return [row.id for row in rows]

    async def _roles(self, person_id: int) -> dict[int, sa.Row[Any]]:
        rows = await self._all(sa.select(t.roles).where(t.roles.c.person_id == person_id))
        return {row.dialogue_id: row for row in rows}

    async def _put(self, dialogue_id: int, person_id: int, held: StoredRole, muted_at: datetime | None) -> None:
        await self._drop(dialogue_id, person_id)
        row = {"dialogue_id": dialogue_id, "person_id": person_id, "muted_at": muted_at, **held._asdict()}
        await self._connection.execute(sa.insert(t.roles).values(row))

    async def _drop(self, dialogue_id: int, person_id: int) -> None:
        where = (t.roles.c.dialogue_id == dialogue_id, t.roles.c.person_id == person_id)
        await self._connection.execute(sa.delete(t.roles).where(*where))
        await self._jobs.schedule(ROSTER, str(dialogue_id))

    async def _settings(self, person_id: int) -> dict[str, Any]:
        columns = [t.people.c[key] for key in _SETTINGS]
        row = (await self._connection.execute(sa.select(*columns).where(t.people.c.id == person_id))).one()
        return dict(zip(_SETTINGS, row, strict=True))

    async def _change(self, person_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        await self._connection.execute(sa.update(t.people).where(t.people.c.id == person_id).values(values))


def _unique_keys(column: sa.Column[Any]) -> list[list[str]]:
    """Return the columns of each unique key of a table that a column is part of, that column apart."""
    kinds = (sa.UniqueConstraint, sa.PrimaryKeyConstraint)
    keys = [each.columns.keys() for each in column.table.constraints if isinstance(each, kinds)]
    return [[name for name in key if name != column.name] for key in keys if column.name in key]


def _beaten(column: sa.Column[Any], prevails: str, key: Sequence[str], people: Sequence[int]) -> sa.ColumnElement[bool]:
    """Return a condition: another row of these people has the same key and prevails (the newer person's, if equal)."""
    mine, twin = column.table, column.table.alias()
    same = [mine.c[name] == twin.c[name] for name in key]
    rank, higher = ((sa.func.coalesce(each.c[prevails], _NEVER), each.c[column.name]) for each in (mine, twin))
    theirs = twin.c[column.name].in_(people)
    better = sa.exists().where(*same, theirs, sa.tuple_(*rank) < sa.tuple_(*higher)).correlate(mine)
    return sa.and_(column.in_(people), better)


def _stored(row: sa.Row[Any]) -> StoredRole:
    return StoredRole(row.city_id, Role(row.role), row.appointed_at)


def _dump(row: sa.Row[Any]) -> Mapping[str, Any]:
    return _stored(row)._asdict() | {"appointed_at": row.appointed_at and row.appointed_at.isoformat()}


def _load(stored: Mapping[str, Any] | None) -> StoredRole | None:
    if stored is None:
        return None
    at = stored["appointed_at"]
    return StoredRole(stored["city_id"], Role(stored["role"]), at and datetime.fromisoformat(at))
