"""Private ballots that are being filled in, while their poll is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.polls.records import BallotDraft

_MINE = (t.ballot_drafts.c.poll_id == sa.bindparam("poll"), t.ballot_drafts.c.person_id == sa.bindparam("person"))
_GET = sa.select(t.ballot_drafts).where(*_MINE)
_SET = sa.update(t.ballot_drafts).where(*_MINE)
_BY_POST = sa.select(t.ballot_drafts).where(t.ballot_drafts.c.post_id == sa.bindparam("post"))


class BallotDrafts(Repository):
    """The private ballots that people are filling in, one for each person and poll."""

    async def of(self, poll_id: int, person_id: int) -> BallotDraft | None:
        """Return the draft of a person."""
        return _draft(await self._one(_GET, poll=poll_id, person=person_id))

    async def by_post(self, post_id: int) -> BallotDraft | None:
        """Return the draft whose buttons are under this message."""
        return _draft(await self._one(_BY_POST, post=post_id))

    async def save(self, poll_id: int, person_id: int, ballot: str, post_id: int, at: datetime) -> None:
        """Store what a person has chosen so far, and the message with the buttons."""
        values = {"ballot": ballot, "post_id": post_id, "changed_at": at}
        if not await self._update(_SET, poll=poll_id, person=person_id, **values):
            await self._insert(t.ballot_drafts, poll_id=poll_id, person_id=person_id, **values)

    async def clear(self, poll_id: int) -> list[BallotDraft]:
        """Delete all drafts of a poll, and return them."""
        of_poll = t.ballot_drafts.c.poll_id == poll_id
        drafts = [BallotDraft(**row._asdict()) for row in await self._all(sa.select(t.ballot_drafts).where(of_poll))]
        await self._connection.execute(sa.delete(t.ballot_drafts).where(of_poll))
        return drafts

    async def drop(self, poll_id: int, person_id: int) -> None:
        """Delete the draft of a person: it was cast, or given up."""
        mine = (t.ballot_drafts.c.poll_id == poll_id, t.ballot_drafts.c.person_id == person_id)
        await self._connection.execute(sa.delete(t.ballot_drafts).where(*mine))


def _draft(row: sa.Row[Any] | None) -> BallotDraft | None:
    return BallotDraft(**row._asdict()) if row else None
