"""Deletion of expired rows, in slices so that it blocks nobody.

A slice examines the next few rows in order of age and deletes those that nothing refers to any more. It never
examines a row twice that has to stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.model import Account
from storage import tables as t
from storage.base import Repository
from storage.columns import keys_to
from storage.personal import OnForget, references
from storage.polls.records import PollState
from storage.retention import ACCOUNTED, KEPT, LINKS, SECRET, UNUSED
from storage.roundtables.records import RoundtableState

Mark: TypeAlias = tuple[Any, ...]
"""The position of a row in the order of its table: age and primary key."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """An expiry rule of a table: rows whose `age` exceeds the time they are `kept`, unless one of `needed` holds.

    `parts`: foreign keys to the table; the rows that refer to an expired one are deleted with it.
    """

    age: sa.Column[datetime]
    needed: tuple[sa.ColumnElement[bool], ...] = ()
    parts: tuple[sa.Column[int], ...] = ()
    kept: timedelta = KEPT

    @property
    def place(self) -> tuple[sa.Column[Any], ...]:
        """The columns of a `Mark`."""
        return self.age, *self.age.table.primary_key

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """The primary key as one expression."""
        columns = tuple(self.age.table.primary_key)
        return columns[0] if len(columns) == 1 else sa.tuple_(*columns)


def _any(column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return a condition: some row refers by `column` to the examined row."""
    return sa.exists().where(column == next(iter(column.foreign_keys)).column, *where)


_WITH_CARDS = (t.roundtables, t.meetings, t.polls, t.action_points, t.minutes)
_USES = (t.deliveries.c.reply_message_id, *(key for key in keys_to(t.messages) if key.table in _WITH_CARDS))
"""What keeps a message: replies to it, and what has it as its card."""

_ANSWERABLE = sa.exists().where(
    t.messages.c.buttons.is_not(None),
    t.roundtables.c.dialogue_id == t.messages.c.dialogue_id,
    t.roundtables.c.created_at <= t.messages.c.sent_at,
    t.roundtables.c.ended_at.is_(None),
    t.roundtables.c.state != RoundtableState.CANCELLED,
)
"""A post with buttons may be an invitation to a roundtable that is still to come, which can be months ahead."""

_VOTABLE = sa.exists().where(
    t.messages.c.buttons.is_not(None),
    t.polls.c.dialogue_id == t.messages.c.dialogue_id,
    t.polls.c.opened_at <= t.messages.c.sent_at,
    t.polls.c.closed_at.is_(None),
)
"""A post with buttons may be a private ballot of a poll that is still open."""

_NEWS = (
    sa.exists().where(t.news.c.post_id == t.messages.c.id),
    sa.exists().where(t.news.c.chat_id == t.messages.c.chat_id, t.news.c.native_id == t.messages.c.native_id),
)
"""The posts of news, and the command that posted them: for as long as those are kept, they can be corrected."""

_later_in_thread = t.messages.alias()
_THREAD = sa.exists().where(_later_in_thread.c.thread_id == t.messages.c.id)
"""The root of a thread, as long as there are other messages of it."""

_SOURCE = sa.exists().where(t.action_points.c.source_id == t.messages.c.id)
"""An action point is a reply to the message."""

EVENTS = Expiry(t.inbox.c.received_at)
DELIVERIES = Expiry(t.deliveries.c.queued_at, needed=(t.OPEN,))
MESSAGES = Expiry(
    t.messages.c.sent_at,
    needed=(
        _any(t.deliveries.c.message_id, t.OPEN),
        *map(_any, _USES),
        _ANSWERABLE,
        _VOTABLE,
        *_NEWS,
        _SOURCE,
        _THREAD,
    ),
    parts=tuple(key for key in keys_to(t.messages) if key not in {*_USES, t.messages.c.thread_id}),
)
"""To be purged after DELIVERIES, ROUNDTABLES, POLLS and AGREEMENTS: one that they refer to stays with them."""
FILES = Expiry(t.files.c.made_at, needed=(_any(t.delivery_files.c.file_id),), kept=UNUSED)
"""Files that no delivery needs: never used, or left over. To be purged after DELIVERIES."""
CODES = Expiry(t.codes.c.expires_at)
GUESSES = Expiry(t.guesses.c.since)
PAIRINGS = Expiry(t.pairings.c.asked_at)
JOBS = Expiry(t.jobs.c.put_aside_at)
NEWS = Expiry(t.news.c.posted_at, kept=ACCOUNTED)
AUDIT = Expiry(t.audit.c.at, kept=ACCOUNTED)
SHARED_LINKS = Expiry(t.shared_links.c.shared_at, kept=LINKS)
FEEDS = Expiry(
    t.feeds.c.added_at,
    needed=(t.feeds.c.number.is_not(None),),
    parts=(t.feed_items.c.feed_id, t.feed_digests.c.feed_id),
)
"""Feeds that were never begun, such as those of a page of which none was chosen."""
FEED_ITEMS = Expiry(
    t.feed_items.c.listed_at,
    needed=(
        t.PENDING_ITEM,
        sa.exists().where(t.feeds.c.id == t.feed_items.c.feed_id, t.feeds.c.listed_at <= t.feed_items.c.listed_at),
    ),
)
"""Items that their feed no longer lists; those that it does would be taken for new ones."""
ROUNDTABLES = Expiry(t.roundtables.c.ends_at, parts=(*reversed(keys_to(t.roundtables)),), kept=ACCOUNTED)
SERIES = Expiry(t.series.c.ended_at, needed=(_any(t.roundtables.c.series_id),), kept=ACCOUNTED)
"""To be purged after ROUNDTABLES."""
BALLOTS = Expiry(t.ballots.c.closed_at, kept=ACCOUNTED)
SECRET_BALLOTS = Expiry(t.secret_ballots.c.closed_at, kept=SECRET)
_LATER = t.polls.alias()
POLLS = Expiry(
    t.polls.c.closed_at,
    needed=(
        sa.and_(
            t.polls.c.in_force_at.is_not(None),
            ~sa.exists().where(
                _LATER.c.dialogue_id == t.polls.c.dialogue_id, _LATER.c.in_force_at > t.polls.c.in_force_at
            ),
        ),
    ),
    parts=(*keys_to(t.polls),),
    kept=ACCOUNTED,
)
"""All but the one whose order is in force."""
UNPUBLISHED_POLLS = replace(POLLS, age=t.polls.c.created_at, needed=(t.polls.c.state != PollState.DRAFT,))
DISCARDED_POLLS = replace(POLLS, needed=(t.polls.c.state != PollState.DISCARDED,), kept=KEPT)

AGREEMENTS = Expiry(
    t.agreements.c.changed_at,
    needed=(t.agreements.c.in_force.is_not(None), t.agreements.c.closed_at.is_(None), _any(t.minutes.c.agreement_id)),
    parts=(
        *keys_to(t.action_points),
        t.action_points.c.id,
        t.agreement_entries.c.agreement_id,
    ),
    kept=ACCOUNTED,
)
"""Those that never came into force, once they are withdrawn or superseded. The owners' key is that of the agreement."""


def rules(besides: Collection[Account]) -> tuple[Expiry, ...]:
    """Return all expiry rules, in the order in which they are to be applied; accounts in `besides` are kept."""
    first = (
        ROUNDTABLES,
        SERIES,
        BALLOTS,
        SECRET_BALLOTS,
        DISCARDED_POLLS,
        UNPUBLISHED_POLLS,
        POLLS,
        AGREEMENTS,
        EVENTS,
        DELIVERIES,
        MESSAGES,
        FILES,
        CODES,
        GUESSES,
        PAIRINGS,
        JOBS,
        NEWS,
        AUDIT,
        SHARED_LINKS,
        FEEDS,
        FEED_ITEMS,
    )
    return (*first, people(besides))


def people(besides: Collection[Account]) -> Expiry:
    """Return the expiry rule of people: those not seen for long who take part in no dialogue with chats.

    Accounts in `besides` are kept in any case. To be purged last: a private chat is deleted with its person once
    nothing refers to it.
    """
    # Not by a foreign key: an appointment lasts as long as any chat of its dialogue.
    lasting = sa.exists().where(t.roles.c.person_id == t.people.c.id, t.chats.c.dialogue_id == t.roles.c.dialogue_id)
    accounts = [
        sa.and_(t.accounts.c.messenger == each.messenger, t.accounts.c.native_id == each.id) for each in besides
    ]
    named = [_any(t.accounts.c.person_id, sa.or_(*accounts))] if accounts else []
    return Expiry(
        t.people.c.seen_at,
        needed=(lasting, *named, *map(_any, _keys(OnForget.CLEAR)), *map(_in_private, keys_to(t.chats))),
        parts=_keys(OnForget.DELETE),
    )


def _keys(on_forget: OnForget) -> tuple[sa.Column[Any], ...]:
    """Return the foreign keys to people whose rows are deleted or cleared with them."""
    return tuple(column for column, each in references() if column.foreign_keys and each.on_forget is on_forget)


def _in_private(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Return a condition: some row refers by `column` to a private chat of the examined person."""
    return sa.exists().where(t.chats.c.person_id == t.people.c.id, column == t.chats.c.id)


class Purge(Repository):
    """Deletion of expired rows."""

    async def slice(self, expiry: Expiry, before: datetime, after: Mark | None, size: int) -> Mark | None:
        """Delete the expired ones among the next `size` rows after `after` (None: from the start).

        Return the position of the last row, or None if there was none.
        """
        rows = await self._all(_next(expiry, before, after).limit(size))
        if not rows:
            return None
        keys = [_key(row[1:]) for row in rows]
        old = sa.select(*expiry.age.table.primary_key).where(expiry.key.in_(keys), *map(sa.not_, expiry.needed))
        # A row locked by a concurrent transaction that refers to it is still needed.
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
    """Return the value of `Expiry.key` for a row."""
    return columns[0] if len(columns) == 1 else tuple(columns)


def _next(expiry: Expiry, before: datetime, after: Mark | None) -> sa.Select[Any]:
    rows = sa.select(*expiry.place).where(expiry.age < before)
    if not expiry.needed:  # none has to stay, so the oldest always come next
        return rows.order_by(expiry.age)
    rows = rows.order_by(*expiry.place)
    if after is None:
        return rows
    # The first condition is redundant, but lets the database use the index.
    place = sa.tuple_(*map(_bound, expiry.place, after))
    return rows.where(expiry.age >= after[0], sa.tuple_(*expiry.place) > place)


def _bound(column: sa.Column[Any], value: object) -> sa.BindParameter[Any]:
    return sa.bindparam(None, value, type_=column.type, unique=True)
