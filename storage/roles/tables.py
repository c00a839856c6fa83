"""The table of roles."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, reference, table
from storage.personal import OnForget, OnLink, personal

roles = table(
    "roles",
    reference("dialogues", primary_key=True),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        primary_key=True,
        index=True,
        info=personal(
            OnLink.MERGE, OnForget.DELETE, export=("dialogue_id", "city_id", "role", "appointed_at", "muted_at")
        ),
    ),
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    # NULL: not appointed, but a guest who has written in a chat of that city.
    sa.Column("appointed_at", UtcDateTime),
    # Since when nothing they write is relayed, and when they were last notified of that.
    sa.Column("muted_at", UtcDateTime),
    sa.Column("told_at", UtcDateTime),
)
