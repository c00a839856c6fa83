"""Reactions and pins of people are passed on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0036", "0035"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables of reactions, and the column of whether a chat was told that pins cannot be set."""
    op.create_table(
        "relayed_reactions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("together", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reacted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_relayed_reactions_message_id_messages"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_relayed_reactions_chat_id_chats"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_relayed_reactions_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_relayed_reactions"),
        sqlite_autoincrement=True,
    )
    for column in ("message_id", "chat_id", "person_id"):
        op.create_index(f"ix_relayed_reactions_{column}", "relayed_reactions", [column])
    op.create_table(
        "reaction_displays",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("post_id", ID),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("sign", sa.Text(), server_default="", nullable=False),
        sa.Column("drawn_at", MOMENT),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_reaction_displays_message_id_messages"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_reaction_displays_chat_id_chats"),
        sa.ForeignKeyConstraint(["post_id"], ["messages.id"], name="fk_reaction_displays_post_id_messages"),
        sa.PrimaryKeyConstraint("message_id", "chat_id", name="pk_reaction_displays"),
    )
    for column in ("chat_id", "post_id"):
        op.create_index(f"ix_reaction_displays_{column}", "reaction_displays", [column])
    op.add_column("chats", sa.Column("pins_told_at", MOMENT))
