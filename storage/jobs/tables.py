"""The table of jobs."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, table
from storage.personal import NOT_PERSONAL

jobs = table(
    "jobs",
    id_column(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False, info=NOT_PERSONAL),
    # Grows with each schedule, so that a job rescheduled while it is worked on is not taken for done.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    # Who works on it, and until when others keep off.
    sa.Column("lease", sa.Text),
    sa.Column("leased_until", UtcDateTime),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("put_aside_at", UtcDateTime, index=True),
    sa.UniqueConstraint("kind", "key"),
)
PENDING = jobs.c.put_aside_at.is_(None)
sa.Index("ix_jobs_due", jobs.c.kind, jobs.c.due_at, jobs.c.id, sqlite_where=PENDING, postgresql_where=PENDING)
