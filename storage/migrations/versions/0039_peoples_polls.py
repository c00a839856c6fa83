"""The polls that people make are known by the messenger's id, so that their end is seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0039", "0038"


def upgrade() -> None:
    """Add the id."""
    op.add_column("messages", sa.Column("poll_id", sa.Text))
    op.create_index("ix_messages_poll_id", "messages", ["poll_id"])
