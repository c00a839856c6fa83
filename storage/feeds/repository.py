"""Feeds, and the links that were shared in other ways."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.base import Repository
from storage.feeds.records import Feed, FeedState
from storage.numbers import Numbers

_FEEDS = sa.select(t.feeds)
_FIND = _FEEDS.where(t.feeds.c.id == sa.bindparam("feed_id"))
_HOLD = _FIND.with_for_update()
_HOLD_AT_ONCE = _FIND.with_for_update(nowait=True)
_NUMBERED = _FEEDS.where(
    t.feeds.c.dialogue_id == sa.bindparam("dialogue_id"), t.feeds.c.number == sa.bindparam("number_")
)
_OF_DIALOGUE = _FEEDS.where(t.feeds.c.dialogue_id == sa.bindparam("dialogue_id")).order_by(
    t.feeds.c.number, t.feeds.c.id
)
_WITH_CARD = _FEEDS.where(t.feeds.c.card_id == sa.bindparam("card_id")).order_by(t.feeds.c.id)
_SHARED = sa.select(t.shared_links.c.shared_at).where(
    t.shared_links.c.dialogue_id == sa.bindparam("dialogue_id"), t.shared_links.c.digest == sa.bindparam("digest")
)
_UNREAD: dict[str, Any] = {
    "state": FeedState.NEW,
    "title": "",
    "site": "",
    "language": "",
    "only": [],
    "unless": [],
    "approve": False,
    "digest": "",
    "cities": [],
    "etag": "",
    "modified": "",
    "choices": [],
    "failures": 0,
    "problem": "",
    "status": 0,
}


class Feeds(Repository):
    """The feeds of the dialogues."""

    def __init__(self, connection: AsyncConnection, numbers: Numbers) -> None:
        """Work on an open transaction; new feeds take their number from `numbers`."""
        super().__init__(connection)
        self._numbers = numbers

    async def add(self, dialogue_id: int, url: str, at: datetime, **values: Any) -> Feed:  # noqa: ANN401 - columns of any type
        """Add a feed that is yet to be read; `values`: fields of `Feed` that differ from their defaults."""
        given = _UNREAD | _columns(values)
        id = await self._insert(t.feeds, dialogue_id=dialogue_id, url=url, added_at=at, **given)
        return await self.get(id)

    async def get(self, id: int) -> Feed:
        """Return the feed with this id. Raises LookupError."""
        feed = await self.find(id)
        if feed is None:
            raise LookupError(f"no feed {id}")
        return feed

    async def find(self, id: int) -> Feed | None:
        """Return the feed with this id, if it still exists."""
        row = await self._one(_FIND, feed_id=id)
        return row and _feed(row)

    async def hold(self, id: int) -> Feed | None:
        """Lock a feed and return it, if it still exists."""
        row = await self._one(_HOLD, feed_id=id)
        return row and _feed(row)

    async def of_job(self, id: int) -> Feed | None:
        """Lock the feed of a job and return it, if it still exists.

        PostgreSQL: raises StorageError while it is locked, as whoever holds it may be waiting for the job.
        """
        row = await self._one(_HOLD_AT_ONCE, feed_id=id)
        return row and _feed(row)

    async def numbered(self, dialogue_id: int, number: int) -> Feed | None:
        """Return the feed with this number in a dialogue."""
        row = await self._one(_NUMBERED, dialogue_id=dialogue_id, number_=number)
        return row and _feed(row)

    async def of_dialogue(self, dialogue_id: int) -> list[Feed]:
        """Return all feeds of a dialogue, by number; those that have none yet may come first or last."""
        return [_feed(row) for row in await self._all(_OF_DIALOGUE, dialogue_id=dialogue_id)]

    async def with_card(self, card_id: int) -> list[Feed]:
        """Return the feeds that a card reports on, in the order in which they were added."""
        return [_feed(row) for row in await self._all(_WITH_CARD, card_id=card_id)]

    async def set(self, feed: Feed, **values: Any) -> Feed:  # noqa: ANN401 - columns of any type
        """Change fields of a feed, and return it."""
        changed = sa.update(t.feeds).where(t.feeds.c.id == feed.id).values(_columns(values))
        await self._connection.execute(changed)
        return await self.get(feed.id)

    async def start(self, feed: Feed, **values: Any) -> Feed:  # noqa: ANN401 - columns of any type
        """Activate a feed under the next number of its dialogue, with these fields, and return it."""
        number = await self._numbers.next(feed.dialogue_id, "feed")
        return await self.set(feed, state=FeedState.ACTIVE, number=number, **values)

    async def remove(self, feed: Feed) -> None:
        """Remove a feed and its items; what was posted stays."""
        for each in (t.feed_items, t.feed_digests):
            await self._connection.execute(sa.delete(each).where(each.c.feed_id == feed.id))
        await self._connection.execute(sa.delete(t.feeds).where(t.feeds.c.id == feed.id))


class SharedLinks(Repository):
    """Links that people have posted lately, as keyed digests of their canonical form."""

    async def add(self, dialogue_id: int, digest: str, at: datetime) -> None:
        """Record that a link was posted."""
        await self._insert_new(t.shared_links, dialogue_id=dialogue_id, digest=digest, shared_at=at)

    async def has(self, dialogue_id: int, digest: str) -> bool:
        """Return whether a link was posted in a dialogue lately."""
        return await self._one(_SHARED, dialogue_id=dialogue_id, digest=digest) is not None


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _feed(row: sa.Row[Any]) -> Feed:
    values = row._asdict()
    lists = {name: tuple(values[name]) for name in ("only", "unless", "cities")}
    choices = tuple((url, title) for url, title in values["choices"])
    return Feed(**values | lists | {"state": FeedState(row.state), "choices": choices})
