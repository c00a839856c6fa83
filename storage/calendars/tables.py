"""The table of links to calendars."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import OnForget, OnLink, personal

calendar_links = table(
    "calendar_links",
    id_column(),
    # Not the token itself, so that read access to the database does not suffice to use it.
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    # Whose link it is.
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        nullable=False,
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.DELETE, export=("dialogue_id", "made_at")),
    ),
    # Of which dialogue; NULL: what the person is invited to, in all of theirs.
    reference("dialogues", null=True, index=True),
    sa.Column("made_at", UtcDateTime, nullable=False),
)
