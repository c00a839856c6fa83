"""The tables of minutes."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import OnForget, OnLink, personal

# What expires sooner is named by its number in the dialogue.
minutes = table(
    "minutes",
    id_column(),
    reference("dialogues"),
    sa.Column("number", sa.Integer, nullable=False),
    # From the end on.
    sa.Column("agreement_id", sa.ForeignKey("agreements.id"), unique=True),
    # The number of the roundtable.
    sa.Column("roundtable", sa.Integer),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column(
        "chair_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("number", "title", "started_at", "ended_at")),
    ),
    # Where they were started. No foreign key: it may be deleted sooner.
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    # Their live card in every chat.
    sa.Column("card_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    # When something was last written down, or done: forgotten minutes are ended.
    sa.Column("active_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.UniqueConstraint("dialogue_id", "number"),
)
_OPEN = minutes.c.ended_at.is_(None)
sa.Index("uq_minutes_open", minutes.c.dialogue_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

minutes_lines = table(
    "minutes_lines",
    id_column(),
    reference("minutes", "minutes_id"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("translation", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("kind", "text", "at")),
    ),
    sa.Column("city_id", sa.ForeignKey("cities.id"), index=True),
    # The message it was written in, whose edits change it; NULL: the bot's own. No foreign key.
    sa.Column("chat_id", sa.BigInteger),
    sa.Column("native_id", sa.Text),
    # The number of the action point that it made.
    sa.Column("action", sa.Integer),
    sa.Column("changed_at", UtcDateTime),
    sa.Column("removed_at", UtcDateTime),
    sa.UniqueConstraint("minutes_id", "position"),
    sa.Index("ix_minutes_lines_message", "chat_id", "native_id"),
)

# Who was present. One who is forgotten counts as somebody of their city.
participants = table(
    "participants",
    id_column(),
    reference("minutes", "minutes_id"),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("minutes_id", "city_id", "how", "at"), prevails="at"),
    ),
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("minutes_id", "person_id"),
)
