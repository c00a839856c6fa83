"""No two cities look alike, also where two are added at the same moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.text.lookalikes import skeleton

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go to this revision. Cities that look alike already are kept: all but the first have their id behind it."""
    op.add_column("cities", sa.Column("skeleton", sa.Text(), nullable=False, server_default=""))
    connection, taken = op.get_bind(), set[str]()
    for id, name in connection.execute(sa.text("SELECT id, name FROM cities ORDER BY id")).all():
        bare = skeleton(name)
        own = f"{bare} {id}" if bare in taken else bare
        taken.add(own)
        connection.execute(sa.text("UPDATE cities SET skeleton = :own WHERE id = :id"), {"own": own, "id": id})
    op.create_index(op.f("ix_cities_skeleton"), "cities", ["skeleton"], unique=True)
