"""People, roles and pairing in the chat."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("guessed_locale", sa.Text()))
        people.add_column(sa.Column("guessed_zone", sa.Text()))
        people.add_column(sa.Column("dialogue_id", sa.BigInteger()))
    with op.batch_alter_table("chats") as chats:
        chats.add_column(sa.Column("encrypted", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("roles") as roles:
        for name in ("appointed_at", "muted_at", "told_at"):
            roles.add_column(sa.Column(name, sa.DateTime(timezone=True)))
    # All roles there are were given by someone.
    op.execute("UPDATE roles SET appointed_at = CURRENT_TIMESTAMP")
    _create_tables()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def _ref(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_tables() -> None:
    op.create_table(
        "codes",
        _id(),
        *_words("purpose", "digest", "account"),
        _ref("chat_id"),
        *_words("city", "locale", "zone", "claimed_by"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_codes_chat_id_chats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_codes_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_codes_expires_at"), "codes", ["expires_at"])
    op.create_table(
        "guesses",
        *_words("account", "purpose"),
        sa.Column("wrong", sa.Integer(), nullable=False),
        _moment("since"),
        _moment("locked_until", nullable=True),
        sa.PrimaryKeyConstraint("account", "purpose", name=op.f("pk_guesses")),
    )
    op.create_table(
        "pairings",
        _ref("chat_id"),
        *_words("account", "city", "locale", "zone", "digest"),
        _moment("asked_at"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_pairings_chat_id_chats")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_pairings")),
    )
    op.create_table(
        "audit",
        _id(),
        _moment("at"),
        *_words("dialogue", "account", "action", "subject", "details"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    op.create_table(
        "checkups",
        _id(),
        _ref("chat_id"),
        _ref("dialogue_id"),
        *_words("reply_native_id"),
        _moment("asked_at"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_checkups_chat_id_chats")),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name=op.f("fk_checkups_dialogue_id_dialogues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkups")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "menus",
        *_words("account", "scope", "language", "digest"),
        sa.PrimaryKeyConstraint("account", "scope", "language", name=op.f("pk_menus")),
    )
