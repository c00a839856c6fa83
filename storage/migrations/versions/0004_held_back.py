"""Messages that were held back because of a mistyped command."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("held", sa.JSON()))
