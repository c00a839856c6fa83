"""Roundtables under way: the card, and who has spoken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0022", "0021"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create their tables."""
    op.create_table(
        "meetings",
        sa.Column("roundtable_id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("watched_until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["messages.id"], name="fk_meetings_card_id_messages"),
        sa.ForeignKeyConstraint(["roundtable_id"], ["roundtables.id"], name="fk_meetings_roundtable_id_roundtables"),
        sa.PrimaryKeyConstraint("roundtable_id", name="pk_meetings"),
    )
    op.create_index("ix_meetings_card_id", "meetings", ["card_id"])
    op.create_table(
        "speeches",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("roundtable_id", ID, nullable=False),
        sa.Column("item_id", ID),
        sa.Column("person_id", ID),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name="fk_speeches_city_id_cities"),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name="fk_speeches_item_id_agenda_items"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_speeches_person_id_people"),
        sa.ForeignKeyConstraint(["roundtable_id"], ["roundtables.id"], name="fk_speeches_roundtable_id_roundtables"),
        sa.PrimaryKeyConstraint("id", name="pk_speeches"),
        sqlite_autoincrement=True,
    )
    for column in ("roundtable_id", "item_id", "person_id", "city_id"):
        op.create_index(f"ix_speeches_{column}", "speeches", [column])
