"""Processed events, and the read position of each account."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.model import Account
from storage import tables as t
from storage.base import Repository


class ProcessedEvents(Repository):
    """Processed events, so that each takes effect once."""

    async def mark_processed(self, account: Account, event_id: str, at: datetime) -> bool:
        """Mark an event as processed in this transaction; return False if it already was."""
        return await self._insert_new(t.inbox, account=str(account), event_id=event_id, received_at=at)


_MOVE = sa.update(t.cursors).where(t.cursors.c.account == sa.bindparam("whose"))


class Cursors(Repository):
    """The position from which each account continues reading."""

    async def get(self, account: Account) -> str | None:
        """Return the cursor, or None if this account has never read."""
        row = await self._one(sa.select(t.cursors.c.value).where(t.cursors.c.account == str(account)))
        return row and row.value

    async def set(self, account: Account, value: str, at: datetime) -> None:
        """Move the cursor."""
        moved = {"whose": str(account), "value": value, "moved_at": at}
        if (await self._connection.execute(_MOVE, moved)).rowcount == 0:
            await self._insert_new(t.cursors, account=str(account), value=value, moved_at=at)
