"""The tables of what follows up action points."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import OnForget, OnLink, personal

due_reminders = table(
    "due_reminders",
    id_column(),
    sa.Column("action_id", sa.ForeignKey("action_points.id"), nullable=False),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        nullable=False,
        index=True,
        info=personal(
            OnLink.FOLLOW,
            OnForget.DELETE,
            export=("action_id", "due_on", "days", "due_at", "told", "done_at"),
            prevails="done_at",
        ),
    ),
    # The due date that it reminds of, and how many days before it.
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    # The time zone of the person when it was planned, and the moment that follows from it.
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    # NULL: still to come.
    sa.Column("done_at", UtcDateTime),
    # How: a `bot.commands.context.Told`, or NULL.
    sa.Column("told", sa.Text),
    # The message, as long as it is kept. No foreign key.
    sa.Column("post_id", sa.BigInteger, index=True),
    sa.UniqueConstraint("action_id", "person_id", "due_on", "days"),
)
PENDING_REMINDER = due_reminders.c.done_at.is_(None)

# The cities whose chats do not want the weekly digest of a dialogue.
silenced_digests = table(
    "silenced_digests",
    reference("dialogues", primary_key=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), primary_key=True, index=True),
)
