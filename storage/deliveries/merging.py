"""Several rows as one message: those that wait behind a row go with it, and what becomes of it becomes of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from bot.model import Post, Send
from storage import tables as t
from storage.deliveries import posts
from storage.deliveries.records import Delivery, State
from storage.deliveries.rows import ROW, Rows
from storage.deliveries.turns import CLAIMED

MOST = 60
"""Rows that are looked at for one message."""

_BEHIND = (
    ROW.where(
        t.deliveries.c.lane == sa.bindparam("lane"),
        t.OPEN,
        t.deliveries.c.id != sa.bindparam("head"),
        ~t.deliveries.c.live,
    )
    .order_by(t.deliveries.c.turn, t.deliveries.c.id)
    .limit(MOST)
    .with_for_update(of=t.deliveries)
)
_WITH = ROW.where(
    t.deliveries.c.head_id == sa.bindparam("head"),
    t.deliveries.c.id != sa.bindparam("head"),
    t.deliveries.c.state == State.SENDING,
).order_by(t.deliveries.c.turn, t.deliveries.c.id)


@dataclass(frozen=True, slots=True)
class Merge:
    """When rows are merged, and how many of them: if more than `free` wait, as many as `fit` into a message.

    `fit` returns how many of some posts, from the first, one message can carry; at least 1.
    """

    fit: Callable[[Sequence[Post]], int]
    free: int


class Merging(Rows):
    """Claiming rows together with the row before them, their head."""

    async def _with_followers(
        self, head: sa.Row[Any], delivery: Delivery, merge: Merge | None, at: datetime
    ) -> Delivery:
        """Return a claimed delivery with the rows that go into the same message.

        After an unknown outcome these are the same rows as before.
        """
        if head.head_id is not None and delivery.uncertain:
            rows: Sequence[sa.Row[Any]] = await self._all(_WITH, head=head.id)
        elif merge and head.head_id is None and isinstance(delivery.operation, Send):
            rows = await self._claim_behind(head, delivery.operation.post, merge, at)
        else:
            rows = []
        followers = tuple([await self._delivery(row, state=State.SENDING) for row in rows])
        more = tuple(each.post for each in followers if each.post)
        if not (more and isinstance(delivery.operation, Send)):
            return delivery
        return replace(delivery, operation=replace(delivery.operation, more=more), followers=followers)

    async def _claim_behind(self, head: sa.Row[Any], post: Post, merge: Merge, at: datetime) -> Sequence[sa.Row[Any]]:
        behind = await self._all(_BEHIND, lane=head.lane, head=head.id)
        alike = list(takewhile(lambda row: _is_alike(row, head), behind)) if len(behind) >= merge.free else []
        readable = list(_readable(alike))
        rows = alike[: merge.fit([post, *readable]) - 1] if readable else []
        if rows:
            # Their turns keep their order, and are below those of all rows that wait, also after an earlier attempt.
            marks = [_marks(row, head, at) for row in (head, *rows)]
            last = min(head.turn, CLAIMED)
            turns = range(last - len(rows), last + 1)
            await self._set_all([mark | {"turn": turn} for mark, turn in zip(marks, turns, strict=True)])
        return rows

    async def separate(self, delivery: Delivery, error: str) -> None:
        """Queue the rows of a merged message again, each for a message of its own."""
        await self._set_all(
            [{"row": id, "state": State.QUEUED, "head_id": id, "error": error} for id in delivery.row_ids]
        )


def _is_alike(row: sa.Row[Any], head: sa.Row[Any]) -> bool:
    """Whether a row can go into the same message: a queued text for the same chat, in reply to the same message."""
    same = (row.chat_id, row.reply_message_id, row.reply_native_id) == (
        head.chat_id,
        head.reply_message_id,
        head.reply_native_id,
    )
    return bool(same and row.kind == Send.kind and row.state == State.QUEUED and row.head_id is None)


def _readable(rows: Iterable[sa.Row[Any]]) -> Iterable[Post]:
    """Yield the posts of rows, up to the first that cannot be read: it fails by itself."""
    for row in rows:
        try:
            yield posts.load(row.post)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return


def _marks(row: sa.Row[Any], head: sa.Row[Any], at: datetime) -> dict[str, Any]:
    tried = {"attempts": row.attempts + 1, "tried_at": row.tried_at or at}
    return {"row": row.id, "state": State.SENDING, "head_id": head.id, **tried}
