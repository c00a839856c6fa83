"""Polls: their topics, and the ballots cast."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0026", "0025"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MESSAGES = ("preview_id", "card_id", "native_id", "result_id")


def upgrade() -> None:
    """Create their tables."""
    _polls()
    _topics()
    _open_ballots()
    _secret_ballots()
    _drafts()


def _polls() -> None:
    op.create_table(
        "polls",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("question", "method", "weight", "voters")),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("closes_at", MOMENT),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, ID) for name in (*MESSAGES, "created_by")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("result", sa.JSON()),
        sa.Column("in_force_at", MOMENT),
        sa.Column("warned_at", MOMENT),
        *(sa.ForeignKeyConstraint([each], ["messages.id"], name=f"fk_polls_{each}_messages") for each in MESSAGES),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name="fk_polls_created_by_people"),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name="fk_polls_dialogue_id_dialogues"),
        sa.PrimaryKeyConstraint("id", name="pk_polls"),
        sa.UniqueConstraint("dialogue_id", "number", name="uq_polls_dialogue_id_number"),
        sqlite_autoincrement=True,
    )
    _index("polls", *MESSAGES, "created_by", "created_at", "closed_at")


def _topics() -> None:
    op.create_table(
        "poll_topics",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("position", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sdgs", sa.JSON(), nullable=False),
        sa.Column("proposed_by", ID),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk_poll_topics_poll_id_polls"),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name="fk_poll_topics_proposed_by_people"),
        sa.PrimaryKeyConstraint("id", name="pk_poll_topics"),
        sa.UniqueConstraint("poll_id", "position", name="uq_poll_topics_poll_id_position"),
        sqlite_autoincrement=True,
    )
    _index("poll_topics", "proposed_by")


def _open_ballots() -> None:
    op.create_table(
        "ballots",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("cast_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name="fk_ballots_city_id_cities"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ballots_person_id_people"),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk_ballots_poll_id_polls"),
        sa.PrimaryKeyConstraint("id", name="pk_ballots"),
        sa.UniqueConstraint("poll_id", "person_id", name="uq_ballots_poll_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ballots_tally", "ballots", ["poll_id", "city_id", "ballot"])
    _index("ballots", "person_id", "city_id", "closed_at")


def _secret_ballots() -> None:
    op.create_table(
        "secret_ballots",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name="fk_secret_ballots_city_id_cities"),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk_secret_ballots_poll_id_polls"),
        sa.PrimaryKeyConstraint("poll_id", "voter", name="pk_secret_ballots"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_secret_ballots_tally", "secret_ballots", ["poll_id", "city_id", "ballot"])
    _index("secret_ballots", "city_id", "closed_at")


def _drafts() -> None:
    op.create_table(
        "ballot_drafts",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ballot_drafts_person_id_people"),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk_ballot_drafts_poll_id_polls"),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name="pk_ballot_drafts"),
    )
    _index("ballot_drafts", "person_id", "post_id")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
