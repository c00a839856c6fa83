"""What all parts of the outbox share: its rows are added, changed, closed and read here."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatRef, Leave, MessengerName, Reason, Section
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.deliveries import posts
from storage.deliveries.holding import HELD, Hold, holds
from storage.deliveries.operations import MAKES_MESSAGES, operation
from storage.deliveries.records import Delivery, State
from storage.deliveries.turns import BOT, CLAIMED, PLACES, URGENT, Share, turn
from storage.files.repository import StoredFiles

log = structlog.get_logger()

_said = t.messages.alias()
ROW = sa.select(
    t.deliveries,
    t.chats.c.messenger,
    t.chats.c.native_id,
    t.chats.c.topic,
    t.chats.c.blocked_reason,
    _said.c.thread_id,
).select_from(
    t.deliveries.join(t.chats, t.chats.c.id == t.deliveries.c.chat_id).outerjoin(
        _said, _said.c.id == t.deliveries.c.message_id
    )
)
QUEUED = t.deliveries.c.state == State.QUEUED
FAILED = t.deliveries.c.state == State.FAILED
URGENT_A_MINUTE = 8
"""How many answers a minute to one person go before what others wait for; further ones take turns with it."""
UNSENT = t.deliveries.c.state.in_((State.QUEUED, State.FAILED))
"""Rows not sent that still may be: failed ones are kept for `intercity outbox retry`."""

_PLACE = (
    sa.select(t.chats.c.messenger, t.chats.c.native_id, t.chats.c.topic)
    .where(t.chats.c.id == sa.bindparam("chat_id"))
    .with_for_update(read=True, key_share=True)
)
_together = t.copies.alias()
_TOGETHER = (
    sa.select(sa.func.count())
    .where(_together.c.chat_id == t.copies.c.chat_id, _together.c.native_id == t.copies.c.native_id)
    .correlate(t.copies)
)
_COPY = sa.select(
    t.copies.c.native_id,
    t.copies.c.has_file,
    _TOGETHER.scalar_subquery().label("sections"),
    _TOGETHER.where(_together.c.place < t.copies.c.place).scalar_subquery().label("section"),
).where(
    t.copies.c.message_id == sa.bindparam("message_id"),
    t.copies.c.chat_id == sa.bindparam("chat_id"),
    t.copies.c.part == sa.bindparam("part"),
)
_ORIGINAL = sa.select(
    t.messages.c.native_id,
    sa.false().label("has_file"),
    sa.literal(1).label("sections"),
    sa.literal(0).label("section"),
).where(t.messages.c.id == sa.bindparam("message_id"), t.messages.c.chat_id == sa.bindparam("chat_id"))
_root = t.messages.alias()
_FIRST_IN_THREAD = (
    sa.select(t.messages.c.id, t.copies.c.native_id)
    .select_from(
        t.messages.join(t.copies, t.copies.c.message_id == t.messages.c.id).join(
            _root, _root.c.id == t.messages.c.thread_id
        )
    )
    .where(
        t.messages.c.thread_id == sa.bindparam("root_id"),
        t.copies.c.chat_id == sa.bindparam("chat_id"),
        _root.c.deleted_at.is_(None),
    )
    .order_by(t.messages.c.id, t.copies.c.part)
    .limit(1)
)
"""The first message of a thread in a chat. Where the root never arrived, it is the root there."""
_RECENT = sa.select(sa.func.count().label("n")).where(
    t.deliveries.c.queued_at > sa.bindparam("since", type_=t.UtcDateTime()),
    t.deliveries.c.lane == sa.bindparam("lane"),
    t.deliveries.c.person_id == sa.bindparam("person_id"),
)
_CHANGE = sa.update(t.deliveries).where(t.deliveries.c.id == sa.bindparam("row"))
_CLOSE = _CHANGE.returning(t.deliveries.c.chat_id)


class Rows(Repository):
    """The rows of the outbox."""

    def __init__(self, connection: AsyncConnection, queued: set[str]) -> None:
        """Work on an open transaction; lanes that get deliveries are added to `queued`."""
        super().__init__(connection)
        self._queued = queued
        self._files = StoredFiles(connection)
        self.share = BOT
        """Share used for the bot's own messages: that of the person it is replying to, which preserves the order."""
        self.asked_in: int | None = None
        """The chat in which that person waits for an answer: what the bot says there is urgent."""

    async def _turn(
        self,
        lane: str,
        share: Share,
        *,
        message_id: int | None = None,
        answered: int | None = None,
        last: bool = False,
        urgent: bool = False,
        hold: Hold | None = None,
    ) -> tuple[int, datetime | None]:
        """Return the turn of a new row in a lane, and until when it is held; `last`: after all others."""
        asked = {"lane": lane, "person_id": share.person_id, "answered": answered}
        (places,) = await self._all(PLACES, **asked, message_id=message_id)
        changes, until = holds(await self._all(HELD, **asked) if places.held else [], hold, share.person_id)
        if changes:
            await self._set_all(changes)
        return int(places.last or 0) if last else turn(places, share, urgent=urgent), until

    async def _add(
        self,
        chat: Chat,
        kind: str,
        at: datetime,
        content: dict[str, Any] | None = None,
        *,
        share: Share = BOT,
        hold: Hold | None = None,
        **values: Any,  # noqa: ANN401 - columns of any type
    ) -> None:
        lane = await self._lane(chat)
        fixed = {"state": State.QUEUED, "token": token(), "attempts": 0, "error": "", "queued_at": at, "part": 0}
        share = self.share if share == BOT else share
        urgent = chat.id == self.asked_in and share == self.share
        urgent = urgent and await self._recent(lane, share, at) < URGENT_A_MINUTE
        about = {"message_id": values.get("message_id"), "answered": values.get("reply_message_id")}
        turn, held_until = await self._turn(lane, share, last=kind == Leave.kind, urgent=urgent, hold=hold, **about)
        row = {
            **fixed,
            "lane": lane,
            "kind": kind,
            "post": content,
            "person_id": share.person_id,
            "turn": turn,
            "held_until": held_until,
            **values,
        }
        id = await self._insert(t.deliveries, chat_id=chat.id, **row)
        if files := set(posts.stored_files(content)):
            await self._files.need(id, files)
        self._queued.add(lane)

    async def _recent(self, lane: str, share: Share, at: datetime) -> int:
        """Return how many rows of a lane have been queued for a person within a minute."""
        since = at - timedelta(minutes=1)
        row = await self._one(_RECENT, lane=lane, person_id=share.person_id, since=since)
        return int(row.n) if row else 0

    async def _lane(self, chat: Chat) -> str:
        """Return the lane of a chat, locked until the transaction ends.

        PostgreSQL: the chat may move in a concurrent transaction; a row added to its old lane would then overtake
        those that change lanes.
        """
        if self._connection.dialect.name == "sqlite":  # one writer
            return chat.ref.lane
        row = await self._one(_PLACE, chat_id=chat.id)
        return chat.ref.lane if row is None else ref_of(row).lane

    async def _set(self, id: int, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        await self._update(_CHANGE, row=id, **values)

    async def _set_all(self, rows: Sequence[dict[str, Any]]) -> None:
        """Change several rows, each named by `row`, in the same columns."""
        await self._connection.execute(_CHANGE, rows)

    async def _rewrite(self, id: int, content: dict[str, Any], *, live: bool = False) -> None:
        """Replace the content of an unsent row, with a new token: the old one may belong to an attempt with the old."""
        await self._set(id, post=content, token=token(), live=live)
        await self._files.need(id, posts.stored_files(content))

    async def _close(self, delivery: Delivery, state: State, at: datetime) -> int:
        """Close a delivery; return the id of its chat, which may have become part of another one since the claim."""
        row = await self._one(_CLOSE, row=delivery.id, state=state, done_at=at, post=None, error="")
        if delivery.operation is None or (delivery.post and delivery.post.files):
            await self._files.release()
        return int(row.chat_id) if row else delivery.chat_id

    async def _cancel(self, *where: sa.ColumnElement[bool], at: datetime) -> int:
        wiped = {"state": State.CANCELLED, "done_at": at, "post": None}
        count = (await self._connection.execute(sa.update(t.deliveries).where(*where).values(wiped))).rowcount
        if count:
            await self._files.release()
        return count

    async def _list(self, *where: sa.ColumnElement[bool]) -> list[Delivery]:
        rows = await self._all(ROW.where(*where).order_by(t.deliveries.c.id))
        return [await self._delivery(row) for row in rows]

    async def _copy(self, message_id: int | None, chat_id: int, part: int = 0) -> sa.Row[Any] | None:
        """Return the native id of a message, or of one part of it, in a chat, and whether it is a copy with a file."""
        if message_id is None:
            return None
        copy = await self._one(_COPY, message_id=message_id, chat_id=chat_id, part=part)
        return copy or await self._one(_ORIGINAL, message_id=message_id, chat_id=chat_id)

    async def _thread(self, row: sa.Row[Any]) -> str:
        """Return the native id of the root of a thread in the chat of a row, empty if there is none."""
        if row.thread_id is None or row.kind not in MAKES_MESSAGES:
            return ""
        if root := await self._copy(row.thread_id, row.chat_id):
            return str(root.native_id)
        first = await self._one(_FIRST_IN_THREAD, root_id=row.thread_id, chat_id=row.chat_id)
        return first.native_id if first and first.id != row.message_id else ""

    async def _delivery(self, row: sa.Row[Any], **marks: Any) -> Delivery:  # noqa: ANN401 - columns of any type
        replied = None if row.reply_native_id else await self._copy(row.reply_message_id, row.chat_id)
        target = None if row.kind in MAKES_MESSAGES else await self._copy(row.message_id, row.chat_id, row.part)
        chat, made, unreadable = ref_of(row), None, False
        try:
            made = operation(
                row,
                chat,
                target=target and target.native_id,
                has_file=bool(target and target.has_file),
                section=Section(target.section, target.sections) if target and target.sections > 1 else None,
                reply_to=row.reply_native_id or (replied and replied.native_id) or "",
                thread=await self._thread(row),
            )
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # It must neither hold up its lane nor hide from whoever lists the outbox.
            log.error("a delivery cannot be read", delivery=row.id, error=type(error).__name__)  # noqa: TRY400 - no content in logs
            unreadable = True
        return Delivery(
            id=row.id,
            chat_id=row.chat_id,
            chat=chat,
            message_id=row.message_id,
            part=row.part,
            kind=row.kind,
            state=State(marks.get("state", row.state)),
            token=row.token,
            blocked=bool(row.blocked_reason),
            operation=made,
            unreadable=unreadable,
            uncertain=row.state == State.SENDING,
            after_id=marks.get("after_id", row.after_id) or "",
            attempts=marks.get("attempts", row.attempts),
            error=row.error,
            reason=Reason(row.reason) if row.reason else None,
            queued_at=row.queued_at,
            tried_at=marks.get("tried_at", row.tried_at),
            done_at=row.done_at,
            urgent=CLAIMED < row.turn <= URGENT,
            person_id=row.person_id,
        )


def about(chat: Chat, message_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition that a row is about a message in a chat."""
    return (t.deliveries.c.chat_id == chat.id, t.deliveries.c.message_id == message_id)


def ref_of(row: sa.Row[Any]) -> ChatRef:
    """Return the chat of a row."""
    return ChatRef(MessengerName(row.messenger), row.native_id, row.topic)


def token() -> str:
    """Return a new token, which is never used again."""
    return secrets.token_hex(12)
