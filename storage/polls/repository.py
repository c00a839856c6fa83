"""Polls and their topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.voting import Method, Weight
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.numbers import Numbers
from storage.polls.ballots import BallotBox
from storage.polls.records import Electorate, Poll, PollState, Topic

_ALL = sa.select(t.polls)
_HERE = t.polls.c.dialogue_id == sa.bindparam("dialogue")
_BY_ID = _ALL.where(t.polls.c.id == sa.bindparam("row"))
_LOCKED = _BY_ID.with_for_update()
_PATIENCE = 0.5
"""Seconds for which a job waits for votes; PostgreSQL looks for deadlocks only after a second."""
_NUMBERED = _ALL.where(_HERE, t.polls.c.number == sa.bindparam("named")).with_for_update()
_MESSAGES = (t.polls.c.preview_id, t.polls.c.card_id, t.polls.c.native_id, t.polls.c.result_id)
_BY_MESSAGE = _ALL.where(sa.or_(*(each == sa.bindparam("message") for each in _MESSAGES))).with_for_update()
_TYPED_IN = _ALL.where(
    t.polls.c.command_chat_id == sa.bindparam("chat"), t.polls.c.command_native_id == sa.bindparam("command")
).with_for_update()
_OF_DIALOGUE = _ALL.where(_HERE).order_by(t.polls.c.number.desc())
_OPEN = _ALL.where(t.polls.c.state == sa.literal_column(f"'{PollState.OPEN}'")).order_by(t.polls.c.id)
_IN_FORCE = (
    _ALL.where(_HERE, t.polls.c.in_force_at.is_not(None))
    .order_by(t.polls.c.in_force_at.desc(), t.polls.c.id.desc())
    .limit(1)
)
_SET = sa.update(t.polls).where(t.polls.c.id == sa.bindparam("row"))
_OF_POLL = t.poll_topics.c.poll_id == sa.bindparam("poll")
_TOPICS = sa.select(t.poll_topics).where(_OF_POLL).order_by(t.poll_topics.c.position, t.poll_topics.c.id)
_ACCEPTED = _TOPICS.where(t.poll_topics.c.position.is_not(None))
_PROPOSED = _TOPICS.where(t.poll_topics.c.position.is_(None))


class NewTopic(NamedTuple):
    """A topic to be put into a poll."""

    text: str
    sdgs: tuple[int, ...] = ()
    proposed_by: int | None = None


class PollRules(TypedDict, total=False):
    """How ballots of a poll are cast and counted: fields of `Poll`. Those left out when it is made are the defaults."""

    method: Method
    weight: Weight
    voters: Electorate
    quorum: int
    secret: bool
    live: bool
    closes_at: datetime | None


class PollChange(PollRules, total=False):
    """What can change about a poll: the fields of `Poll`; `Polls.close` and `Polls.discard` do the rest."""

    question: str
    state: PollState
    collecting_at: datetime | None
    preview_id: int | None
    card_id: int | None
    native_id: int | None
    result_id: int | None
    opened_at: datetime | None
    warned_at: datetime | None
    reminded_at: datetime | None


_DEFAULTS: PollRules = {
    "method": Method.SCORE,
    "weight": Weight.CITY,
    "voters": Electorate.ALL,
    "quorum": 1,
    "secret": False,
    "live": True,
    "closes_at": None,
}


class Polls(Repository):
    """The polls.

    One that is looked up by number, id or message is locked, as whoever does may change it or cast a ballot: so a vote
    and the close at the same moment have one outcome. Whoever only shows a poll, as the job of its card, uses `read`.
    """

    def __init__(self, connection: AsyncConnection, numbers: Numbers, ballots: BallotBox) -> None:
        """Work on an open transaction."""
        super().__init__(connection)
        self._numbers = numbers
        self._ballots = ballots

    async def add(
        self,
        dialogue_id: int,
        at: datetime,
        command: tuple[Chat, str] | None = None,
        *,
        question: str,
        created_by: int | None = None,
        **rules: Unpack[PollRules],
    ) -> Poll:
        """Add a draft under the next number; `command`: the message in which it was typed."""
        values = {"question": question, "created_by": created_by, "created_at": at, **_DEFAULTS, **rules}
        values |= {"number": await self._numbers.next(dialogue_id, "poll"), "state": PollState.DRAFT}
        if command:
            values |= {"command_chat_id": command[0].id, "command_native_id": command[1]}
        return await self.get(await self._insert(t.polls, dialogue_id=dialogue_id, **values))

    async def get(self, id: int) -> Poll:
        """Return a poll. Raises LookupError if it has expired, or its dialogue was removed."""
        row = await self._one(_LOCKED, row=id)
        if row is None:
            raise LookupError(f"there is no poll with the id {id}")
        return _poll(row)

    async def of_job(self, id: int) -> Poll | None:
        """Return the poll of a job that changes it, unless it has expired, or its dialogue was removed.

        PostgreSQL: raises StorageError if it stays locked, as whoever holds it may be waiting for the job. It waits a
        little, since otherwise a rush of votes would keep the poll from being closed.
        """
        await self._wait_at_most(_PATIENCE)
        row = await self._one(_LOCKED, row=id)
        await self._wait_at_most(0)
        return row and _poll(row)

    async def read(self, id: int) -> Poll | None:
        """Return a poll as it is, unlocked, unless it has expired, or its dialogue was removed."""
        row = await self._one(_BY_ID, row=id)
        return row and _poll(row)

    async def numbered(self, dialogue_id: int, number: int) -> Poll | None:
        """Return the poll with this number in a dialogue."""
        row = await self._one(_NUMBERED, dialogue=dialogue_id, named=number)
        return row and _poll(row)

    async def by_message(self, message_id: int) -> Poll | None:
        """Return the poll with this preview, card, native poll or result."""
        row = await self._one(_BY_MESSAGE, message=message_id)
        return row and _poll(row)

    async def typed_in(self, chat: Chat, native_id: str) -> Poll | None:
        """Return the poll that was typed in a message, by the messenger's id of it."""
        row = await self._one(_TYPED_IN, chat=chat.id, command=native_id)
        return row and _poll(row)

    async def of_dialogue(self, dialogue_id: int) -> list[Poll]:
        """Return all polls of a dialogue, newest first, unlocked."""
        return [_poll(row) for row in await self._all(_OF_DIALOGUE, dialogue=dialogue_id)]

    async def open(self) -> list[Poll]:
        """Return the open polls of all dialogues, unlocked."""
        return [_poll(row) for row in await self._all(_OPEN)]

    async def in_force(self, dialogue_id: int) -> Poll | None:
        """Return the poll whose order is in force in a dialogue, unlocked."""
        row = await self._one(_IN_FORCE, dialogue=dialogue_id)
        return row and _poll(row)

    async def change(self, poll: Poll, **change: Unpack[PollChange]) -> Poll:
        """Change a poll and return it."""
        return await self._set(poll, **change)

    async def close(self, poll: Poll, at: datetime, result: Mapping[str, Any], *, in_force: bool) -> Poll:
        """Close an open poll with its result, and return it; ballots that are only being filled in are deleted.

        `in_force`: its order is that of the dialogue from now on. From now on, the time runs for which ballots are kept
        (`storage.retention`).
        """
        unfinished = sa.delete(t.ballot_drafts).where(t.ballot_drafts.c.poll_id == poll.id)
        await self._connection.execute(unfinished)
        await self._ballots.close(poll, at)
        since = at if in_force else None
        return await self._set(poll, state=PollState.CLOSED, closed_at=at, result=result, in_force_at=since)

    async def restore(self, poll: Poll) -> Poll:
        """Make a discarded poll a draft again, and return it."""
        return await self._set(poll, state=PollState.DRAFT, closed_at=None)

    async def discard(self, poll: Poll, at: datetime) -> Poll:
        """Discard a draft and return it."""
        return await self._set(poll, state=PollState.DISCARDED, closed_at=at)

    async def mark_told(self, poll: Poll, whom: str) -> bool:
        """Record that somebody, by a keyed digest, is told why a vote does not count; False if they already were."""
        return await self._insert_new(t.told_voters, poll_id=poll.id, whom=whom)

    async def _wait_at_most(self, seconds: float) -> None:
        """Limit the time for which each statement of this transaction waits for a lock; 0: no limit."""
        if self._connection.dialect.name == "postgresql":
            limit = sa.func.set_config("lock_timeout", f"{int(seconds * 1000)}ms", True)
            await self._connection.execute(sa.select(limit))

    async def _set(self, poll: Poll, **values: Any) -> Poll:  # noqa: ANN401 - columns of any type
        await self._update(_SET, row=poll.id, **values)
        return await self.get(poll.id)

    # --- topics ---

    async def topics(self, poll_id: int) -> list[Topic]:
        """Return the topics of a poll in their order."""
        return [_topic(row) for row in await self._all(_ACCEPTED, poll=poll_id)]

    async def proposals(self, poll_id: int) -> list[Topic]:
        """Return what was proposed for a poll and is not accepted, oldest first."""
        return [_topic(row) for row in await self._all(_PROPOSED, poll=poll_id)]

    async def set_topics(self, poll_id: int, topics: Iterable[NewTopic]) -> list[Topic]:
        """Replace the topics of a poll, and return the new ones; proposals stay."""
        gone = sa.delete(t.poll_topics).where(t.poll_topics.c.poll_id == poll_id, t.poll_topics.c.position.is_not(None))
        await self._connection.execute(gone)
        for position, topic in enumerate(topics, 1):
            await self._add_topic(poll_id, topic, position)
        return await self.topics(poll_id)

    async def propose(self, poll_id: int, topic: NewTopic) -> int:
        """Add a proposal and return its id."""
        return await self._add_topic(poll_id, topic, None)

    async def accept(self, proposal: Topic, position: int) -> None:
        """Make a proposal the topic at a position."""
        await self._update(sa.update(t.poll_topics).where(t.poll_topics.c.id == proposal.id).values(position=position))

    async def reject(self, proposal: Topic) -> None:
        """Delete a proposal."""
        await self._connection.execute(sa.delete(t.poll_topics).where(t.poll_topics.c.id == proposal.id))

    async def _add_topic(self, poll_id: int, topic: NewTopic, position: int | None) -> int:
        values = {**topic._asdict(), "sdgs": list(topic.sdgs)}
        return await self._insert(t.poll_topics, poll_id=poll_id, position=position, **values)


def _poll(row: sa.Row[Any]) -> Poll:
    typed = {
        "method": Method(row.method),
        "weight": Weight(row.weight),
        "voters": Electorate(row.voters),
        "state": PollState(row.state),
    }
    return Poll(**row._asdict() | typed)


def _topic(row: sa.Row[Any]) -> Topic:
    return Topic(**row._asdict() | {"sdgs": tuple(row.sdgs)})
