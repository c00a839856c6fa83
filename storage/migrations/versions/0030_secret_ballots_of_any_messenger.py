"""Secret ballots do not tell on which messenger they were cast: somebody may be the only one of a city to use it."""

from __future__ import annotations

from alembic import op

revision, down_revision = "0030", "0029"


def upgrade() -> None:
    """Drop the messenger of secret ballots."""
    op.drop_column("secret_ballots", "messenger")
