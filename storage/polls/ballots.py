"""The ballots of polls: open ones by person, secret ones by a digest that only the installation can make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.model import MessengerName
from storage import tables as t
from storage.base import Repository
from storage.polls.records import CastBallot, NotOpenError, Poll, PollState, Voter

_STATE = sa.select(t.polls.c.state).where(t.polls.c.id == sa.bindparam("poll")).with_for_update()


class _Statements(NamedTuple):
    """The statements on one of the two tables; constants, as they are compiled once."""

    table: sa.Table
    voter: str
    found: sa.Select[Any]
    changed: sa.Update
    tally: sa.Select[Any]
    turnout: sa.Select[Any]
    voters: sa.Select[Any]
    everything: sa.Select[Any]


def _statements(table: sa.Table, voter: str) -> _Statements:
    of_poll = table.c.poll_id == sa.bindparam("poll")
    mine = (of_poll, table.c[voter] == sa.bindparam("whose"))
    number = sa.func.count().label("number")
    places = [table.c.city_id, *(each for each in table.c if each.name == "messenger")]
    return _Statements(
        table,
        voter,
        found=sa.select(table).where(*mine),
        changed=sa.update(table).where(*mine),
        tally=sa.select(table.c.city_id, table.c.ballot, number)
        .where(of_poll)
        .group_by(table.c.city_id, table.c.ballot),
        turnout=sa.select(*places, number).where(of_poll).group_by(*places),
        voters=sa.select(table.c[voter].label("voter")).where(of_poll),
        everything=sa.select(table).where(of_poll),
    )


_OPEN = _statements(t.ballots, "person_id")
_SECRET = _statements(t.secret_ballots, "voter")


_NAMED = (
    sa.select(t.ballots, t.people.c.name)
    .outerjoin(t.people, t.people.c.id == t.ballots.c.person_id)
    .where(t.ballots.c.poll_id == sa.bindparam("poll"))
)


def _of(poll: Poll) -> _Statements:
    return _SECRET if poll.secret else _OPEN


class BallotBox(Repository):
    """The ballots. Whoever casts, changes or withdraws one holds the lock on the poll, which must be open."""

    async def cast(
        self,
        poll: Poll,
        voter: Voter,
        city_id: int,
        ballot: str,
        *,
        messenger: MessengerName,
        at: datetime,
        turn: int = 0,
    ) -> str | None:
        """Cast a ballot (`bot.voting.write_ballot`) in place of the voter's last one, and return that, or None.

        `turn`: when it is cast in a secret poll (`bot.signer.Signer.veil`); `at` and `messenger` are stored in open
        ones alone. Raises NotOpenError.
        """
        await self._lock(poll)
        of = _of(poll)
        before = await self._one(of.found, poll=poll.id, whose=voter)
        values = {"city_id": city_id, "ballot": ballot}
        values |= {"turn": turn} if poll.secret else {"cast_at": at, "messenger": messenger}
        if before is None:
            await self._insert(of.table, poll_id=poll.id, **{of.voter: voter}, **values)
            return None
        await self._update(of.changed, poll=poll.id, whose=voter, **values)
        return str(before.ballot)

    async def withdraw(self, poll: Poll, voter: Voter) -> str | None:
        """Delete the ballot of a voter, and return it, or None if there was none. Raises NotOpenError."""
        await self._lock(poll)
        before = await self.of(poll, voter)
        if before is not None:
            await self._drop(_of(poll), poll, voter)
        return before

    async def of(self, poll: Poll, voter: Voter) -> str | None:
        """Return the ballot of a voter."""
        row = await self._one(_of(poll).found, poll=poll.id, whose=voter)
        return row and row.ballot

    async def tallied(self, poll: Poll) -> dict[int, dict[str, int]]:
        """Return how many voters of each city have cast each ballot: `{city id: {ballot: number}}`."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for row in await self._all(_of(poll).tally, poll=poll.id):
            found[row.city_id][row.ballot] = row.number
        return dict(found)

    async def turnout(self, poll: Poll) -> dict[int, dict[MessengerName | None, int]]:
        """Return how many voters each city has, by the messenger on which they voted last (None: in secret)."""
        found: dict[int, dict[MessengerName | None, int]] = defaultdict(dict)
        for row in await self._all(_of(poll).turnout, poll=poll.id):
            found[row.city_id][None if poll.secret else MessengerName(row.messenger)] = row.number
        return dict(found)

    async def have_voted(self, poll: Poll, voters: Collection[Voter]) -> set[Voter]:
        """Return which of these voters have voted."""
        return {row.voter for row in await self._all(_of(poll).voters, poll=poll.id)} & set(voters)

    async def are_cast(self, poll: Poll) -> bool:
        """Whether there is any ballot: from the first one on, the rules stay (trust: case 67)."""
        table = _of(poll).table
        return await self._one(sa.select(table.c.poll_id).where(table.c.poll_id == poll.id).limit(1)) is not None

    async def all(self, poll: Poll) -> list[CastBallot]:
        """Return all ballots for the record: open ones in the order of casting, secret ones in that of their text."""
        if poll.secret:
            rows = await self._all(_SECRET.everything, poll=poll.id)
            return [
                CastBallot(city_id=row.city_id, ballot=row.ballot)
                for row in sorted(rows, key=lambda row: (row.city_id, row.ballot))
            ]
        rows = await self._all(_NAMED, poll=poll.id)
        return [
            CastBallot(
                city_id=row.city_id,
                ballot=row.ballot,
                person_id=row.person_id,
                name=row.name or "",
                messenger=MessengerName(row.messenger),
                cast_at=row.cast_at,
            )
            for row in sorted(rows, key=lambda row: (row.cast_at, row.id))
        ]

    async def close(self, poll: Poll, at: datetime) -> None:
        """Mark the ballots of a poll as closed: from then on the time runs for which they are kept.

        Secret ones are stored anew in the order of their digests: that of casting may show in a copy of the database.
        """
        table = _of(poll).table
        of_poll = table.c.poll_id == poll.id
        if not poll.secret:
            await self._connection.execute(sa.update(table).where(of_poll).values(closed_at=at))
            return
        rows = [{**row._asdict(), "closed_at": at} for row in await self._all(_SECRET.everything, poll=poll.id)]
        await self._connection.execute(sa.delete(table).where(of_poll))
        if rows:
            await self._connection.execute(sa.insert(table), sorted(rows, key=lambda row: row["voter"]))

    # --- when two people turn out to be one ---

    async def turns(self, poll: Poll, voters: Collection[str]) -> dict[str, int]:
        """Return the veiled times at which these voters have cast secret ballots."""
        rows = {voter: await self._one(_SECRET.found, poll=poll.id, whose=voter) for voter in voters}
        return {voter: row.turn for voter, row in rows.items() if row}

    async def pass_on(self, poll: Poll, voter: str, to: str, turn: int) -> None:
        """Make the secret ballot of one voter that of another, in place of theirs, under its time veiled anew."""
        await self._drop(_SECRET, poll, to)
        await self._update(_SECRET.changed, poll=poll.id, whose=voter, voter=to, turn=turn)

    async def annul(self, poll: Poll, voter: str) -> None:
        """Delete the secret ballot of a voter who has cast another one."""
        await self._drop(_SECRET, poll, voter)

    async def _lock(self, poll: Poll) -> None:
        row = await self._one(_STATE, poll=poll.id)
        if row is None or row.state != PollState.OPEN:
            raise NotOpenError(f"poll {poll.number} is not open")

    async def _drop(self, of: _Statements, poll: Poll, voter: Voter) -> None:
        mine = (of.table.c.poll_id == poll.id, of.table.c[of.voter] == voter)
        await self._connection.execute(sa.delete(of.table).where(*mine))
