"""The audit log of changes to rights: append-only, purged after a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.model import Account
from storage.base import Repository
from storage.cities.records import Dialogue
from storage.columns import UtcDateTime, id_column, table
from storage.personal import OnForget, OnLink, personal

_kept = personal(
    OnLink.STAY,
    OnForget.KEEP,
    export=("at", "dialogue", "action", "subject", "details"),
    why="who changed whose rights must be known to everyone involved",
)
# Changes of rights, and other accountable actions. No foreign keys: what it names may have been deleted.
audit = table(
    "audit",
    id_column(),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("dialogue", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False, info=_kept),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, info=_kept),
    sa.Column("details", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Note:
    """An audit entry: who (an account or the shell) did what to whom. Names and texts as they were then."""

    at: datetime
    dialogue: str
    account: str
    action: str
    subject: str
    details: str


SHELL = "shell"
"""The author of an `intercity` command."""
NOBODY = "nobody"
"""An author who acts in the name of a group or channel rather than their own."""


class Audit(Repository):
    """The audit log, oldest entry first."""

    async def record(
        self,
        at: datetime,
        action: str,
        *,
        by: Account | str | None,
        dialogue: Dialogue | None = None,
        subject: str = "",
        details: str = "",
    ) -> None:
        """Record an action. `by`: who did it (None: the shell); `subject`: the account or chat it was done to."""
        await self._insert(
            audit,
            at=at,
            dialogue=dialogue.name if dialogue else "",
            account=str(by or SHELL),
            action=action,
            subject=subject,
            details=details,
        )

    async def all(self, action: str = "", *, since: datetime | None = None) -> list[Note]:
        """Return the entries, of one action or of all."""
        where = [audit.c.action == action] if action else []
        where += [audit.c.at >= since] if since else []
        rows = await self._all(sa.select(audit).where(*where).order_by(audit.c.id))
        return [Note(row.at, row.dialogue, row.account, row.action, row.subject, row.details) for row in rows]
