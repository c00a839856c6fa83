"""Whose turn it is in a lane."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_OPEN = sa.text("state IN ('queued', 'sending')")


def upgrade() -> None:
    """Go to this revision."""
    for name in ("person_id", "turn"):
        op.add_column("deliveries", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    # What has been given to a messenger comes first: storage.deliveries.turns.CLAIMED.
    op.execute("UPDATE deliveries SET turn = -1152921504606846976 WHERE state = 'sending'")
    op.drop_index("ix_deliveries_open", "deliveries")
    for name, columns in (("open", ["lane", "turn", "id"]), ("shares", ["lane", "person_id", "turn"])):
        op.create_index(f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
