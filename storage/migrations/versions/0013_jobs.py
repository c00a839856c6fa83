"""Jobs: work that is due at a time."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0013", "0012"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table of jobs."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("lease", sa.Text),
        sa.Column("leased_until", MOMENT),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("put_aside_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("kind", "key", name="uq_jobs_kind_key"),
        sqlite_autoincrement=True,
    )
    pending = sa.text("put_aside_at IS NULL")
    op.create_index("ix_jobs_due", "jobs", ["kind", "due_at", "id"], sqlite_where=pending, postgresql_where=pending)
    op.create_index("ix_jobs_put_aside_at", "jobs", ["put_aside_at"])
