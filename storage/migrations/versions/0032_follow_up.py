"""The owners of action points are reminded, and cities may stop the weekly digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0032", "0031"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables of both."""
    op.create_table(
        "due_reminders",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("told", sa.Text()),
        sa.Column("post_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(["action_id"], ["action_points.id"], name="fk_due_reminders_action_id_action_points"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_due_reminders_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_due_reminders"),
        sa.UniqueConstraint(
            "action_id", "person_id", "due_on", "days", name="uq_due_reminders_action_id_person_id_due_on_days"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_due_reminders_person_id", "due_reminders", ["person_id"])
    op.create_index("ix_due_reminders_post_id", "due_reminders", ["post_id"])
    op.create_table(
        "silenced_digests",
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name="fk_silenced_digests_dialogue_id_dialogues"),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name="fk_silenced_digests_city_id_cities"),
        sa.PrimaryKeyConstraint("dialogue_id", "city_id", name="pk_silenced_digests"),
    )
    op.create_index("ix_silenced_digests_city_id", "silenced_digests", ["city_id"])
