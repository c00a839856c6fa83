"""What is to be done in the chats becomes rows of the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.model import (
    ClosePoll,
    Join,
    Leave,
    NativePoll,
    Pin,
    Post,
    React,
    Remove,
    Replace,
    Send,
    SendPoll,
)
from storage import tables as t
from storage.chats.records import Chat
from storage.deliveries import posts, rows
from storage.deliveries.holding import Hold
from storage.deliveries.operations import MAKES_MESSAGES
from storage.deliveries.records import State
from storage.deliveries.rows import FAILED, QUEUED, Rows, about
from storage.deliveries.turns import BOT, MOVES, Share

_SENDING = t.deliveries.c.state == State.SENDING


class Queueing(Rows):
    """Queueing of operations, each in the transaction of the caller."""

    async def send(
        self,
        chat: Chat,
        message_id: int,
        post: Post,
        at: datetime,
        *,
        part: int = 0,
        reply_to: int | str | None = None,
        share: Share = BOT,
        hold: float = 0.0,
    ) -> None:
        """Queue one part of a message for a chat; the files of an album are the parts from `part` on.

        `reply_to`: id of a stored message, whose copy in the chat is meant, or a native id of the messenger.
        `share`: whose turn it takes. `hold`: it waits at most so many seconds for the next item of its album.
        """
        held = Hold(at + timedelta(seconds=hold), post.album) if hold else None
        place = {"message_id": message_id, "part": part, **_replied(reply_to)}
        await self._add(chat, Send.kind, at, posts.dump(post), share=share, hold=held, **place)

    async def send_poll(
        self,
        chat: Chat,
        message_id: int,
        poll: NativePoll,
        at: datetime,
        *,
        reply_to: int | str | None = None,
        share: Share = BOT,
    ) -> None:
        """Queue a native poll as a message for a chat; `reply_to` and `share` as in `send`."""
        content, replied = posts.dump_poll(poll), _replied(reply_to)
        await self._add(chat, SendPoll.kind, at, content, message_id=message_id, share=share, **replied)

    async def replace(
        self,
        chat: Chat,
        message_id: int,
        post: Post,
        at: datetime,
        *,
        part: int = 0,
        share: Share = BOT,
        live: bool = False,
    ) -> None:
        """Queue a change of one part; a send that is still queued, or has failed, is updated in place.

        Without files, the files of the part stay. `live`: goes out when the chat may have its next edit of that kind.
        """
        part_of = (*about(chat, message_id), t.deliveries.c.part == part)
        sends, replaces, removes = (t.deliveries.c.kind == each.kind for each in (Send, Replace, Remove))
        packed = posts.dump(post)
        changeable = sa.or_(sa.and_(QUEUED, sa.or_(sends, replaces)), sa.and_(FAILED, sends))
        columns = (t.deliveries.c.id, t.deliveries.c.kind, t.deliveries.c.post)
        changed = await self._all(sa.select(*columns).where(*part_of, changeable).with_for_update())
        # A removal before a send makes room for it (see `Lanes.take_out`).
        removed = sa.and_(
            removes, t.deliveries.c.id > min((row.id for row in changed if row.kind == Send.kind), default=0)
        )
        await self._cancel(*part_of, sa.or_(sa.and_(rows.UNSENT, removed), sa.and_(FAILED, replaces)), at=at)
        for row in changed:
            content = posts.with_files_of(packed, row.post)
            await self._rewrite(row.id, content, live=live and row.kind == Replace.kind)
        if not changed:
            await self._add(chat, Replace.kind, at, packed, share=share, message_id=message_id, part=part, live=live)

    async def lengthen(
        self, chat: Chat, message_id: int, post: Post, at: datetime, *, part: int, share: Share = BOT
    ) -> None:
        """Queue an additional part of a message; if the others have failed, it fails with them."""
        failed = sa.select(t.deliveries.c.error, t.deliveries.c.reason).where(*about(chat, message_id), FAILED)
        row = await self._one(failed.where(t.deliveries.c.kind == Send.kind).limit(1))
        state = {"state": State.FAILED, "error": row.error, "reason": row.reason, "done_at": at} if row else {}
        await self._add(chat, Send.kind, at, posts.dump(post), share=share, message_id=message_id, part=part, **state)

    async def react(
        self,
        chat: Chat,
        message_id: int,
        key: str,
        at: datetime,
        *,
        more: Sequence[str] = (),
        part: int = 0,
        share: Share = BOT,
    ) -> None:
        """Queue the bot's reactions to a message, or to its copy in the chat, as in `React`; empty: take them back."""
        content = {"key": key} | ({"more": list(more)} if more else {})
        await self._mark_message(chat, message_id, React.kind, content, at, part=part, share=share)

    async def pin(self, chat: Chat, message_id: int, at: datetime, *, pinned: bool = True, share: Share = BOT) -> None:
        """Queue pinning or unpinning a message, or its copy in the chat."""
        await self._mark_message(chat, message_id, Pin.kind, {"pinned": pinned}, at, share=share)

    async def close_poll(self, chat: Chat, message_id: int, at: datetime, *, share: Share = BOT) -> None:
        """Queue the end of a native poll."""
        await self._mark_message(chat, message_id, ClosePoll.kind, {}, at, share=share)

    async def remove(self, chat: Chat, message_id: int, at: datetime, *, beyond: int = 0, share: Share = BOT) -> None:
        """Remove a message, or its parts from number `beyond` on; unsent and failed parts are cancelled."""
        await self._cancel(
            *about(chat, message_id),
            t.deliveries.c.part >= beyond,
            rows.UNSENT,
            t.deliveries.c.kind != Remove.kind,
            at=at,
        )
        there = sa.select(t.copies.c.part).where(
            t.copies.c.chat_id == chat.id, t.copies.c.message_id == message_id, t.copies.c.part >= beyond
        )
        parts = {row.part for row in await self._all(there)}
        sending = await self._parts_of(_SENDING, chat, message_id)
        if any(sending.values()):  # the text of a file without a caption may become one more message
            sending[max(sending) + 1] = False
        parts |= {part for part in sending if part >= beyond}
        for part in sorted(parts):
            await self._add(chat, Remove.kind, at, share=share, message_id=message_id, part=part)

    async def remove_original(self, chat: Chat, message_id: int, at: datetime, *, share: Share = BOT) -> None:
        """Remove a message in the chat in which a person wrote it."""
        await self._add(chat, Remove.kind, at, share=share, message_id=message_id)

    async def cancel_marks(self, chat: Chat, message_id: int, at: datetime) -> None:
        """Cancel the reactions and pins that wait for a message in the chat in which a person wrote it."""
        marks = t.deliveries.c.kind.in_((React.kind, Pin.kind))
        await self._cancel(*about(chat, message_id), marks, rows.UNSENT, at=at)

    async def layout(self, chat: Chat, message_id: int) -> list[bool]:
        """Return, for each part of a message that a chat has or may get, whether it is a file."""
        copies = sa.select(t.copies.c.part, t.copies.c.has_file)
        there = copies.where(t.copies.c.chat_id == chat.id, t.copies.c.message_id == message_id)
        parts = await self._parts_of(sa.or_(t.OPEN, FAILED), chat, message_id)
        parts |= {row.part: row.has_file for row in await self._all(there)}
        return [parts[part] for part in sorted(parts)]

    async def reaches(self, chat: Chat, message_id: int) -> bool:
        """Return whether a chat has a message or is about to get it."""
        sends = (*about(chat, message_id), t.OPEN, t.deliveries.c.kind.in_(MAKES_MESSAGES))
        coming = sa.select(t.deliveries.c.id).where(*sends).limit(1)
        there = sa.select(t.copies.c.id).where(t.copies.c.chat_id == chat.id, t.copies.c.message_id == message_id)
        return bool(await self._one(there.limit(1)) or await self._one(coming))

    async def chats_with(self, message_id: int) -> list[int]:
        """Return the ids of the chats that have or may get a message of the bot."""
        sends = (t.deliveries.c.message_id == message_id, t.deliveries.c.kind.in_(MAKES_MESSAGES))
        coming = sa.select(t.deliveries.c.chat_id).where(*sends, sa.or_(t.OPEN, FAILED))
        there = sa.select(t.copies.c.chat_id).where(t.copies.c.message_id == message_id)
        return [row.chat_id for row in await self._all(sa.union(coming, there).order_by("chat_id"))]

    async def join(self, chat: Chat, at: datetime) -> None:
        """Queue accepting the invitation to a chat, replacing an earlier request."""
        await self._cancel(t.deliveries.c.chat_id == chat.id, t.deliveries.c.kind == Join.kind, QUEUED, at=at)
        await self._add(chat, Join.kind, at, share=MOVES)

    async def leave(self, chat: Chat, at: datetime) -> None:
        """Queue leaving a chat, or declining its invitation."""
        await self._add(chat, Leave.kind, at, share=MOVES)

    async def cancel_all(self, chat: Chat, at: datetime) -> None:
        """Cancel all queued and failed deliveries to a chat."""
        await self._cancel(t.deliveries.c.chat_id == chat.id, rows.UNSENT, at=at)

    async def _mark_message(
        self,
        chat: Chat,
        message_id: int,
        kind: str,
        content: Mapping[str, Any],
        at: datetime,
        *,
        part: int = 0,
        share: Share,
    ) -> None:
        """Queue an operation on a message, in place of an unsent one of the same kind."""
        same = (*about(chat, message_id), t.deliveries.c.part == part, t.deliveries.c.kind == kind, rows.UNSENT)
        await self._cancel(*same, at=at)
        await self._add(chat, kind, at, {"v": posts.VERSION, **content}, message_id=message_id, part=part, share=share)

    async def _parts_of(self, state: sa.ColumnElement[bool], chat: Chat, message_id: int) -> dict[int, bool]:
        """Return the parts that sends in this state make, and whether each is a file."""
        sends = sa.select(t.deliveries.c.part, t.deliveries.c.post).where(
            *about(chat, message_id), state, t.deliveries.c.kind.in_(MAKES_MESSAGES)
        )
        parts: dict[int, bool] = {}
        for row in await self._all(sends):
            files = len((row.post or {}).get("files", ()))
            parts |= {row.part + number: bool(files) for number in range(max(files, 1))}
        return parts


def _replied(reply_to: int | str | None) -> dict[str, Any]:
    return {
        "reply_message_id": reply_to if isinstance(reply_to, int) else None,
        "reply_native_id": reply_to if isinstance(reply_to, str) else None,
    }
