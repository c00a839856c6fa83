"""The tables of cities and dialogues."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import id_column, reference, table

cities = table(
    "cities",
    id_column(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    # Unique; cities that were already too similar before this column existed have their id appended.
    sa.Column("skeleton", sa.Text, nullable=False, server_default="", index=True, unique=True),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
)

dialogues = table("dialogues", id_column(), sa.Column("name", sa.Text, nullable=False, unique=True))

dialogue_cities = table(
    "dialogue_cities",
    reference("dialogues", primary_key=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), primary_key=True, index=True),
)
