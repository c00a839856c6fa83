"""The audit log of changes to rights: append-only, purged after a year."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.model import Account
from storage import tables as t
from storage.base import Repository
from storage.records import Dialogue, Note

SHELL = "shell"
"""The author of an `intercity` command."""
NOBODY = "nobody"
"""An author who acts in the name of a group or channel rather than their own."""


class Audit(Repository):
    """The audit log, oldest entry first."""

    async def note(
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
            t.audit,
            at=at,
            dialogue=dialogue.name if dialogue else "",
            account=str(by or SHELL),
            action=action,
            subject=subject,
            details=details,
        )

    async def all(self, action: str = "", *, since: datetime | None = None) -> list[Note]:
        """Return the entries, of one action or of all."""
        where = [t.audit.c.action == action] if action else []
        where += [t.audit.c.at >= since] if since else []
        rows = await self._all(sa.select(t.audit).where(*where).order_by(t.audit.c.id))
        return [Note(row.at, row.dialogue, row.account, row.action, row.subject, row.details) for row in rows]
