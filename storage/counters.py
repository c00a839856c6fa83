"""The newest message number seen from each counter."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
import structlog

from bot.model import counted
from storage import tables as t
from storage.base import Repository

log = structlog.get_logger()

_NEWEST = sa.select(t.counters.c.newest).where(t.counters.c.name == sa.bindparam("counter"))
_RAISE = (
    sa.update(t.counters)
    .where(t.counters.c.name == sa.bindparam("counter"), t.counters.c.newest < sa.bindparam("number"))
    .values(newest=sa.bindparam("number"))
)


class Counters(Repository):
    """The newest number of each counter; ids that are not counted are ignored."""

    async def saw(self, ids: Iterable[str]) -> None:
        """Record ids of existing messages, in any order."""
        newest: dict[str, int] = {}
        for counter, number in filter(None, map(counted, ids)):
            newest[counter] = max(number, newest.get(counter, 0))
        for counter, number in newest.items():
            raised = await self._connection.execute(_RAISE, {"counter": counter, "number": number})
            if raised.rowcount == 0:
                await self._insert_new(t.counters, name=counter, newest=number)

    async def reset(self) -> None:
        """Forget all numbers, including the bounds of open deliveries: the database may have been restored.

        Deliveries with an unknown outcome are then sent again.
        """
        log.warning("events are missing: was an older database restored? Ids that were seen before are not relied on")
        await self._connection.execute(sa.delete(t.counters))
        await self._connection.execute(sa.update(t.deliveries).where(t.OPEN).values(after_id=None))

    async def newest(self, counter: str) -> str:
        """Return the newest id seen from a counter, or an empty string."""
        row = await self._one(_NEWEST, counter=counter)
        return f"{counter}/{row.newest}" if row else ""
