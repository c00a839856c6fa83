"""Reactions whose removal is heard of, although it names only the reaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0016", "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create their table."""
    op.create_table(
        "reactions",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_reactions_chat_id_chats")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_reactions_message_id_messages")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reactions_person_id_people")),
        sa.PrimaryKeyConstraint("chat_id", "native_id", name=op.f("pk_reactions")),
    )
    op.create_index(op.f("ix_reactions_message_id"), "reactions", ["message_id"])
    op.create_index(op.f("ix_reactions_person_id"), "reactions", ["person_id"])
