"""Several rows as one message or one album: some that wait behind a row go with it, and share what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.model import Post, Send
from storage import tables as t
from storage.deliveries import posts
from storage.deliveries.holding import FULL
from storage.deliveries.records import Delivery, State
from storage.deliveries.rows import ROW, Rows
from storage.deliveries.turns import CLAIMED, URGENT

MOST = 60
"""Rows that are looked at for one message."""

_IN_LANE = ROW.where(
    t.deliveries.c.lane == sa.bindparam("lane"),
    t.OPEN,
    t.deliveries.c.id != sa.bindparam("head"),
    ~t.deliveries.c.live,
)
_IN_ORDER = (t.deliveries.c.turn, t.deliveries.c.id)
_BEHIND = _IN_LANE.order_by(*_IN_ORDER).limit(MOST).with_for_update(of=t.deliveries)
_OF_AUTHOR = _IN_LANE.where(t.deliveries.c.person_id == sa.bindparam("person_id")).order_by(*_IN_ORDER)
_BY_AUTHOR = _OF_AUTHOR.limit(FULL).with_for_update(of=t.deliveries)
_WITH = ROW.where(
    t.deliveries.c.head_id == sa.bindparam("head"),
    t.deliveries.c.id != sa.bindparam("head"),
    t.deliveries.c.state == State.SENDING,
).order_by(t.deliveries.c.turn, t.deliveries.c.id)


Fit: TypeAlias = Callable[[Sequence[Post]], int]
"""Return how many of some posts, from the first, one message or one album can carry; at least 1."""

_FIRST = sa.select(sa.func.min(t.deliveries.c.turn).label("first")).where(
    t.deliveries.c.lane == sa.bindparam("lane"), t.OPEN, t.deliveries.c.turn > URGENT
)


@dataclass(frozen=True, slots=True)
class Merge:
    """When rows are merged, and how many of them.

    Texts: if more than `free` wait, as many as `fit` into a message, or fit `under_file` after one. Files: as many as
    are one `album`.
    """

    fit: Fit | None = None
    free: int = 0
    album: Fit | None = None
    under_file: Fit | None = None


class Merging(Rows):
    """Claiming rows together with the row before them, their head."""

    async def _with_followers(
        self, head: sa.Row[Any], delivery: Delivery, merge: Merge | None, at: datetime
    ) -> Delivery:
        """Return a claimed delivery with the rows that go into the same message.

        After an unknown outcome these are the same rows as before: others are not in the message that may be there.
        """
        if delivery.uncertain:
            rows: Sequence[sa.Row[Any]] = await self._all(_WITH, head=head.id) if head.head_id is not None else []
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
        alike, fit = await self._alike(head, post, merge)
        readable = list(_readable(alike))
        rows = alike[: fit([post, *readable]) - 1] if fit and readable else []
        if rows:
            # Their turns keep their order, and are below those of all rows that wait, also after an earlier attempt.
            marks = [_marks(row, head, at) for row in (head, *rows)]
            last = min(head.turn, CLAIMED)
            turns = range(last - len(rows), last + 1)
            await self._set_all([mark | {"turn": turn} for mark, turn in zip(marks, turns, strict=True)])
        return rows

    async def _alike(self, head: sa.Row[Any], post: Post, merge: Merge) -> tuple[list[sa.Row[Any]], Fit | None]:
        """Return the rows that could go with a row, in order, and what finds out how many of them do."""
        if post.files:
            behind = await self._all(_BY_AUTHOR, lane=head.lane, head=head.id, person_id=head.person_id)
            items = list(takewhile(lambda row: _is_item(row, head), behind)) if merge.album else []
            if items:
                return items, merge.album
            return list(takewhile(lambda row: _is_text(row, head), behind)), merge.under_file
        if merge.fit is None:
            return [], None
        behind = await self._all(_BEHIND, lane=head.lane, head=head.id)
        return list(_mergeable(behind, head)) if len(behind) >= merge.free else [], merge.fit

    async def put_aside(self, delivery: Delivery, error: str, until: datetime) -> None:
        """Put a delivery aside until its file can be read: what its author says next and replies to it stay behind."""
        row = await self._one(_FIRST, lane=delivery.chat.lane)
        later: dict[str, Any] = {"state": State.QUEUED, "error": error, "head_id": None, "held_until": until}
        later["turn"] = (row and row.first) or 0
        await self._set_all([{"row": id, **later} for id in delivery.row_ids])

    async def separate(self, delivery: Delivery, error: str) -> None:
        """Queue rows that went out together again, each on its own."""
        await self._set_all(
            [{"row": id, "state": State.QUEUED, "head_id": id, "error": error} for id in delivery.row_ids]
        )


def _mergeable(behind: Sequence[sa.Row[Any]], head: sa.Row[Any]) -> Iterator[sa.Row[Any]]:
    """Yield the rows that can go into the same message, in order, up to the first that nothing may overtake.

    Texts overtake the files of others: each author's messages stay in order.
    """
    overtaken: set[int] = set()
    for row in behind:
        if _is_text(row, head) and row.person_id not in overtaken:
            yield row
        elif row.kind == Send.kind and (row.post or {}).get("author"):
            overtaken.add(row.person_id)
        else:
            return


def _is_text(row: sa.Row[Any], head: sa.Row[Any]) -> bool:
    """Whether a row can be a section of the same message: a text in reply to the same one."""
    return _is_free(row, head) and _replied(row) == _replied(head) and not _files(row)


def _is_item(row: sa.Row[Any], head: sa.Row[Any]) -> bool:
    """Whether a row can be an item of the same album: the album as a whole replies to a message."""
    return _is_free(row, head) and _files(row) == 1 and _replied(row) in {_replied(head), (None, None)}


def _is_free(row: sa.Row[Any], head: sa.Row[Any]) -> bool:
    """Whether a row is queued for the same chat, and has not been found to need a message of its own."""
    same = row.chat_id == head.chat_id and row.kind == Send.kind
    return bool(same and row.state == State.QUEUED and row.head_id is None)


def _replied(row: sa.Row[Any]) -> tuple[int | None, str | None]:
    return row.reply_message_id, row.reply_native_id


def _files(row: sa.Row[Any]) -> int:
    return len((row.post or {}).get("files", ()))


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
