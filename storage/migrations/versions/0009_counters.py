"""Ids of messages carry their counter, and the newest of each counter is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_SUPERGROUPS = -1_000_000_000_000


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    with op.batch_alter_table("chats") as changed:
        changed.add_column(sa.Column("moved_from", sa.Text()))
        changed.add_column(sa.Column("moved_at", sa.DateTime(timezone=True)))
        changed.create_index(op.f("ix_chats_moved_from"), ["moved_from"])
    connection = op.get_bind()
    bots = connection.execute(sa.text("SELECT account FROM cursors WHERE account LIKE 'telegram:%'")).scalars().all()
    own = bots[0] if len(bots) == 1 else ""
    chats = connection.execute(sa.text("SELECT id, native_id FROM chats WHERE messenger = 'telegram'")).all()
    for id, native_id in chats:
        counter = f"telegram:{native_id}" if int(native_id) < _SUPERGROUPS else own
        if counter:
            _note_newest(connection, id, counter)
            _name_counter(connection, id, counter)


def _note_newest(connection: sa.Connection, chat_id: int, counter: str) -> None:
    for table in ("messages", "copies"):
        newest = connection.execute(
            sa.text(f"SELECT MAX(CAST(native_id AS BIGINT)) FROM {table} WHERE chat_id = :id"),  # noqa: S608 - our names
            {"id": chat_id},
        ).scalar()
        if newest is None:
            continue
        values = {"name": counter, "newest": newest}
        known = "newest = CASE WHEN newest < :newest THEN :newest ELSE newest END"
        raised = connection.execute(sa.text(f"UPDATE counters SET {known} WHERE name = :name"), values)  # noqa: S608
        if raised.rowcount == 0:
            connection.execute(sa.text("INSERT INTO counters (name, newest) VALUES (:name, :newest)"), values)


def _name_counter(connection: sa.Connection, chat_id: int, counter: str) -> None:
    for table, columns in {
        "messages": ["native_id"],
        "copies": ["native_id"],
        "deliveries": ["reply_native_id", "after_id"],
        "checkups": ["reply_native_id"],
    }.items():
        for column in columns:
            connection.execute(
                sa.text(  # our own names
                    f"UPDATE {table} SET {column} = :counter || '/' || {column}"  # noqa: S608
                    f" WHERE chat_id = :id AND {column} IS NOT NULL AND {column} <> ''"
                ),
                {"counter": counter, "id": chat_id},
            )
