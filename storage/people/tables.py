"""The tables of people and accounts."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

people = table(
    "people",
    id_column(
        info=personal(
            OnLink.MERGE,
            OnForget.DELETE,
            export=("name", "locale", "zone", "guessed_locale", "guessed_zone", "remind", "seen_at"),
        )
    ),
    sa.Column("name", sa.Text, nullable=False),
    # The person's choice; until then the guess applies.
    sa.Column("locale", sa.Text),
    sa.Column("zone", sa.Text),
    sa.Column("guessed_locale", sa.Text),
    sa.Column("guessed_zone", sa.Text),
    # Seconds before a roundtable at which they want to be reminded in private; NULL: as the roundtable says.
    sa.Column("remind", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    # The dialogue to which their private commands refer if they take part in several. No foreign key: a person
    # may outlive it, and SQLite can add one only by rebuilding the table.
    sa.Column("dialogue_id", sa.BigInteger),
    # What each link of accounts brought, so that it can be undone (see `storage.people.links`).
    sa.Column("linked", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
)

accounts = table(
    "accounts",
    id_column(),
    sa.Column("messenger", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        nullable=False,
        index=True,
        info=personal(OnLink.MERGE, OnForget.DELETE, export=("messenger", "native_id", "name", "username")),
    ),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("username", sa.Text, nullable=False),
    sa.UniqueConstraint("messenger", "native_id"),
)
