"""The table of deliveries."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.deliveries.records import State
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

deliveries = table(
    "deliveries",
    id_column(),
    reference("chats"),
    # Deliveries of a lane go out one by one, in order: `messenger:id`, all topics of a forum together.
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("message_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # Never reused, even after a restore: a messenger that has seen a token returns the old message.
    sa.Column("token", sa.Text, nullable=False, unique=True),
    # The content (see `storage.deliveries.posts`); erased upon delivery.
    sa.Column("post", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    sa.Column("reply_message_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("reply_native_id", sa.Text),
    # Whose share of the lane it takes, and its turn (see `storage.deliveries.turns`).
    sa.Column(
        "person_id",
        sa.BigInteger,
        nullable=False,
        server_default="0",
        info=personal(OnLink.STAY, OnForget.CLEAR),
    ),
    sa.Column("turn", sa.BigInteger, nullable=False, server_default="0"),
    # An edit of a live card: goes out when the chat may have its next one (`chats.edit_at`).
    sa.Column("live", sa.Boolean, nullable=False, server_default=sa.false()),
    # An item of an album that may not be complete: goes out then, with those that follow it until then.
    sa.Column("held_until", UtcDateTime),
    # The row with which it is sent as one message; its own: it is to be sent alone.
    sa.Column("head_id", sa.BigInteger),
    # The newest id known in the chat before the first attempt.
    sa.Column("after_id", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    # Of a permanent failure: its kind (`bot.model.Reason`).
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("queued_at", UtcDateTime, nullable=False, index=True),
    sa.Column("tried_at", UtcDateTime),
    sa.Column("done_at", UtcDateTime),
)

sa.Index("ix_deliveries_chat_id_state_id", deliveries.c.chat_id, deliveries.c.state, deliveries.c.id)


def is_open(state: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return a condition with literals, as in the partial indexes: parameters would be expanded for each statement."""
    return state.in_([sa.literal_column(f"'{each}'") for each in (State.QUEUED, State.SENDING)])


OPEN = is_open(deliveries.c.state)
HELD = sa.and_(OPEN, deliveries.c.held_until.is_not(None))
UNFINISHED_STATES = (State.QUEUED, State.SENDING, State.FAILED)
"""Of deliveries that may still go out: failed ones can be retried."""
sa.Index("ix_deliveries_held", deliveries.c.lane, sqlite_where=HELD, postgresql_where=HELD)
for _name, _columns in (("open", ("lane", "turn", "id")), ("shares", ("lane", "person_id", "turn"))):
    sa.Index(
        f"ix_deliveries_{_name}", *(deliveries.c[each] for each in _columns), sqlite_where=OPEN, postgresql_where=OPEN
    )
