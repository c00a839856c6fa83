"""Links of accounts that both confirm and that can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("people", sa.Column("linked", sa.JSON()))
    op.add_column("codes", sa.Column("confirmed_by", sa.Text(), nullable=False, server_default=""))
