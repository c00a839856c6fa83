"""Nobody is told twice why their native vote does not count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0027", "0026"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table of who has been told."""
    op.create_table(
        "told_voters",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_told_voters_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "whom", name=op.f("pk_told_voters")),
    )
