"""Deletion of what has been kept for long enough, a slice at a time so that nobody waits for it.

A slice looks at the next few rows in the order of their age and deletes those that nothing needs any more. It
never looks twice at a row that has to stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.model import Account
from storage import tables as t
from storage.base import Repository

Mark: TypeAlias = tuple[Any, ...]
"""The place of a row in its table's order: its age and its primary key."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """Which rows of a table expire: those whose `age` is too old, unless one of `needed` holds.

    `parts`: foreign keys to the table whose rows go with it.
    """

    age: sa.Column[datetime]
    needed: tuple[sa.ColumnElement[bool], ...] = ()
    parts: tuple[sa.Column[int], ...] = ()

    @property
    def place(self) -> tuple[sa.Column[Any], ...]:
        """Return the columns of a `Mark`."""
        return self.age, *self.age.table.primary_key

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """Return the primary key as one expression."""
        columns = tuple(self.age.table.primary_key)
        return columns[0] if len(columns) == 1 else sa.tuple_(*columns)


def _any(column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return whether some row refers by `column` to the row that is looked at."""
    return sa.exists().where(column == next(iter(column.foreign_keys)).column, *where)


EVENTS = Expiry(t.inbox.c.received_at)
DELIVERIES = Expiry(t.deliveries.c.queued_at, needed=(t.OPEN,))
MESSAGES = Expiry(
    t.messages.c.said_at,
    needed=(_any(t.deliveries.c.message_id, t.OPEN), _any(t.deliveries.c.reply_message_id)),
    parts=(t.deliveries.c.message_id, t.copies.c.message_id, t.edits.c.message_id),
)
"""After DELIVERIES: what is answered by a delivery stays as long as that."""
CODES = Expiry(t.codes.c.expires_at)
GUESSES = Expiry(t.guesses.c.since)
PAIRINGS = Expiry(t.pairings.c.asked_at)
AUDIT = Expiry(t.audit.c.at)


def people(besides: Collection[Account]) -> Expiry:
    """Return which people expire: who has no part in a dialogue with chats, and has not been seen for long.

    `besides` are the accounts that stay whatever happens. After everything else: a private chat goes with its
    person when nothing is left in it.
    """
    # No foreign keys to follow here: a role lasts as long as any chat of its dialogue does.
    lasting = sa.exists().where(t.roles.c.person_id == t.people.c.id, t.chats.c.dialogue_id == t.roles.c.dialogue_id)
    accounts = [
        sa.and_(t.accounts.c.messenger == each.messenger, t.accounts.c.native_id == each.id) for each in besides
    ]
    named = [_any(t.accounts.c.person_id, sa.or_(*accounts))] if accounts else []
    return Expiry(
        t.people.c.seen_at,
        needed=(lasting, *named, _any(t.messages.c.person_id), *map(_in_private, _CHAT_KEYS)),
        parts=(t.accounts.c.person_id, t.roles.c.person_id, t.chats.c.person_id),
    )


_CHAT_KEYS = tuple(
    key.parent for table in t.metadata.sorted_tables for key in table.foreign_keys if key.column is t.chats.c.id
)


def _in_private(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Return whether some row refers by `column` to a private chat of the person that is looked at."""
    return sa.exists().where(t.chats.c.person_id == t.people.c.id, column == t.chats.c.id)


class Purge(Repository):
    """Deletes what has expired."""

    async def slice(self, expiry: Expiry, before: datetime, after: Mark | None, size: int) -> Mark | None:
        """Delete what has expired of the next `size` rows behind `after` (None: of the first).

        Return the place of the last row, None when there was none.
        """
        rows = await self._all(_next(expiry, before, after).limit(size))
        if not rows:
            return None
        keys = [_key(row[1:]) for row in rows]
        old = sa.select(*expiry.age.table.primary_key).where(expiry.key.in_(keys), *map(sa.not_, expiry.needed))
        # Whoever refers to a row at this moment, from another transaction, still needs it.
        gone = await self._all(old.with_for_update(skip_locked=True, of=expiry.age.table))
        await self._drop(expiry, [_key(row) for row in gone])
        return tuple(rows[-1])

    async def _drop(self, expiry: Expiry, keys: Sequence[object]) -> None:
        if not keys:
            return
        for column in expiry.parts:
            await self._connection.execute(sa.delete(column.table).where(column.in_(keys)))
        await self._connection.execute(sa.delete(expiry.age.table).where(expiry.key.in_(keys)))


def _key(columns: Sequence[Any]) -> object:
    """Return the value of `Expiry.key` in a row."""
    return columns[0] if len(columns) == 1 else tuple(columns)


def _next(expiry: Expiry, before: datetime, after: Mark | None) -> sa.Select[Any]:
    rows = sa.select(*expiry.place).where(expiry.age < before)
    if not expiry.needed:  # none of them stays, so the oldest are always the next
        return rows.order_by(expiry.age)
    rows = rows.order_by(*expiry.place)
    if after is None:
        return rows
    # The first condition says nothing new, but finds its way through the index.
    place = sa.tuple_(*map(_bound, expiry.place, after))
    return rows.where(expiry.age >= after[0], sa.tuple_(*expiry.place) > place)


def _bound(column: sa.Column[Any], value: object) -> sa.BindParameter[Any]:
    return sa.bindparam(None, value, type_=column.type, unique=True)
