"""Roundtables, and the numbers of what a dialogue has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0020", "0019"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
UNIQUE = "uq_reminders_roundtable_id_sequence"


def upgrade() -> None:
    """Create their tables."""
    _numbers()
    _series()
    _roundtables()
    _agenda_items()
    _invitations()
    _reminders()


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name="fk_numbers_dialogue_id_dialogues"),
        sa.PrimaryKeyConstraint("dialogue_id", "kind", name="pk_numbers"),
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name="fk_series_dialogue_id_dialogues"),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_series_dialogue_id", "series", ["dialogue_id"])
    op.create_index("ix_series_ended_at", "series", ["ended_at"])


def _roundtables() -> None:
    op.create_table(
        "roundtables",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("series_id", ID),
        sa.Column("occurrence_at", MOMENT),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remind", sa.JSON(), nullable=False),
        sa.Column("card_id", ID),
        sa.Column("created_by", ID),
        sa.Column("chair_id", ID),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["messages.id"], name="fk_roundtables_card_id_messages"),
        sa.ForeignKeyConstraint(["chair_id"], ["people.id"], name="fk_roundtables_chair_id_people"),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name="fk_roundtables_created_by_people"),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name="fk_roundtables_dialogue_id_dialogues"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_roundtables_series_id_series"),
        sa.PrimaryKeyConstraint("id", name="pk_roundtables"),
        sa.UniqueConstraint("dialogue_id", "number", name="uq_roundtables_dialogue_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_roundtables_card_id", "roundtables", ["card_id"])
    op.create_index("ix_roundtables_chair_id", "roundtables", ["chair_id"])
    op.create_index("ix_roundtables_created_by", "roundtables", ["created_by"])
    op.create_index("ix_roundtables_ends_at", "roundtables", ["ends_at"])
    op.create_index("ix_roundtables_series_id", "roundtables", ["series_id"])


def _agenda_items() -> None:
    op.create_table(
        "agenda_items",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("roundtable_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("planned", sa.Integer()),
        sa.Column("speaker_id", ID),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["roundtable_id"], ["roundtables.id"], name="fk_agenda_items_roundtable_id_roundtables"
        ),
        sa.ForeignKeyConstraint(["speaker_id"], ["people.id"], name="fk_agenda_items_speaker_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_items"),
        sa.UniqueConstraint("roundtable_id", "position", name="uq_agenda_items_roundtable_id_position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agenda_items_speaker_id", "agenda_items", ["speaker_id"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("roundtable_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("wishes_to_speak_at", MOMENT),
        sa.Column("deputy_id", ID),
        sa.Column("deputy_for", ID),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name="fk_invitations_city_id_cities"),
        sa.ForeignKeyConstraint(["deputy_for"], ["people.id"], name="fk_invitations_deputy_for_people"),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name="fk_invitations_deputy_id_people"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_invitations_person_id_people"),
        sa.ForeignKeyConstraint(["roundtable_id"], ["roundtables.id"], name="fk_invitations_roundtable_id_roundtables"),
        sa.PrimaryKeyConstraint("roundtable_id", "person_id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_city_id", "invitations", ["city_id"])
    op.create_index("ix_invitations_deputy_for", "invitations", ["deputy_for"])
    op.create_index("ix_invitations_deputy_id", "invitations", ["deputy_id"])
    op.create_index("ix_invitations_person_id", "invitations", ["person_id"])


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("roundtable_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("chat_id", ID),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told", sa.Text()),
        sa.Column("done_at", MOMENT),
        sa.CheckConstraint("(person_id IS NULL) <> (chat_id IS NULL)", name="ck_reminders_one_recipient"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_reminders_chat_id_chats"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reminders_person_id_people"),
        sa.ForeignKeyConstraint(["roundtable_id"], ["roundtables.id"], name="fk_reminders_roundtable_id_roundtables"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        *(
            sa.UniqueConstraint("roundtable_id", "sequence", whom, "before", name=f"{UNIQUE}_{whom}_before")
            for whom in ("person_id", "chat_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reminders_chat_id", "reminders", ["chat_id"])
    op.create_index("ix_reminders_person_id", "reminders", ["person_id"])
    pending = sa.text("state = 'pending'")
    op.create_index("ix_reminders_waiting", "reminders", ["due_at"], sqlite_where=pending, postgresql_where=pending)
