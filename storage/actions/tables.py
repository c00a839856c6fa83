"""The tables of action points."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

# The present version; earlier ones are in the history. What expires sooner is named by its number in the dialogue.
action_points = table(
    "action_points",
    sa.Column("id", sa.ForeignKey("agreements.id"), primary_key=True, autoincrement=False),
    sa.Column("dialogue_id", sa.ForeignKey("dialogues.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    # In which it was written: `de`, `en`, …
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("translation", sa.Text),
    sa.Column("translation_language", sa.Text),
    sa.Column("due_on", sa.Date),
    # That of the version in force, while cities have to agree to another one.
    sa.Column("due_in_force", sa.Date),
    sa.Column("lead_city_id", sa.ForeignKey("cities.id"), index=True),
    # Numbers of Sustainable Development Goals.
    sa.Column("sdgs", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column("roundtable", sa.Integer),
    sa.Column("poll", sa.Integer),
    sa.Column("minutes", sa.Integer),
    # The number of the action point that this one replaces once it is agreed.
    sa.Column("replaces", sa.Integer),
    # The message that it is a reply to, for as long as that is kept. No foreign key: it may be deleted sooner.
    sa.Column("source_id", sa.BigInteger, index=True),
    # Its live card in every chat.
    sa.Column("card_id", sa.ForeignKey("messages.id"), index=True),
    # The chat in which it was typed, and the messenger's id of that message, whose edits change it. No foreign key.
    sa.Column("command_chat_id", sa.BigInteger),
    sa.Column("command_native_id", sa.Text),
    sa.Column(
        "proposed_by",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("number", "text", "proposed_at")),
    ),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("dialogue_id", "number"),
    sa.Index("ix_action_points_due", "dialogue_id", "due_on", "number"),
    sa.Index("ix_action_points_command", "command_chat_id", "command_native_id"),
)

# Of every version. Those of a person who is forgotten are nobody's.
action_owners = table(
    "action_owners",
    id_column(),
    sa.Column("action_id", sa.ForeignKey("action_points.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(
            OnLink.FOLLOW, OnForget.CLEAR, export=("action_id", "version", "city_id", "named_at"), prevails="named_at"
        ),
    ),
    # By which the history names them (`bot.signer.Signer.pseudonym`).
    sa.Column("pseudonym", sa.Text, nullable=False),
    sa.Column("city_id", sa.ForeignKey("cities.id"), index=True),
    sa.Column("named_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("action_id", "version", "person_id"),
)
