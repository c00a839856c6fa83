"""Items of an album go out together, and the one that names the author is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0035", "0034"

HELD = sa.text("state IN ('queued', 'sending') AND held_until IS NOT NULL")


def upgrade() -> None:
    """Add until when an item waits for the next one, and the album that a copy is part of."""
    op.add_column("deliveries", sa.Column("held_until", sa.DateTime(timezone=True)))
    op.create_index("ix_deliveries_held", "deliveries", ["lane"], sqlite_where=HELD, postgresql_where=HELD)
    op.add_column("copies", sa.Column("album_id", sa.BigInteger()))
