"""The items of feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.deliveries.records import State
from storage.feeds.records import Backlog, Feed, ItemState, StoredItem

_TAKEN = t.feed_items.c.state.in_(
    [sa.literal_column(f"'{each}'") for each in ItemState if each not in {ItemState.SKIPPED, ItemState.REJECTED}]
)
_OF_FEED = sa.select(t.feed_items).where(t.feed_items.c.feed_id == sa.bindparam("feed_id"))
_IN_STATE = _OF_FEED.where(t.feed_items.c.state == sa.bindparam("in_state")).order_by(t.feed_items.c.id)
_HOLD = sa.select(t.feed_items).where(t.feed_items.c.id == sa.bindparam("item_id")).with_for_update()
_ELSEWHERE = (
    sa.select(t.feeds.c.cities)
    .select_from(t.feed_items.join(t.feeds, t.feeds.c.id == t.feed_items.c.feed_id))
    .where(t.feeds.c.dialogue_id == sa.bindparam("dialogue_id"), t.feeds.c.id != sa.bindparam("but"), _TAKEN)
)
_SAME_LINK = _ELSEWHERE.where(t.feed_items.c.link == sa.bindparam("digest"))
_SAME_CONTENT = _ELSEWHERE.where(t.feed_items.c.content == sa.bindparam("digest"))
_WAITING = (
    sa.select(t.feed_items.c.feed_id, sa.func.count().label("number"))
    .select_from(t.feed_items.join(t.feeds, t.feeds.c.id == t.feed_items.c.feed_id))
    .where(
        t.feeds.c.dialogue_id == sa.bindparam("dialogue_id"),
        t.feed_items.c.state == sa.literal_column(f"'{ItemState.WAITING}'"),
    )
    .group_by(t.feed_items.c.feed_id)
)
_FAILED = t.deliveries.c.state == State.FAILED
_BACKLOGS = (
    sa.select(
        t.deliveries.c.chat_id,
        sa.func.count(sa.distinct(sa.case((_FAILED, t.deliveries.c.message_id)))).label("failed"),
        sa.func.count(sa.distinct(sa.case((t.OPEN, t.deliveries.c.message_id)))).label("waiting"),
    )
    .select_from(t.deliveries.join(t.feed_items, t.feed_items.c.message_id == t.deliveries.c.message_id))
    .where(t.feed_items.c.feed_id == sa.bindparam("feed_id"), sa.or_(t.OPEN, _FAILED))
    .group_by(t.deliveries.c.chat_id)
    .order_by(t.deliveries.c.chat_id)
)
_UNTIL = sa.select(t.feed_digests).where(t.feed_digests.c.feed_id == sa.bindparam("feed_id"))


class FeedItems(Repository):
    """The items of feeds, and what has become of them."""

    async def of_feed(self, feed: Feed) -> list[StoredItem]:
        """Return the known items of a feed."""
        return [_item(row) for row in await self._all(_OF_FEED, feed_id=feed.id)]

    async def in_state(self, feed: Feed, state: ItemState) -> list[StoredItem]:
        """Return the items of a feed in a state, oldest first."""
        return [_item(row) for row in await self._all(_IN_STATE, feed_id=feed.id, in_state=state)]

    async def hold(self, id: int) -> StoredItem | None:
        """Lock an item and return it, if it still exists."""
        row = await self._one(_HOLD, item_id=id)
        return row and _item(row)

    async def add(
        self,
        feed: Feed,
        *,
        guid: str,
        link: str,
        content: str,
        state: ItemState,
        at: datetime,
        data: Mapping[str, Any] | None = None,
    ) -> int:
        """Store an item that was seen for the first time, and return its id."""
        return await self._insert(
            t.feed_items,
            feed_id=feed.id,
            guid=guid,
            link=link,
            content=content,
            state=state,
            data=dict(data or {}),
            seen_at=at,
            listed_at=at,
            ready_at=at if state is ItemState.APPROVED else None,
        )

    async def skip(self, feed: Feed, keys: Iterable[tuple[str, str, str]], at: datetime) -> None:
        """Store items that are not to be posted, by their digests: guid, link, content."""
        same = {"feed_id": feed.id, "state": ItemState.SKIPPED, "data": {}, "seen_at": at, "listed_at": at}
        if rows := [{"guid": guid, "link": link, "content": content, **same} for guid, link, content in keys]:
            await self._connection.execute(sa.insert(t.feed_items), rows)

    async def set(self, item: StoredItem, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        """Change fields of an item."""
        await self._connection.execute(sa.update(t.feed_items).where(t.feed_items.c.id == item.id).values(values))

    async def close(self, items: Collection[StoredItem], state: ItemState, message_id: int | None = None) -> None:
        """Record what has become of items, and erase their content. `message_id`: their post."""
        values = {"state": state, "data": {}, **({"message_id": message_id} if message_id else {})}
        for item in items:
            await self.set(item, **values)

    async def mark_listed(self, feed: Feed, guids: Collection[str], at: datetime) -> None:
        """Record that the feed still has these items."""
        listed = sa.update(t.feed_items).where(t.feed_items.c.feed_id == feed.id, t.feed_items.c.guid.in_(guids))
        await self._connection.execute(listed.values(listed_at=at))

    async def elsewhere(self, feed: Feed, link: str, content: str) -> bool:
        """Return whether another feed of the dialogue has brought an item to all cities of this one.

        `link`, `content`: digests as in `StoredItem`.
        """
        rows = await self._all(_SAME_LINK, dialogue_id=feed.dialogue_id, but=feed.id, digest=link) if link else []
        rows += (
            await self._all(_SAME_CONTENT, dialogue_id=feed.dialogue_id, but=feed.id, digest=content) if content else []
        )
        return any(not row.cities or (feed.cities and set(feed.cities) <= set(row.cities)) for row in rows)

    async def waiting(self, dialogue_id: int) -> Mapping[int, int]:
        """Return, by feed id, how many items wait for approval."""
        return {row.feed_id: row.number for row in await self._all(_WAITING, dialogue_id=dialogue_id)}

    async def backlogs(self, feed: Feed) -> list[Backlog]:
        """Return the chats that do not have all posts of a feed yet."""
        return [Backlog(row.chat_id, row.waiting, row.failed) for row in await self._all(_BACKLOGS, feed_id=feed.id)]

    # --- digests ---

    async def digested(self, feed: Feed) -> Mapping[int, datetime]:
        """Return, by city id, up to which `ready_at` the items have been posted in a digest."""
        return {row.city_id: row.until for row in await self._all(_UNTIL, feed_id=feed.id)}

    async def mark_digested(self, feed: Feed, city_id: int, until: datetime) -> None:
        """Record that the items ready by a time have been posted in a city's digest."""
        if not await self._insert_new(t.feed_digests, feed_id=feed.id, city_id=city_id, until=until):
            mine = (t.feed_digests.c.feed_id == feed.id, t.feed_digests.c.city_id == city_id)
            await self._connection.execute(sa.update(t.feed_digests).where(*mine).values(until=until))


def _item(row: sa.Row[Any]) -> StoredItem:
    return StoredItem(**row._asdict() | {"state": ItemState(row.state)})
