"""Those who have not voted are reminded once in a while at most."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0029", "0028"


def upgrade() -> None:
    """Add the time of the last reminder."""
    op.add_column("polls", sa.Column("reminded_at", sa.DateTime(timezone=True)))
