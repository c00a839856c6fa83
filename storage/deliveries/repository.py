"""The outbox: what has to be delivered, and the state of each delivery.

    queued ⇄ sending → delivered | failed | cancelled

A row is `sending` from before it is handed to the messenger until its result is committed, so after
a crash only the rows in that state have an unknown outcome.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatRef, MessengerName, Post, Sent, counted
from storage import posts
from storage import tables as t
from storage.base import Repository
from storage.chats.records import LEFT, NO_RIGHTS, Chat
from storage.counters import Counters
from storage.deliveries.records import Delivery, Kind, State, Undone
from storage.turns import BOT, CLAIMED, MOVES, PLACES, Share, turn

log = structlog.get_logger()

_ROW = sa.select(
    t.deliveries, t.chats.c.messenger, t.chats.c.native_id, t.chats.c.topic, t.chats.c.blocked_reason
).select_from(t.deliveries.join(t.chats, t.chats.c.id == t.deliveries.c.chat_id))
_QUEUED = t.deliveries.c.state == State.QUEUED
_FAILED = t.deliveries.c.state == State.FAILED
_UNSENT = t.deliveries.c.state.in_((State.QUEUED, State.FAILED))
"""Rows not sent that still may be: failed ones are kept for `intercity outbox retry`."""

_FORMER_LANE = t.chats.c.messenger + ":" + t.chats.c.moved_from
_before = t.deliveries.alias()
# A delivery in flight when its chat moved is settled in the old lane; until then nothing overtakes it.
_UNSETTLED = sa.exists().where(_before.c.lane == _FORMER_LANE, t.is_open(_before.c.state))
_OLDEST = (
    _ROW.where(
        t.deliveries.c.lane == sa.bindparam("lane"), t.OPEN, sa.or_(t.deliveries.c.lane == _FORMER_LANE, ~_UNSETTLED)
    )
    .order_by(t.deliveries.c.turn, t.deliveries.c.id)
    .limit(1)
)
_PLACE = (
    sa.select(t.chats.c.messenger, t.chats.c.native_id, t.chats.c.topic)
    .where(t.chats.c.id == sa.bindparam("chat_id"))
    .with_for_update(read=True, key_share=True)
)
_COPY = sa.select(t.copies.c.native_id).where(
    t.copies.c.message_id == sa.bindparam("message_id"),
    t.copies.c.chat_id == sa.bindparam("chat_id"),
    t.copies.c.part == sa.bindparam("part"),
)
_ORIGINAL = sa.select(t.messages.c.native_id).where(
    t.messages.c.id == sa.bindparam("message_id"), t.messages.c.chat_id == sa.bindparam("chat_id")
)
_CHANGE = sa.update(t.deliveries).where(t.deliveries.c.id == sa.bindparam("row"))
# PostgreSQL: a row may be changed, cancelled or claimed between read and update. SQLite has one writer.
_UNCHANGED = _CHANGE.where(
    t.deliveries.c.state == sa.bindparam("read_state"),
    t.deliveries.c.attempts == sa.bindparam("read_attempts"),
    t.deliveries.c.token == sa.bindparam("read_token"),
)
_ATTEMPTS = sa.select(t.deliveries.c.attempts).where(t.deliveries.c.id == sa.bindparam("row"))


class Deliveries(Repository):
    """The rows of the outbox."""

    def __init__(self, connection: AsyncConnection, queued: set[str]) -> None:
        """Work on an open transaction; lanes that get deliveries are added to `queued`."""
        super().__init__(connection)
        self._queued = queued
        self.share = BOT
        """Share used for the bot's own messages: that of the person it is replying to, which preserves the order."""

    # --- queueing ---

    async def send(
        self,
        chat: Chat,
        message_id: int,
        post: Post,
        at: datetime,
        *,
        part: int = 0,
        reply_to: int | str | None = None,
        key: str | None = None,
        share: Share = BOT,
    ) -> None:
        """Queue one part of a message for a chat.

        `reply_to`: id of a stored message, whose copy in the chat is meant, or a native id of the messenger.
        `key`: replaces an older unsent row with the same key. `share`: whose turn it takes.
        """
        if key is not None:
            await self._cancel(t.deliveries.c.key == key, t.deliveries.c.chat_id == chat.id, _UNSENT, at=at)
        await self._add(
            chat,
            Kind.SEND,
            at,
            message_id=message_id,
            part=part,
            post=posts.dump(post),
            key=key,
            share=share,
            reply_message_id=reply_to if isinstance(reply_to, int) else None,
            reply_native_id=reply_to if isinstance(reply_to, str) else None,
        )

    async def replace(
        self, chat: Chat, message_id: int, post: Post, at: datetime, *, part: int = 0, share: Share = BOT
    ) -> None:
        """Queue a change of one part; a send that is still queued, or has failed, is updated in place."""
        part_of = (*_about(chat, message_id), t.deliveries.c.part == part)
        sends, replaces, removes = (t.deliveries.c.kind == kind for kind in (Kind.SEND, Kind.REPLACE, Kind.REMOVE))
        await self._cancel(*part_of, sa.or_(sa.and_(_UNSENT, removes), sa.and_(_FAILED, replaces)), at=at)
        # A new token: the old one may belong to an attempt with the old content.
        changed = {"post": posts.dump(post), "token": _token()}
        unsent = sa.or_(_QUEUED, sa.and_(_FAILED, sends))
        result = await self._connection.execute(sa.update(t.deliveries).where(*part_of, unsent).values(changed))
        if result.rowcount == 0:
            row = {"message_id": message_id, "part": part, "post": posts.dump(post)}
            await self._add(chat, Kind.REPLACE, at, share=share, **row)

    async def lengthen(
        self, chat: Chat, message_id: int, post: Post, at: datetime, *, part: int, share: Share = BOT
    ) -> None:
        """Queue an additional part of a message; if the others have failed, it fails with them."""
        failed = sa.select(t.deliveries.c.error).where(*_about(chat, message_id), _FAILED)
        row = await self._one(failed.where(t.deliveries.c.kind == Kind.SEND).limit(1))
        state = {"state": State.FAILED, "error": row.error, "done_at": at} if row else {}
        values = {"message_id": message_id, "part": part, "post": posts.dump(post)} | state
        await self._add(chat, Kind.SEND, at, share=share, **values)

    async def remove(self, chat: Chat, message_id: int, at: datetime, *, beyond: int = 0, share: Share = BOT) -> None:
        """Remove a message, or its parts from number `beyond` on; unsent and failed parts are cancelled."""
        parts = t.deliveries.c.part >= beyond
        about = _about(chat, message_id)
        await self._cancel(*about, parts, _UNSENT, t.deliveries.c.kind != Kind.REMOVE, at=at)
        there = sa.select(t.copies.c.part).where(
            t.copies.c.chat_id == chat.id, t.copies.c.message_id == message_id, t.copies.c.part >= beyond
        )
        under_way = sa.select(t.deliveries.c.part).where(
            *about, parts, t.deliveries.c.kind == Kind.SEND, t.deliveries.c.state == State.SENDING
        )
        for row in await self._all(sa.union(there, under_way).order_by("part")):
            await self._add(chat, Kind.REMOVE, at, share=share, message_id=message_id, part=row.part)

    async def remove_original(self, chat: Chat, message_id: int, at: datetime, *, share: Share = BOT) -> None:
        """Remove a message in the chat in which a person wrote it."""
        await self._add(chat, Kind.REMOVE, at, share=share, message_id=message_id)

    async def parts(self, chat: Chat, message_id: int, *, failed: bool = True) -> int:
        """Return how many parts of a message a chat has or will get; `failed`: or may get by a retry."""
        coming = sa.or_(t.OPEN, _FAILED) if failed else t.OPEN
        sends = (*_about(chat, message_id), coming, t.deliveries.c.kind == Kind.SEND)
        sent = sa.select(t.deliveries.c.part).where(*sends)
        there = sa.select(t.copies.c.part).where(t.copies.c.chat_id == chat.id, t.copies.c.message_id == message_id)
        return len(await self._all(sa.union(sent, there)))

    async def join(self, chat: Chat, at: datetime) -> None:
        """Queue accepting the invitation to a chat, replacing an earlier request."""
        await self._cancel(t.deliveries.c.chat_id == chat.id, t.deliveries.c.kind == Kind.JOIN, _QUEUED, at=at)
        await self._add(chat, Kind.JOIN, at, share=MOVES)

    async def leave(self, chat: Chat, at: datetime) -> None:
        """Queue leaving a chat, or declining its invitation."""
        await self._add(chat, Kind.LEAVE, at, share=MOVES)

    async def cancel_all(self, chat: Chat, at: datetime) -> None:
        """Cancel all queued and failed deliveries to a chat."""
        await self._cancel(t.deliveries.c.chat_id == chat.id, _UNSENT, at=at)

    # --- sending ---

    async def waiting(self) -> set[str]:
        """Return the lanes that have open deliveries."""
        return {row.lane for row in await self._all(sa.select(t.deliveries.c.lane).where(t.OPEN).distinct())}

    async def claim(
        self, lane: str, at: datetime, *, numbering: Callable[[ChatRef], str] | None = None
    ) -> Delivery | None:
        """Mark the next open row of a lane as being sent and return it; None if there is none or another was faster.

        `numbering` maps a chat to the counter of its messages, whose newest id is stored before the first attempt.
        """
        row = await self._one(_OLDEST, lane=lane)
        if row is None:
            return None
        marks: dict[str, Any] = {"state": State.SENDING, "turn": CLAIMED, "attempts": row.attempts + 1}
        if row.tried_at is None:
            marks["tried_at"] = at
        if numbering and not row.after_id:
            marks["after_id"] = await Counters(self._connection).newest(numbering(_ref(row)))
        if not await self._mark(row, marks):  # changed meanwhile: read it again
            return None if await self._is_claimed(row) else await self.claim(lane, at, numbering=numbering)
        return await self._delivery(row, **marks)

    async def delivered(self, delivery: Delivery, sent: Sent, at: datetime) -> None:
        """Mark a delivery as delivered and erase its content; each message of an album is a part of its own."""
        await self._close(delivery, State.DELIVERED, at)
        if delivery.blocked and delivery.message_id is not None:  # the chat accepts messages again
            reopened = sa.update(t.chats).where(
                t.chats.c.id == delivery.chat_id, t.chats.c.blocked_reason.not_in((NO_RIGHTS, LEFT))
            )
            await self._connection.execute(reopened.values(blocked_reason=""))
        if delivery.message_id is None:
            return
        copy = (t.copies.c.chat_id == delivery.chat_id, t.copies.c.message_id == delivery.message_id)
        if delivery.kind is Kind.SEND:
            await Counters(self._connection).saw(sent.ids)
            place = {"message_id": delivery.message_id, "chat_id": delivery.chat_id}
            for part, id in enumerate(sent.ids, delivery.part):
                if not await self._insert_new(t.copies, **place, part=part, native_id=id):
                    # Delivered nevertheless; only later changes will not reach this copy.
                    log.error("this id belongs to another message already", chat=str(delivery.chat), id=id)
        elif delivery.kind is Kind.REMOVE:
            await self._connection.execute(sa.delete(t.copies).where(*copy, t.copies.c.part == delivery.part))

    async def postpone(self, delivery: Delivery, error: str, *, certain: bool) -> None:
        """Record why an attempt failed; `certain`: it is known not to have been carried out."""
        state = State.QUEUED if certain else State.SENDING
        await self._set(delivery.id, state=state, error=error)

    async def fail(self, delivery: Delivery, error: str, at: datetime) -> None:
        """Mark a delivery as failed; its content, in the latest version, is kept for `intercity outbox`."""
        await self._set(delivery.id, state=State.FAILED, error=error, done_at=at)
        later = await self._superseding(delivery)
        if later is None:
            return
        if delivery.kind is Kind.SEND and later.kind == Kind.REPLACE:
            await self._set(delivery.id, post=later.post)
            await self._cancel(t.deliveries.c.id == later.id, at=at)
        else:  # removed, or the newer content is queued on its own
            await self._close(delivery, State.CANCELLED, at)

    async def _superseding(self, delivery: Delivery) -> sa.Row[Any] | None:
        """Return the newest change of the same part queued after a delivery."""
        if delivery.message_id is None:
            return None
        same = (t.deliveries.c.chat_id == delivery.chat_id, t.deliveries.c.message_id == delivery.message_id)
        later = (t.deliveries.c.part == delivery.part, t.deliveries.c.id > delivery.id, _QUEUED)
        return await self._one(sa.select(t.deliveries).where(*same, *later).order_by(t.deliveries.c.id.desc()).limit(1))

    async def cancel(self, delivery: Delivery, at: datetime) -> None:
        """Cancel a delivery that has become pointless."""
        await self._close(delivery, State.CANCELLED, at)

    async def requeue(self, delivery: Delivery, chat: Chat, reason: str) -> None:
        """Restart a delivery in the chat's new location."""
        again = {"state": State.QUEUED, "lane": chat.ref.lane, "after_id": None, "tried_at": None, "error": reason}
        await self._set(delivery.id, **again)
        self._queued.add(chat.ref.lane)

    async def ids_after(self, chat_ids: Sequence[int], after: str) -> set[str]:
        """Return the known message ids in these chats that are newer than `after`, of the same counter."""
        counter, bound = counted(after) or ("", 0)
        known = {await Counters(self._connection).newest(counter)}
        for table in (t.copies, t.messages):
            newest = sa.select(table.c.native_id).where(table.c.chat_id.in_(chat_ids))
            rows = await self._all(newest.order_by(table.c.id.desc()).limit(2000))
            known |= {row.native_id for row in rows if row.native_id}
        return {id for id in known if (given := counted(id)) and given[0] == counter and given[1] > bound}

    # --- inspection and repair ---

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
        sending = (t.deliveries.c.kind == Kind.SEND, t.deliveries.c.state == State.SENDING)
        rows = await self._all(sa.select(t.deliveries.c.post).where(t.deliveries.c.chat_id == chat.id, *sending))
        return any("buttons" in (row.post or {}) for row in rows)

    async def retry(self, ids: Sequence[int]) -> int:
        """Queue failed deliveries again, except those of deleted messages; return how many."""
        count = 0
        # A new token: the messenger may remember the old one as rejected.
        for row in await self._all(_ROW.where(t.deliveries.c.id.in_(ids), _FAILED, _still_wanted())):
            turn = await self._turn(_ref(row).lane, Share(row.person_id), message_id=row.message_id)
            again = {"state": State.QUEUED, "error": "", "done_at": None, "tried_at": None, "after_id": None}
            await self._set(row.id, **again, turn=turn, token=_token(), lane=_ref(row).lane)
            self._queued.add(_ref(row).lane)
            count += 1
        return count

    async def discard(self, ids: Sequence[int], at: datetime) -> int:
        """Cancel failed or queued deliveries and erase their content; return how many."""
        return await self._cancel(t.deliveries.c.id.in_(ids), _UNSENT, at=at)

    async def last_done(self, chat: Chat) -> datetime | None:
        """Return when something was last delivered to a chat."""
        where = (t.deliveries.c.chat_id == chat.id, t.deliveries.c.state == State.DELIVERED)
        row = await self._one(sa.select(sa.func.max(t.deliveries.c.id).label("id")).where(*where))
        if row is None or row.id is None:
            return None
        done = await self._one(sa.select(t.deliveries.c.done_at).where(t.deliveries.c.id == row.id))
        return done and done.done_at

    # --- internals ---

    async def _turn(
        self, lane: str, share: Share, *, message_id: int | None = None, answered: int | None = None, last: bool = False
    ) -> int:
        """Return the turn of a new row in a lane; `last`: after all others."""
        asked = {"lane": lane, "person_id": share.person_id, "message_id": message_id, "answered": answered}
        places = (await self._connection.execute(PLACES, asked)).one()
        return int(places.last or 0) if last else turn(places, share)

    async def _add(self, chat: Chat, kind: Kind, at: datetime, *, share: Share = BOT, **values: Any) -> None:  # noqa: ANN401 - columns
        fixed = {"state": State.QUEUED, "token": _token(), "attempts": 0, "error": "", "queued_at": at}
        lane = await self._lane(chat)
        row = {**fixed, "part": 0, "lane": lane, **values}
        share = self.share if share == BOT else share
        about = {"message_id": values.get("message_id"), "answered": values.get("reply_message_id")}
        turn = await self._turn(lane, share, last=kind is Kind.LEAVE, **about)
        await self._insert(t.deliveries, chat_id=chat.id, kind=kind, person_id=share.person_id, turn=turn, **row)
        self._queued.add(lane)

    async def _lane(self, chat: Chat) -> str:
        """Return the lane of a chat, locked until the transaction ends.

        PostgreSQL: the chat may move in a concurrent transaction; a row added to its old lane would then overtake
        those that change lanes.
        """
        if self._connection.dialect.name == "sqlite":  # one writer
            return chat.ref.lane
        row = await self._one(_PLACE, chat_id=chat.id)
        return chat.ref.lane if row is None else _ref(row).lane

    async def _set(self, id: int, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        await self._connection.execute(_CHANGE, {"row": id, **values})

    async def _mark(self, row: sa.Row[Any], marks: Mapping[str, Any]) -> bool:
        """Update a row unless it has changed since it was read; return whether it was updated."""
        read = {"row": row.id, "read_state": row.state, "read_attempts": row.attempts, "read_token": row.token}
        return (await self._connection.execute(_UNCHANGED, read | dict(marks))).rowcount > 0

    async def _is_claimed(self, row: sa.Row[Any]) -> bool:
        """Whether another sender has claimed a row since it was read."""
        now = await self._one(_ATTEMPTS, row=row.id)
        return now is not None and now.attempts > row.attempts

    async def _close(self, delivery: Delivery, state: State, at: datetime) -> None:
        await self._set(delivery.id, state=state, done_at=at, post=None, error="")

    async def _cancel(self, *where: sa.ColumnElement[bool], at: datetime) -> int:
        wiped = {"state": State.CANCELLED, "done_at": at, "post": None}
        return (await self._connection.execute(sa.update(t.deliveries).where(*where).values(wiped))).rowcount

    async def _list(self, *where: sa.ColumnElement[bool]) -> list[Delivery]:
        rows = await self._all(_ROW.where(*where).order_by(t.deliveries.c.id))
        return [await self._delivery(row) for row in rows]

    async def _copy(self, message_id: int | None, chat_id: int, part: int = 0) -> str | None:
        """Return the native id of a message, or of one part of it, in a chat."""
        if message_id is None:
            return None
        row = await self._one(_COPY, message_id=message_id, chat_id=chat_id, part=part)
        if row is None:
            row = await self._one(_ORIGINAL, message_id=message_id, chat_id=chat_id)
        return row and row.native_id

    async def _delivery(self, row: sa.Row[Any], **marks: Any) -> Delivery:  # noqa: ANN401 - columns of any type
        reply_to = row.reply_native_id or await self._copy(row.reply_message_id, row.chat_id)
        sends = row.kind == Kind.SEND
        return Delivery(
            id=row.id,
            chat_id=row.chat_id,
            chat=_ref(row),
            message_id=row.message_id,
            part=row.part,
            kind=Kind(row.kind),
            state=State(marks.get("state", row.state)),
            token=row.token,
            blocked=bool(row.blocked_reason),
            post=posts.load(row.post) if row.post is not None else None,
            reply_to=reply_to or "",
            target=None if sends else await self._copy(row.message_id, row.chat_id, row.part),
            uncertain=row.state == State.SENDING,
            after_id=marks.get("after_id", row.after_id) or "",
            attempts=marks.get("attempts", row.attempts),
            error=row.error,
            queued_at=row.queued_at,
            tried_at=marks.get("tried_at", row.tried_at),
            done_at=row.done_at,
        )


def _about(chat: Chat, message_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.deliveries.c.chat_id == chat.id, t.deliveries.c.message_id == message_id)


def _still_wanted() -> sa.ColumnElement[bool]:
    """Return a condition: the row's message has not been deleted."""
    gone = sa.exists().where(t.messages.c.id == t.deliveries.c.message_id, t.messages.c.deleted_at.is_not(None))
    return sa.or_(t.deliveries.c.kind == Kind.REMOVE, sa.not_(gone))


def _ref(row: sa.Row[Any]) -> ChatRef:
    return ChatRef(MessengerName(row.messenger), row.native_id, row.topic)


def _token() -> str:
    return secrets.token_hex(12)
