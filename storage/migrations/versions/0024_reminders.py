"""People choose when they are reminded of roundtables; a reminder that a messenger refuses is found by its post."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0024", "0023"


def upgrade() -> None:
    """Add what a person has chosen, and a reminder's post; index what is due by roundtable."""
    op.add_column("people", sa.Column("remind", sa.JSON()))
    op.add_column("reminders", sa.Column("post_id", sa.BigInteger()))
    op.drop_index("ix_reminders_waiting", "reminders")
    waiting = sa.text("state = 'pending'")
    columns = ["roundtable_id", "due_at"]
    op.create_index("ix_reminders_waiting", "reminders", columns, sqlite_where=waiting, postgresql_where=waiting)
