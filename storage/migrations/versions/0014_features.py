"""Which feature has made a post, or handled a command."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0014", "0013"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("feature", sa.Text(), nullable=False, server_default=""))
