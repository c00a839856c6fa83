"""Votes in native polls whose removal names only the vote: the one before counts again, also after a restart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0025", "0024"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create their table."""
    op.create_table(
        "votes",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("options", sa.JSON()),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_votes_chat_id_chats")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_votes_message_id_messages")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_votes_person_id_people")),
        sa.PrimaryKeyConstraint("chat_id", "native_id", name=op.f("pk_votes")),
    )
    op.create_index("ix_votes_cast", "votes", ["message_id", "person_id", "cast_at"])
    op.create_index(op.f("ix_votes_person_id"), "votes", ["person_id"])
