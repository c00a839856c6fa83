"""The table of chats."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import OnForget, OnLink, personal

chats = table(
    "chats",
    id_column(),
    sa.Column("messenger", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    reference("dialogues", null=True, index=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), index=True),
    # Set for a private chat with the bot.
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.MOVE, OnForget.DELETE, export=("messenger", "native_id", "title", "locale", "zone")),
    ),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("locale", sa.Text),
    sa.Column("zone", sa.Text),
    # Why the chat cannot be written to; empty: it can.
    sa.Column("blocked_reason", sa.Text, nullable=False),
    # Until when nothing is sent there, because nothing can be; empty: what there is to send is sent.
    sa.Column("paused_until", UtcDateTime),
    # An invitation is pending until the chat is paired.
    sa.Column("invited", sa.Boolean, nullable=False),
    # End-to-end; messages relayed from there leave the encryption.
    sa.Column("encrypted", sa.Boolean, nullable=False, server_default=sa.false()),
    # The previous id, and when it changed: older message ids mean nothing under the new one.
    sa.Column("moved_from", sa.Text, index=True),
    sa.Column("moved_at", UtcDateTime),
    # The earliest time of the next edit of a live card.
    sa.Column("edit_at", UtcDateTime),
    # When it was told that the bot lacks the right to pin messages.
    sa.Column("pins_told_at", UtcDateTime),
    # Whether the other cities are told who joins and leaves it, and how it is called.
    sa.Column("notices", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("messenger", "native_id", "topic"),
)
