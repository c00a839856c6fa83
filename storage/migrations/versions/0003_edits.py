"""What a message says now, and which edits made it say so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("messages", sa.Column("digest", sa.Text(), nullable=True))
    op.create_table(
        "edits",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_edits_chat_id_chats")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_edits_message_id_messages")),
        sa.PrimaryKeyConstraint("chat_id", "native_id", name=op.f("pk_edits")),
    )
    op.create_index(op.f("ix_edits_message_id"), "edits", ["message_id"])
