"""The tables of messages, edits and copies."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

# One row per message, whatever its number of copies. Without a chat: one of the bot's own.
messages = table(
    "messages",
    id_column(),
    reference("dialogues", null=True, index=True),
    reference("chats", null=True),
    sa.Column("native_id", sa.Text),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.MOVE, OnForget.CLEAR, export=("chat_id", "native_id", "sent_at", "deleted_at")),
    ),
    sa.Column("sent_at", UtcDateTime, nullable=False, index=True),
    sa.Column("deleted_at", UtcDateTime),
    # The actions of its buttons: emoji → action.
    sa.Column("buttons", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    # A keyed digest of its current content, to recognise edits that change nothing.
    sa.Column("digest", sa.Text),
    # If held back because of a mistyped or rejected command: the word, the time, and the message it replies to.
    sa.Column("held", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    # The feature that made it, or handled it as a command, or empty.
    sa.Column("feature", sa.Text, nullable=False, server_default=""),
    # The root of the thread that it was written in, or that what it replies to was written in.
    reference("messages", "thread_id", null=True, index=True),
    # Of a native poll that people have made: the messenger's id of it, if its end is reported by that alone.
    sa.Column("poll_id", sa.Text, index=True),
    sa.UniqueConstraint("chat_id", "native_id"),
)

# Relayed edits, on messengers where an edit has an id of its own by which it can be removed.
edits = table(
    "edits",
    reference("chats", primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),
    reference("messages", index=True),
)

# Reactions whose removal somebody wants to hear of, on messengers that report it by the id of the reaction alone.
reactions = table(
    "reactions",
    reference("chats", primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),
    reference("messages", index=True),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        nullable=False,
        index=True,
        info=personal(OnLink.MOVE, OnForget.DELETE, export=("key",)),
    ),
    # The message under its id in the chat.
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
)

# Votes in native polls, on messengers where a vote has an id of its own by which it can be removed.
votes = table(
    "votes",
    reference("chats", primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),
    reference("messages"),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        nullable=False,
        index=True,
        info=personal(OnLink.MOVE, OnForget.DELETE, export=("options", "cast_at")),
    ),
    # The numbers of what was chosen, from 0; null if it cannot be decrypted.
    sa.Column("options", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    sa.Column("cast_at", UtcDateTime, nullable=False),
    sa.Index("ix_votes_cast", "message_id", "person_id", "cast_at"),
)

copies = table(
    "copies",
    id_column(),
    reference("messages"),
    reference("chats"),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    # Whether it is a file, whose text is its caption.
    sa.Column("has_file", sa.Boolean, nullable=False, server_default=sa.false()),
    # Of a native poll: the messenger's id of it.
    sa.Column("poll_id", sa.Text, index=True),
    # Its order among the sections of a merged message, which have the same native id.
    sa.Column("place", sa.Integer, nullable=False, server_default="0"),
    # Of an item of an album: the message whose copy names the author of all of them.
    sa.Column("album_id", sa.BigInteger),
    sa.UniqueConstraint("chat_id", "native_id", "place"),
    sa.UniqueConstraint("message_id", "chat_id", "part"),
)
