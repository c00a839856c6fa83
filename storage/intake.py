"""Processed events, and the read position of each account."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.model import Account
from storage.base import Repository
from storage.columns import UtcDateTime, table
from storage.personal import NOT_PERSONAL

# The accounts are the bot's own.
inbox = table(
    "inbox",
    sa.Column("account", sa.Text, primary_key=True, info=NOT_PERSONAL),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("received_at", UtcDateTime, nullable=False, index=True),
)

cursors = table(
    "cursors",
    sa.Column("account", sa.Text, primary_key=True, info=NOT_PERSONAL),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("moved_at", UtcDateTime, nullable=False),
)


class ProcessedEvents(Repository):
    """Processed events, so that each takes effect once."""

    async def mark_processed(self, account: Account, event_id: str, at: datetime) -> bool:
        """Mark an event as processed in this transaction; return False if it already was."""
        return await self._insert_new(inbox, account=str(account), event_id=event_id, received_at=at)


_MOVE = sa.update(cursors).where(cursors.c.account == sa.bindparam("whose"))


class Cursors(Repository):
    """The position from which each account continues reading."""

    async def get(self, account: Account) -> str | None:
        """Return the cursor, or None if this account has never read."""
        row = await self._one(sa.select(cursors.c.value).where(cursors.c.account == str(account)))
        return row and row.value

    async def set(self, account: Account, value: str, at: datetime) -> None:
        """Move the cursor."""
        if not await self._update(_MOVE, whose=str(account), value=value, moved_at=at):
            await self._insert_new(cursors, account=str(account), value=value, moved_at=at)
