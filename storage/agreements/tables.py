"""The tables of agreements and of their histories."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

# A copy of what the history says, for queries; `intercity check` compares.
agreements = table(
    "agreements",
    id_column(),
    reference("dialogues"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # The version that was agreed last.
    sa.Column("in_force", sa.Integer),
    # How many entries the history has, and the digest of the last one: none can be cut off unnoticed.
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
    # Since when the version in force is.
    sa.Column("agreed_at", UtcDateTime),
    # Since when it is withdrawn, superseded or done.
    sa.Column("closed_at", UtcDateTime),
    sa.UniqueConstraint("dialogue_id", "kind", "number"),
    sa.Index("ix_agreements_state", "dialogue_id", "kind", "state", "closed_at", "number"),
)

# Append-only. Nothing but `person_id` ever changes, and rows are deleted only with their agreement.
agreement_entries = table(
    "agreement_entries",
    reference("agreements", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # By name, or empty.
    sa.Column("city", sa.Text, nullable=False),
    # A keyed digest (`bot.signer.Signer.pseudonym`), which stays when the person is forgotten, or empty.
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("step", "at", "version", "city", "content")),
    ),
    sa.Column("content", sa.JSON, nullable=False, info=NOT_PERSONAL),
    # Digests: of the entry before, and of this one.
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
