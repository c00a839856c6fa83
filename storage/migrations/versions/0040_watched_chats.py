"""Every chat of a dialogue is checked from time to time, also those that were paired long ago."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0040", "0039"

CHATS = sa.table("chats", *map(sa.column, ("id", "messenger", "dialogue_id")))
JOBS = sa.table(
    "jobs", *map(sa.column, ("kind", "key", "due_at", "payload", "version", "attempts", "failures", "error"))
)
NOTHING = {"told": "", "told_at": None, "reminded": False}
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Add the jobs that are missing."""
    kind, key = sa.literal("readiness:").concat(CHATS.c.messenger), sa.cast(CHATS.c.id, sa.Text)
    known = sa.exists().where(JOBS.c.kind == kind, JOBS.c.key == key)
    fixed = (
        sa.literal(AT_ONCE, sa.DateTime(timezone=True)),
        sa.literal(NOTHING, sa.JSON),
        *map(sa.literal, (0, 0, 0, "")),
    )
    missing = sa.select(kind, key, *fixed).where(CHATS.c.dialogue_id.is_not(None), ~known)
    op.execute(sa.insert(JOBS).from_select([column.name for column in JOBS.c], missing))
