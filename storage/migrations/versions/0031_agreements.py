"""What cities agree on: action points and minutes, with their histories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0031", "0030"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create their tables."""
    _agreements()
    _entries()
    _points()
    _owners()
    _minutes()
    _lines()
    _participants()


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Integer()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        _to("agreements", "dialogue_id", "dialogues"),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
        sa.UniqueConstraint("dialogue_id", "kind", "number", name="uq_agreements_dialogue_id_kind_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agreements_state", "agreements", ["dialogue_id", "kind", "state", "closed_at", "number"])
    _index("agreements", "changed_at")


def _entries() -> None:
    op.create_table(
        "agreement_entries",
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("city", "actor")),
        sa.Column("person_id", ID),
        sa.Column("content", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("previous", "digest")),
        _to("agreement_entries", "agreement_id", "agreements"),
        _to("agreement_entries", "person_id", "people"),
        sa.PrimaryKeyConstraint("agreement_id", "position", name="pk_agreement_entries"),
    )
    _index("agreement_entries", "person_id")


def _points() -> None:
    op.create_table(
        "action_points",
        sa.Column("id", ID, nullable=False),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text", "language")),
        *(sa.Column(name, sa.Text()) for name in ("translation", "translation_language")),
        sa.Column("due_on", sa.Date()),
        sa.Column("lead_city_id", ID),
        sa.Column("sdgs", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in ("roundtable", "poll", "minutes", "replaces")),
        sa.Column("source_id", sa.BigInteger()),
        sa.Column("card_id", ID),
        sa.Column("command_chat_id", sa.BigInteger()),
        sa.Column("command_native_id", sa.Text()),
        sa.Column("proposed_by", ID),
        sa.Column("proposed_at", MOMENT, nullable=False),
        _to("action_points", "id", "agreements"),
        _to("action_points", "dialogue_id", "dialogues"),
        _to("action_points", "lead_city_id", "cities"),
        _to("action_points", "card_id", "messages"),
        _to("action_points", "proposed_by", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_action_points"),
        sa.UniqueConstraint("dialogue_id", "number", name="uq_action_points_dialogue_id_number"),
    )
    op.create_index("ix_action_points_due", "action_points", ["dialogue_id", "due_on", "number"])
    op.create_index("ix_action_points_command", "action_points", ["command_chat_id", "command_native_id"])
    _index("action_points", "lead_city_id", "source_id", "card_id", "proposed_by")


def _owners() -> None:
    op.create_table(
        "action_owners",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("city_id", ID),
        sa.Column("named_at", MOMENT, nullable=False),
        _to("action_owners", "action_id", "action_points"),
        _to("action_owners", "person_id", "people"),
        _to("action_owners", "city_id", "cities"),
        sa.PrimaryKeyConstraint("id", name="pk_action_owners"),
        sa.UniqueConstraint("action_id", "version", "person_id", name="uq_action_owners_action_id_version_person_id"),
        sqlite_autoincrement=True,
    )
    _index("action_owners", "person_id", "city_id")


def _minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agreement_id", ID),
        sa.Column("roundtable", sa.Integer()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "place")),
        sa.Column("chair_id", ID),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", ID),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("started_at", "active_at")),
        sa.Column("ended_at", MOMENT),
        _to("minutes", "dialogue_id", "dialogues"),
        _to("minutes", "agreement_id", "agreements"),
        _to("minutes", "chair_id", "people"),
        _to("minutes", "card_id", "messages"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes"),
        sa.UniqueConstraint("agreement_id", name="uq_minutes_agreement_id"),
        sa.UniqueConstraint("dialogue_id", "number", name="uq_minutes_dialogue_id_number"),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_minutes_open",
        "minutes",
        ["dialogue_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    _index("minutes", "chair_id", "card_id")


def _lines() -> None:
    op.create_table(
        "minutes_lines",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("minutes_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "text")),
        sa.Column("translation", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("city_id", ID),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("native_id", sa.Text()),
        sa.Column("action", sa.Integer()),
        *(sa.Column(name, MOMENT) for name in ("changed_at", "removed_at")),
        _to("minutes_lines", "minutes_id", "minutes"),
        _to("minutes_lines", "person_id", "people"),
        _to("minutes_lines", "city_id", "cities"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes_lines"),
        sa.UniqueConstraint("minutes_id", "position", name="uq_minutes_lines_minutes_id_position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_minutes_lines_message", "minutes_lines", ["chat_id", "native_id"])
    _index("minutes_lines", "person_id", "city_id")


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("minutes_id", ID, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("participants", "minutes_id", "minutes"),
        _to("participants", "person_id", "people"),
        _to("participants", "city_id", "cities"),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.UniqueConstraint("minutes_id", "person_id", name="uq_participants_minutes_id_person_id"),
        sqlite_autoincrement=True,
    )
    _index("participants", "person_id", "city_id")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
