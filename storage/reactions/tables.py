"""The tables of reactions that are passed on."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

relayed_reactions = table(
    "relayed_reactions",
    id_column(),
    reference("messages", index=True),
    # Where it was made.
    reference("chats", index=True),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.MOVE, OnForget.DELETE, export=("key", "reacted_at")),
    ),
    # Of reactions in the name of a channel or group: which, and its name.
    sa.Column("sender", sa.Text, nullable=False, server_default=""),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("key", sa.Text, nullable=False),
    # Made on a merged message.
    sa.Column("together", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reacted_at", UtcDateTime, nullable=False),
)

# What a chat shows of the reactions to a message in the other chats.
reaction_displays = table(
    "reaction_displays",
    reference("messages", primary_key=True),
    reference("chats", primary_key=True, index=True),
    # The summary.
    sa.Column("post_id", sa.ForeignKey("messages.id"), index=True),
    # The bot's own reactions.
    sa.Column("shown", sa.JSON, nullable=False, info=NOT_PERSONAL),
    # The reaction that a feature has put.
    sa.Column("sign", sa.Text, nullable=False, server_default=""),
    # When it was last drawn.
    sa.Column("drawn_at", UtcDateTime),
)
