"""An agreed due date counts until every city has agreed to a changed one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0033", "0032"


def upgrade() -> None:
    """Add the due date in force."""
    op.add_column("action_points", sa.Column("due_in_force", sa.Date()))
