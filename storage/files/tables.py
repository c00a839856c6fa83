"""The tables of files made by the bot: their chunks, and which deliveries need them."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, table

files = table("files", id_column(), sa.Column("made_at", UtcDateTime, nullable=False, index=True))

file_chunks = table(
    "file_chunks",
    sa.Column("file_id", sa.ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

delivery_files = table(
    "delivery_files",
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("files.id"), primary_key=True, index=True),
)
