"""Files and polls of posts, edits of live cards, and reasons of failures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "files",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_files_made_at", "files", ["made_at"])
    op.create_table(
        "file_chunks",
        sa.Column("file_id", _ID, sa.ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "delivery_files",
        sa.Column("delivery_id", _ID, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("file_id", _ID, sa.ForeignKey("files.id"), primary_key=True),
    )
    op.create_index("ix_delivery_files_file_id", "delivery_files", ["file_id"])
    op.add_column("copies", sa.Column("has_file", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("copies", sa.Column("poll_id", sa.Text()))
    op.create_index("ix_copies_poll_id", "copies", ["poll_id"])
    op.add_column("deliveries", sa.Column("live", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("deliveries", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.drop_column("deliveries", "key")
    op.add_column("chats", sa.Column("edit_at", sa.DateTime(timezone=True)))
