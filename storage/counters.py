"""The newest number that each counter of messages has given, as far as it was seen."""

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
    """What has been seen of each counter; ids that no counter gave are passed over."""

    async def saw(self, ids: Iterable[str]) -> None:
        """Note ids under which messages stand, in whatever order."""
        newest: dict[str, int] = {}
        for counter, number in filter(None, map(counted, ids)):
            newest[counter] = max(number, newest.get(counter, 0))
        for counter, number in newest.items():
            raised = await self._connection.execute(_RAISE, {"counter": counter, "number": number})
            if raised.rowcount == 0:
                await self._insert_new(t.counters, name=counter, newest=number)

    async def forget(self) -> None:
        """Forget what was seen, also as bounds of deliveries that are not done: the database was restored, perhaps.

        What is in doubt then is sent again.
        """
        log.warning("events are missing: was an older database restored? Ids that were seen before are not relied on")
        await self._connection.execute(sa.delete(t.counters))
        await self._connection.execute(sa.update(t.deliveries).where(t.OPEN).values(after_id=None))

    async def newest(self, counter: str) -> str:
        """Return the newest id that was seen of a counter, empty: none."""
        row = await self._one(_NEWEST, counter=counter)
        return f"{counter}/{row.newest}" if row else ""
