"""The table of news."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

# No foreign keys to the chat and the messages: they may be deleted sooner.
news = table(
    "news",
    id_column(),
    reference("dialogues", index=True),
    # The chat in which it was typed, and the messenger's id of that message, whose edits correct it.
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    # The message with its posts, and the one that tells the coordinator where they have arrived.
    sa.Column("post_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("status_id", sa.BigInteger, nullable=False),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.MOVE, OnForget.CLEAR, export=("headline", "text", "posted_at", "corrected_at")),
    ),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    # With formatting: see `bot.text.codec`.
    sa.Column("text", sa.JSON, nullable=False, info=NOT_PERSONAL),
    # What its file looks like, to notice another one: kind, name, size.
    sa.Column("attachment", sa.Text, nullable=False),
    sa.Column("posted_at", UtcDateTime, nullable=False, index=True),
    sa.Column("corrected_at", UtcDateTime),
    sa.Column("corrections", sa.Integer, nullable=False),
    sa.UniqueConstraint("chat_id", "native_id"),
)
