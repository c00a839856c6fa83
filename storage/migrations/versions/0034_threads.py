"""Messages know the root of the thread that they were written in."""

from __future__ import annotations

from alembic import op

revision, down_revision = "0034", "0033"


def upgrade() -> None:
    """Add the root. In SQL, as Alembic would copy the whole table on SQLite."""
    type = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    key = "CONSTRAINT fk_messages_thread_id_messages REFERENCES messages (id)"
    op.execute(f"ALTER TABLE messages ADD COLUMN thread_id {type} {key}")
    op.create_index("ix_messages_thread_id", "messages", ["thread_id"])
