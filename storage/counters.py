"""The newest message number seen from each counter."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
import structlog

from bot.model import counted
from storage.base import Repository
from storage.columns import table
from storage.deliveries.tables import OPEN, deliveries

# The newest message number seen from each counter. Kept as long as there are chats: without it, a message whose
# send response was lost cannot be told from older ones.
counters = table(
    "counters",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("newest", sa.BigInteger, nullable=False),
)

log = structlog.get_logger()

_NEWEST = sa.select(counters.c.newest).where(counters.c.name == sa.bindparam("counter"))
_RAISE = (
    sa.update(counters)
    .where(counters.c.name == sa.bindparam("counter"), counters.c.newest < sa.bindparam("number"))
    .values(newest=sa.bindparam("number"))
)


class Counters(Repository):
    """The newest number of each counter; ids that are not counted are ignored."""

    async def record(self, ids: Iterable[str]) -> None:
        """Record ids of existing messages, in any order."""
        newest: dict[str, int] = {}
        for counter, number in filter(None, map(counted, ids)):
            newest[counter] = max(number, newest.get(counter, 0))
        for counter, number in newest.items():
            if not await self._update(_RAISE, counter=counter, number=number):
                await self._insert_new(counters, name=counter, newest=number)

    async def reset(self) -> None:
        """Forget all numbers, including the bounds of open deliveries: the database may have been restored.

        Deliveries with an unknown outcome are then sent again.
        """
        log.warning("events are missing: was an older database restored? Ids that were seen before are not relied on")
        await self._connection.execute(sa.delete(counters))
        await self._connection.execute(sa.update(deliveries).where(OPEN).values(after_id=None))

    async def newest(self, counter: str) -> str:
        """Return the newest id seen from a counter, or an empty string."""
        row = await self._one(_NEWEST, counter=counter)
        return f"{counter}/{row.newest}" if row else ""
