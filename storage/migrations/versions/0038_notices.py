"""Chats can tell the others who joins and leaves them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0038", "0037"


def upgrade() -> None:
    """Add whether a chat does; none has wished it yet."""
    op.add_column("chats", sa.Column("notices", sa.Boolean, nullable=False, server_default=sa.false()))
