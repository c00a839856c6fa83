"""Votes in native polls that can be removed one by one, so that the one before counts again."""

from __future__ import annotations

import sqlalchemy as sa

from bot.model import Vote
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.messages.records import StoredMessage, StoredVote

_HERE = (t.votes.c.chat_id == sa.bindparam("chat"), t.votes.c.native_id == sa.bindparam("named"))
_VOTE = sa.select(t.votes).where(*_HERE)
_READ = sa.update(t.votes).where(*_HERE).values(options=sa.bindparam("chosen"))
_REMOVED = sa.delete(t.votes).where(*_HERE)
_IN_FORCE = (
    sa.select(t.votes.c.options)
    .where(
        t.votes.c.chat_id == sa.bindparam("chat"),
        t.votes.c.message_id == sa.bindparam("poll"),
        t.votes.c.person_id == sa.bindparam("person"),
        t.votes.c.options.is_not(None),
    )
    .order_by(t.votes.c.cast_at.desc(), t.votes.c.native_id.desc())
    .limit(1)
)

_later = t.votes.alias()
_UNREADABLE = sa.select(sa.func.count(sa.distinct(t.votes.c.person_id)).label("number")).where(
    t.votes.c.message_id == sa.bindparam("poll"),
    t.votes.c.options.is_(None),
    ~sa.exists().where(
        _later.c.message_id == t.votes.c.message_id,
        _later.c.person_id == t.votes.c.person_id,
        _later.c.cast_at > t.votes.c.cast_at,
        _later.c.options.is_not(None),
    ),
)


class NativeVotes(Repository):
    """What people have chosen in native polls, on messengers where each vote is an event of its own."""

    async def record(self, chat: Chat, poll: StoredMessage, person_id: int, vote: Vote) -> None:
        """Remember a vote by its own id, `Vote.source`; one that could not be decrypted becomes readable so."""
        options = list(vote.options) if vote.readable else None
        key = {"chat_id": chat.id, "native_id": vote.source}
        values = {"message_id": poll.id, "person_id": person_id, "options": options, "cast_at": vote.at}
        if not await self._insert_new(t.votes, **key, **values) and vote.readable:
            await self._update(_READ, chat=chat.id, named=vote.source, chosen=options)

    async def remove(self, chat: Chat, native_id: str) -> StoredVote | None:
        """Forget a vote that was removed, and return it if it was known."""
        row = await self._one(_VOTE, chat=chat.id, named=native_id)
        if row is None:
            return None
        await self._update(_REMOVED, chat=chat.id, named=native_id)
        return StoredVote(row.message_id, row.person_id)

    async def in_force(self, chat: Chat, poll_id: int, person_id: int) -> tuple[int, ...]:
        """Return what a person has chosen last in a poll, by the time of the vote; nothing if there is none left."""
        row = await self._one(_IN_FORCE, chat=chat.id, poll=poll_id, person=person_id)
        return tuple(row.options) if row else ()

    async def unreadable(self, poll_id: int) -> int:
        """Return how many people's latest vote in a poll could not be decrypted so far."""
        row = await self._one(_UNREADABLE, poll=poll_id)
        return row.number if row else 0
