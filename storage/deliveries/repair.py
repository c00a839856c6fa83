"""Inspection and repair of the outbox: what waits, what has failed, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.model import MessengerName, Reason, Remove, Send, SendPoll
from storage import tables as t
from storage.chats.records import Chat
from storage.deliveries import rows
from storage.deliveries.records import Delivery, RefusedFiles, State, Undone
from storage.deliveries.rows import FAILED, ROW, Rows, ref_of, token
from storage.deliveries.turns import Share


class Repair(Rows):
    """Queries about rows, and second attempts."""

    async def chat_of(self, delivery: Delivery) -> int:
        """Return the id of a delivery's chat, which may have become part of another one since it was claimed."""
        row = await self._one(sa.select(t.deliveries.c.chat_id).where(t.deliveries.c.id == delivery.id))
        return int(row.chat_id) if row else delivery.chat_id

    async def refused_files(self, chat: Chat, message_id: int) -> RefusedFiles | None:
        """Return the files of a message that a chat did not get, if its words are shown there nevertheless."""
        about = rows.about(chat, message_id)
        for each in await self._list(*about, FAILED, t.deliveries.c.kind == Send.kind):
            files = each.post.files if each.post else ()
            here = (t.copies.c.chat_id == chat.id, t.copies.c.message_id == message_id)
            there = sa.select(t.copies.c.id).where(*here, t.copies.c.part >= len(files))
            coming = sa.select(t.deliveries.c.id).where(*about, t.OPEN, t.deliveries.c.part >= len(files))
            if files and await self._one(sa.union(there, coming).limit(1)):
                return RefusedFiles(files, each.reason or Reason.NOT_ACCEPTABLE)
        return None

    async def note_of(self, delivery: Delivery) -> int | None:
        """Return the first part of a message that was queued in place of the files of a failed delivery, if any was."""
        same = (t.deliveries.c.chat_id == delivery.chat_id, t.deliveries.c.message_id == delivery.message_id)
        then = (t.deliveries.c.id > delivery.id, t.deliveries.c.queued_at == delivery.done_at)
        note = sa.select(sa.func.min(t.deliveries.c.part).label("part")).where(*same, *then)
        row = await self._one(note.where(t.deliveries.c.kind == Send.kind))
        return row and row.part

    async def of_message(self, message_id: int) -> list[Delivery]:
        """Return all deliveries of a message, oldest first."""
        return await self._list(t.deliveries.c.message_id == message_id)

    async def in_state(self, states: Iterable[State]) -> list[Delivery]:
        """Return the deliveries in any of these states, oldest first."""
        return await self._list(t.deliveries.c.state.in_(tuple(states)))

    async def undone(self, chat: Chat) -> Undone:
        """Return how many deliveries to a chat have failed or are still open."""
        here = t.deliveries.c.chat_id == chat.id
        states = t.deliveries.c.state.in_((State.FAILED, State.QUEUED, State.SENDING))
        counted = sa.select(t.deliveries.c.state, sa.func.count().label("n")).group_by(t.deliveries.c.state)
        counts = {row.state: int(row.n) for row in await self._all(counted.where(here, states))}
        oldest = sa.select(t.deliveries.c.queued_at).where(here, t.OPEN).order_by(t.deliveries.c.id).limit(1)
        row = await self._one(oldest)
        failed = counts.pop(State.FAILED, 0)
        return Undone(failed, sum(counts.values()), row and row.queued_at)

    async def sends_card(self, chat: Chat) -> bool:
        """Return whether a message with buttons is being sent to a chat."""
        sending = (t.deliveries.c.kind == Send.kind, t.deliveries.c.state == State.SENDING)
        rows = await self._all(sa.select(t.deliveries.c.post).where(t.deliveries.c.chat_id == chat.id, *sending))
        return any("buttons" in (row.post or {}) for row in rows)

    async def sends_poll(self, messenger: MessengerName) -> bool:
        """Return whether a native poll is being sent, of which the messenger's id is not known yet."""
        of = sa.select(t.chats.c.id).where(t.chats.c.messenger == messenger)
        sending = (t.deliveries.c.kind == SendPoll.kind, t.deliveries.c.state == State.SENDING)
        found = sa.select(t.deliveries.c.id).where(*sending, t.deliveries.c.chat_id.in_(of)).limit(1)
        return await self._one(found) is not None

    async def retry(self, ids: Sequence[int]) -> int:
        """Queue failed deliveries again, except those of deleted messages; return how many."""
        count = 0
        # A new token: the messenger may remember the old one as rejected.
        for row in await self._all(ROW.where(t.deliveries.c.id.in_(ids), FAILED, _still_wanted())):
            turn, _held = await self._turn(ref_of(row).lane, Share(row.person_id), message_id=row.message_id)
            again = {
                "state": State.QUEUED,
                "error": "",
                "reason": "",
                "done_at": None,
                "tried_at": None,
                "after_id": None,
            }
            await self._set(row.id, **again, turn=turn, token=token(), lane=ref_of(row).lane)
            self._queued.add(ref_of(row).lane)
            count += 1
        return count

    async def discard(self, ids: Sequence[int], at: datetime) -> int:
        """Cancel failed or queued deliveries and erase their content; return how many."""
        return await self._cancel(t.deliveries.c.id.in_(ids), rows.UNSENT, at=at)

    async def last_done(self, chat: Chat) -> datetime | None:
        """Return when something was last delivered to a chat."""
        where = (t.deliveries.c.chat_id == chat.id, t.deliveries.c.state == State.DELIVERED)
        row = await self._one(sa.select(sa.func.max(t.deliveries.c.id).label("id")).where(*where))
        if row is None or row.id is None:
            return None
        done = await self._one(sa.select(t.deliveries.c.done_at).where(t.deliveries.c.id == row.id))
        return done and done.done_at


def _still_wanted() -> sa.ColumnElement[bool]:
    """Return a condition: the row's message has not been deleted."""
    gone = sa.exists().where(t.messages.c.id == t.deliveries.c.message_id, t.messages.c.deleted_at.is_not(None))
    return sa.or_(t.deliveries.c.kind == Remove.kind, sa.not_(gone))
