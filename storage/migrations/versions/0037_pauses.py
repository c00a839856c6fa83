"""What cannot be written to a chat waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0037", "0036"


def upgrade() -> None:
    """Add until when a chat is paused."""
    op.add_column("chats", sa.Column("paused_until", sa.DateTime(timezone=True)))
