"""The lanes: each hands its rows to the messenger one by one, and records what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from bot.model import ChatRef, Leave, Post, Reason, Remove, Replace, Send, Sent, counted
from storage import tables as t
from storage.chats.records import LEFT, NO_RIGHTS, Chat
from storage.counters import Counters
from storage.deliveries import posts
from storage.deliveries.merging import Merge, Merging
from storage.deliveries.operations import MAKES_MESSAGES
from storage.deliveries.records import Delivery, State
from storage.deliveries.resting import PAST_RESTING
from storage.deliveries.rows import QUEUED, ROW, ref_of
from storage.deliveries.turns import CLAIMED, URGENT

log = structlog.get_logger()

EDIT_PAUSE = timedelta(seconds=5)
"""Minimum time between two edits of live cards in one chat."""
LONGEST_PAUSE = timedelta(hours=1)
"""Maximum time for which a chat is paused at once."""

_FORMER_LANE = t.chats.c.messenger + ":" + t.chats.c.moved_from
_before = t.deliveries.alias()
# A delivery in flight when its chat moved is settled in the old lane; until then nothing overtakes it.
_UNSETTLED = sa.exists().where(_before.c.lane == _FORMER_LANE, t.is_open(_before.c.state))
_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=t.UtcDateTime())
_THEN: sa.BindParameter[datetime] = sa.bindparam("then", type_=t.UtcDateTime())
_AFTER_PAUSE: sa.BindParameter[datetime] = sa.bindparam("after_pause", type_=t.UtcDateTime())
# The next edit is never further ahead than the pause, unless the clock was set back.
_MAY_EDIT = sa.or_(t.chats.c.edit_at.is_(None), t.chats.c.edit_at <= _NOW, t.chats.c.edit_at > _THEN)
_edit = t.deliveries.alias()
_WAITS = sa.or_(_edit.c.live, _edit.c.held_until.is_not(None))
_LAST_EDITS = sa.exists().where(_edit.c.lane == t.deliveries.c.lane, t.is_open(_edit.c.state), _WAITS)
_HELD_UNTIL = t.deliveries.c.held_until
# As above; a pause is never longer than an hour.
_IS_LEAVE = t.deliveries.c.kind == sa.literal_column(f"'{Leave.kind}'")
_PAUSED = sa.and_(t.chats.c.paused_until > _NOW, t.chats.c.paused_until <= _AFTER_PAUSE)
_IS_OPEN = sa.or_(t.chats.c.paused_until.is_(None), sa.not_(_PAUSED), _IS_LEAVE)
_held = t.deliveries.alias()
_FOLLOWS_HELD = sa.exists().where(
    _held.c.lane == t.deliveries.c.lane,
    t.is_open(_held.c.state),
    _held.c.held_until.is_not(None),
    sa.and_(_held.c.held_until > _NOW, _held.c.held_until <= _THEN),
    sa.or_(
        _held.c.person_id == t.deliveries.c.person_id,
        _held.c.message_id == t.deliveries.c.message_id,
        _held.c.message_id == t.deliveries.c.reply_message_id,
    ),
    sa.or_(
        _held.c.turn < t.deliveries.c.turn,
        sa.and_(_held.c.turn == t.deliveries.c.turn, _held.c.id < t.deliveries.c.id),
    ),
)
_DUE = sa.and_(
    _IS_OPEN,
    sa.or_(
        t.deliveries.c.turn <= CLAIMED,
        sa.case(
            (sa.and_(_HELD_UNTIL > _NOW, _HELD_UNTIL <= _THEN), sa.false()),
            (_FOLLOWS_HELD, sa.false()),
            (t.deliveries.c.live, _MAY_EDIT),
            (_IS_LEAVE, ~_LAST_EDITS),
            else_=sa.true(),
        ),
    ),
)
"""Rows that may go out now: what has to wait, as an edit of a live card or an album that may not be complete, holds up
none of the others, except leaving."""
_OLDEST = (
    ROW.add_columns(t.chats.c.edit_at)
    .where(
        t.deliveries.c.lane == sa.bindparam("lane"),
        t.OPEN,
        sa.or_(t.deliveries.c.lane == _FORMER_LANE, ~_UNSETTLED),
        _DUE,
    )
    .order_by(t.deliveries.c.turn, t.deliveries.c.id)
    .limit(1)
)
_OLDEST_URGENT = _OLDEST.where(t.deliveries.c.turn <= URGENT)
_OLDEST_PAST_RESTING = _OLDEST.where(*PAST_RESTING)
_LANES = (
    sa.select(t.deliveries.c.lane)
    .select_from(t.deliveries.join(t.chats, t.chats.c.id == t.deliveries.c.chat_id))
    .where(t.OPEN, _DUE)
    .distinct()
)
_NEXT_HELD = sa.select(sa.func.min(_HELD_UNTIL).label("until")).where(
    t.HELD, t.deliveries.c.turn > CLAIMED, _HELD_UNTIL > _NOW, _HELD_UNTIL <= _THEN
)
# PostgreSQL: a row may be changed, moved, cancelled or claimed between read and update. SQLite has one writer.
_UNCHANGED = (
    sa.update(t.deliveries)
    .where(t.deliveries.c.id == sa.bindparam("row"))
    .where(
        t.deliveries.c.state == sa.bindparam("read_state"),
        t.deliveries.c.attempts == sa.bindparam("read_attempts"),
        t.deliveries.c.token == sa.bindparam("read_token"),
        t.deliveries.c.lane == sa.bindparam("read_lane"),
    )
)
_ATTEMPTS = sa.select(t.deliveries.c.attempts).where(t.deliveries.c.id == sa.bindparam("row"))
_CHANGES = t.deliveries.c.kind.in_((Replace.kind, Remove.kind))


class Lanes(Merging):
    """Claiming and settling of rows."""

    async def waiting(self, at: datetime) -> set[str]:
        """Return the lanes that have open deliveries which may go out now."""
        return {row.lane for row in await self._all(_LANES, **_moments(at))}

    async def next_held(self, at: datetime) -> datetime | None:
        """Return when the next item of an album stops waiting for another one, after `at`."""
        row = await self._one(_NEXT_HELD, now=at, then=at + EDIT_PAUSE)
        return row and row.until

    async def claim(
        self,
        lane: str,
        at: datetime,
        *,
        numbering: Callable[[ChatRef], str] | None = None,
        urgent: bool = False,
        resting: int | None = None,
        merge: Merge | None = None,
    ) -> Delivery | None:
        """Mark the next open row of a lane as being sent and return it; None if there is none or another was faster.

        `numbering` maps a chat to the counter of its messages, whose newest id is stored before the first attempt.
        `urgent`: only if somebody waits for it, or if it is to be settled. `resting`: the person whose rows wait
        nevertheless. `merge`: with the rows behind it.
        """
        past = {} if urgent or resting is None else {"resting": resting}
        oldest = _OLDEST_URGENT if urgent else _OLDEST_PAST_RESTING if past else _OLDEST
        row = await self._one(oldest, lane=lane, **past, **_moments(at))
        if row is None:
            return None
        marks: dict[str, Any] = {"state": State.SENDING, "turn": min(row.turn, CLAIMED), "attempts": row.attempts + 1}
        if row.tried_at is None:
            marks["tried_at"] = at
        if numbering and not row.after_id:
            marks["after_id"] = await Counters(self._connection).newest(numbering(ref_of(row)))
        if not await self._mark(row, marks):  # changed meanwhile: read it again
            if await self._is_claimed(row):
                return None
            return await self.claim(lane, at, numbering=numbering, urgent=urgent, resting=resting, merge=merge)
        if row.live:
            edited = sa.update(t.chats).where(t.chats.c.id == row.chat_id).values(edit_at=at + EDIT_PAUSE)
            await self._connection.execute(edited)
        return await self._with_followers(row, await self._delivery(row, **marks), merge, at)

    async def delivered(self, delivery: Delivery, sent: Sent, at: datetime) -> None:
        """Mark a delivery as delivered and erase its content; each message of an album is a part of its own.

        Its chat accepts messages again, if it did not.
        """
        together = (delivery, *delivery.followers)
        is_album = delivery.followers and all(each.post and each.post.files for each in delivery.followers)
        if not is_album:
            for section, each in enumerate(together):
                await self._delivered(each, sent, at, place=section)
            return
        named = next((each for each in together if each.post and each.post.text), delivery)
        for number, each in enumerate(together):
            item = replace(sent, ids=sent.ids[number : number + 1])
            await self._delivered(each, item, at, album_id=named.message_id)

    async def _delivered(self, delivery: Delivery, sent: Sent, at: datetime, **values: int | None) -> None:
        delivery = replace(delivery, chat_id=await self._close(delivery, State.DELIVERED, at))
        if delivery.blocked and delivery.message_id is not None:  # the chat accepts messages again
            known = t.chats.c.blocked_reason
            reason = sa.case((known.in_((NO_RIGHTS, LEFT)), known), else_="")
            reopened = sa.update(t.chats).where(t.chats.c.id == delivery.chat_id)
            await self._connection.execute(reopened.values(blocked_reason=reason, paused_until=None))
        if delivery.message_id is None:
            return
        copy = (t.copies.c.chat_id == delivery.chat_id, t.copies.c.message_id == delivery.message_id)
        if delivery.kind in MAKES_MESSAGES:
            await self._keep_copies(delivery, sent, values)
        elif delivery.kind == Remove.kind:
            await self._connection.execute(sa.delete(t.copies).where(*copy, t.copies.c.part == delivery.part))
        elif isinstance(delivery.operation, Replace):
            await self._replaced(delivery, delivery.operation, *copy)

    async def _replaced(self, delivery: Delivery, made: Replace, *copy: sa.ColumnElement[bool]) -> None:
        if made.caption:  # it names its author itself now
            another = sa.update(t.copies).where(*copy, t.copies.c.album_id != t.copies.c.message_id)
            await self._connection.execute(another.values(album_id=None))
        if made.post.files:  # a text may have been replaced by a file
            changed = sa.update(t.copies).where(*copy, t.copies.c.part == delivery.part)
            await self._connection.execute(changed.values(has_file=True))

    async def _keep_copies(self, delivery: Delivery, sent: Sent, values: Mapping[str, int | None]) -> None:
        await Counters(self._connection).record(sent.ids)
        files = len(delivery.post.files) if delivery.post else 0
        for number, id in enumerate(sent.ids):
            place = {"message_id": delivery.message_id, "chat_id": delivery.chat_id, "part": delivery.part + number}
            copy = {"native_id": id, "has_file": number < files, "poll_id": sent.poll or None, **values}
            if not await self._insert_new(t.copies, **place, **copy):
                # Delivered nevertheless; only later changes will not reach this copy.
                log.error("this id belongs to another message already", chat=str(delivery.chat), id=id)

    async def postpone(self, delivery: Delivery, error: str, *, certain: bool) -> None:
        """Record why an attempt failed; `certain`: it is known not to have been carried out."""
        state = State.QUEUED if certain else State.SENDING
        free = {"head_id": None} if certain and delivery.followers else {}
        await self._set_all([{"row": id, "state": state, "error": error, **free} for id in delivery.row_ids])

    async def fail(self, delivery: Delivery, error: str, at: datetime, reason: Reason = Reason.NOT_ACCEPTABLE) -> None:
        """Mark a delivery as failed; its content, in the latest version, is kept for `intercity outbox`."""
        await self._set(delivery.id, state=State.FAILED, error=error, reason=reason, done_at=at, head_id=delivery.id)
        later = await self._superseding(delivery)
        if later is None:
            return
        if delivery.kind == Send.kind and later.kind == Replace.kind:
            row = await self._one(sa.select(t.deliveries.c.post).where(t.deliveries.c.id == delivery.id))
            await self._rewrite(delivery.id, posts.with_files_of(later.post, row and row.post))
            await self._cancel(t.deliveries.c.id == later.id, at=at)
        else:  # removed, or the newer content is queued on its own
            await self._close(delivery, State.CANCELLED, at)

    async def give_up(self, chat: Chat, error: str, reason: Reason, at: datetime, *, queued_before: datetime) -> None:
        """Mark what has waited for a chat for too long as failed."""
        waiting = (t.deliveries.c.chat_id == chat.id, QUEUED, t.deliveries.c.queued_at < queued_before)
        values = {"state": State.FAILED, "error": error, "reason": reason, "done_at": at}
        await self._connection.execute(sa.update(t.deliveries).where(*waiting).values(values))

    async def _superseding(self, delivery: Delivery) -> sa.Row[Any] | None:
        """Return the newest change of the same part queued after a delivery."""
        if delivery.message_id is None:
            return None
        same = (t.deliveries.c.chat_id == delivery.chat_id, t.deliveries.c.message_id == delivery.message_id)
        later = (t.deliveries.c.part == delivery.part, t.deliveries.c.id > delivery.id, _CHANGES, QUEUED)
        return await self._one(sa.select(t.deliveries).where(*same, *later).order_by(t.deliveries.c.id.desc()).limit(1))

    async def take_out(self, delivery: Delivery, chat: Chat, at: datetime, post: Post | None = None) -> bool:
        """Send a section that has become too long for its message on its own; return False if it is none.

        `post`: of any change, the message that is sent in place of the one that cannot become it.
        """
        if not (isinstance(delivery.operation, Replace) and (delivery.operation.section or post)):
            return False
        if await self._superseding(delivery) is None:
            part: dict[str, Any] = {"message_id": delivery.message_id, "part": delivery.part}
            # In the turn of the change: further parts that it has added come after them.
            part["turn"] = CLAIMED
            await self._add(chat, Remove.kind, at, **part)
            await self._add(chat, Send.kind, at, posts.dump(post or delivery.operation.post), **part)
        await self._close(delivery, State.CANCELLED, at)
        return True

    async def cancel(self, delivery: Delivery, at: datetime) -> None:
        """Cancel a delivery that has become pointless."""
        await self._close(delivery, State.CANCELLED, at)

    async def requeue(self, delivery: Delivery, chat: Chat, reason: str) -> None:
        """Restart a delivery in the chat's new location."""
        again = {"state": State.QUEUED, "lane": chat.ref.lane, "after_id": None, "tried_at": None, "error": reason}
        again |= {"head_id": None}
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

    async def _mark(self, row: sa.Row[Any], marks: Mapping[str, Any]) -> bool:
        """Update a row unless it has changed since it was read; return whether it was updated."""
        read = {f"read_{name}": getattr(row, name) for name in ("state", "attempts", "token", "lane")}
        return await self._update(_UNCHANGED, row=row.id, **read, **marks) > 0

    async def _is_claimed(self, row: sa.Row[Any]) -> bool:
        """Whether another sender has claimed a row since it was read."""
        now = await self._one(_ATTEMPTS, row=row.id)
        return now is not None and now.attempts > row.attempts


def _moments(at: datetime) -> dict[str, datetime]:
    """Return the parameters of `_DUE`."""
    return {"now": at, "then": at + EDIT_PAUSE, "after_pause": at + LONGEST_PAUSE}
