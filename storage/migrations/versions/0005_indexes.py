"""An index for each foreign key, and for each moment by which rows expire."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

INDEXES = {
    "dialogue_cities": ("city_id",),
    "people": ("seen_at",),
    "chats": ("city_id",),
    "roles": ("person_id", "city_id"),
    "codes": ("chat_id",),
    "guesses": ("since",),
    "pairings": ("asked_at",),
    "checkups": ("chat_id", "dialogue_id"),
    "messages": ("dialogue_id", "person_id"),
    "deliveries": ("reply_message_id",),
}


def upgrade() -> None:
    """Go to this revision."""
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_deliveries_chat_id_state_id", "deliveries", ["chat_id", "state", "id"])
