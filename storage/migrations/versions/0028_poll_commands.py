"""A draft follows the edits of the message in which it was typed, and asks for proposals once."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0028", "0027"


def upgrade() -> None:
    """Add the command of a poll, and since when proposals are collected."""
    op.add_column("polls", sa.Column("command_chat_id", sa.BigInteger()))
    op.add_column("polls", sa.Column("command_native_id", sa.Text()))
    op.add_column("polls", sa.Column("collecting_at", sa.DateTime(timezone=True)))
    op.create_index("ix_polls_command", "polls", ["command_chat_id", "command_native_id"])
