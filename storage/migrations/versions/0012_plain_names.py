"""Columns under the names that the code uses for them."""

from alembic import op

revision, down_revision = "0012", "0011"


def upgrade() -> None:
    """Rename the reason why a chat is blocked, and the time at which a message was sent."""
    op.execute("ALTER TABLE chats RENAME COLUMN closed TO blocked_reason")
    op.drop_index("ix_messages_said_at", "messages")
    op.execute("ALTER TABLE messages RENAME COLUMN said_at TO sent_at")
    op.create_index("ix_messages_sent_at", "messages", ["sent_at"])
