"""The tables. Every datetime is in UTC; every native id of a messenger is text.

Each foreign key is the first column of an index or key: rows are looked up by it when the one they refer to is deleted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC, on databases with and without support for time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Reject a naive datetime; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - as above
        """Return an aware datetime."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> sa.Column[int]:
    # SQLite auto-increments only INTEGER columns; AUTOINCREMENT never reuses an id.
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True)


def _ref(table: str, name: str = "", *, null: bool = False, **options: Any) -> sa.Column[int]:  # noqa: ANN401 - passed on
    return sa.Column(name or f"{table.removesuffix('s')}_id", sa.ForeignKey(f"{table}.id"), nullable=null, **options)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_autoincrement=any(getattr(p, "name", "") == "id" for p in parts))


cities = _table(
    "cities",
    _id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    # Unique; cities that were already too similar before this column existed have their id appended.
    sa.Column("skeleton", sa.Text, nullable=False, server_default="", index=True, unique=True),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
)

dialogues = _table("dialogues", _id(), sa.Column("name", sa.Text, nullable=False, unique=True))

dialogue_cities = _table(
    "dialogue_cities",
    _ref("dialogues", primary_key=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), primary_key=True, index=True),
)

people = _table(
    "people",
    _id(),
    sa.Column("name", sa.Text, nullable=False),
    # The person's choice; until then the guess applies.
    sa.Column("locale", sa.Text),
    sa.Column("zone", sa.Text),
    sa.Column("guessed_locale", sa.Text),
    sa.Column("guessed_zone", sa.Text),
    # The dialogue to which their private commands refer if they take part in several. No foreign key: a person
    # may outlive it, and SQLite can add one only by rebuilding the table.
    sa.Column("dialogue_id", sa.BigInteger),
    # What each link of accounts brought, so that it can be undone (see `storage.links`).
    sa.Column("linked", sa.JSON(none_as_null=True)),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
)

accounts = _table(
    "accounts",
    _id(),
    sa.Column("messenger", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("username", sa.Text, nullable=False),
    sa.UniqueConstraint("messenger", "native_id"),
)

chats = _table(
    "chats",
    _id(),
    sa.Column("messenger", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    _ref("dialogues", null=True, index=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), index=True),
    # Set for a private chat with the bot.
    sa.Column("person_id", sa.ForeignKey("people.id"), index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("locale", sa.Text),
    sa.Column("zone", sa.Text),
    # Why the chat cannot be written to; empty: it can.
    sa.Column("blocked_reason", sa.Text, nullable=False),
    # When the bot leaves because nobody entitled has asked for it.
    sa.Column("leave_at", UtcDateTime),
    # An invitation is pending until the chat is paired.
    sa.Column("invited", sa.Boolean, nullable=False),
    # End-to-end; messages relayed from there leave the encryption.
    sa.Column("encrypted", sa.Boolean, nullable=False, server_default=sa.false()),
    # The previous id, and when it changed: older message ids mean nothing under the new one.
    sa.Column("moved_from", sa.Text, index=True),
    sa.Column("moved_at", UtcDateTime),
    sa.UniqueConstraint("messenger", "native_id", "topic"),
)

roles = _table(
    "roles",
    _ref("dialogues", primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    # NULL: not appointed, but a guest who has written in a chat of that city.
    sa.Column("appointed_at", UtcDateTime),
    # Since when nothing they write is relayed, and when they were last notified of that.
    sa.Column("muted_at", UtcDateTime),
    sa.Column("told_at", UtcDateTime),
)

# Channels and groups in whose name nothing is relayed; such messages have no individual author.
muted_chats = _table(
    "muted_chats",
    _ref("dialogues", primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column("muted_at", UtcDateTime, nullable=False),
    sa.Column("told_at", UtcDateTime),
)

# One-time codes: to pair a chat, or to link an account.
codes = _table(
    "codes",
    _id(),
    sa.Column("purpose", sa.Text, nullable=False),
    # Not the code itself, so that read access to the database does not suffice to use it.
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("account", sa.Text, nullable=False),
    _ref("chats", index=True),
    # For pairing: the city that the chat will speak for.
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    # For linking: the account that entered the code.
    sa.Column("claimed_by", sa.Text, nullable=False),
    # The account that has confirmed; the other one has yet to.
    sa.Column("confirmed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("used_at", UtcDateTime),
)

# Wrong codes entered by each account.
guesses = _table(
    "guesses",
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False, index=True),
    sa.Column("locked_until", UtcDateTime),
)

# Requested pairings of encrypted chats, which have to be confirmed.
pairings = _table(
    "pairings",
    _ref("chats", primary_key=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    # Empty: a new code was requested.
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
)

# Changes of rights, and other accountable actions. No foreign keys: what it names may have been deleted.
audit = _table(
    "audit",
    _id(),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("dialogue", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)

# Health checks requested by /doctor and not answered yet: the messengers have to be queried first.
health_checks = _table(
    "checkups",
    _id(),
    _ref("chats", index=True),
    _ref("dialogues", index=True),
    sa.Column("reply_native_id", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
)

# Paired chats of which it is not known yet whether everything works there.
readiness = _table(
    "readiness",
    _ref("chats", primary_key=True),
    # When to check the chat next.
    sa.Column("due_at", UtcDateTime, nullable=False, index=True),
    # What its people were told is lacking, since when, and whether they were reminded.
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("told_at", UtcDateTime),
    sa.Column("reminded", sa.Boolean, nullable=False),
)

# A digest of each command menu set at a messenger, so that it is not set again unchanged.
menus = _table(
    "menus",
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
)

# The newest message number seen from each counter. Kept as long as there are chats: without it, a message whose
# send response was lost cannot be told from older ones.
counters = _table(
    "counters",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("newest", sa.BigInteger, nullable=False),
)

inbox = _table(
    "inbox",
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("received_at", UtcDateTime, nullable=False, index=True),
)

cursors = _table(
    "cursors",
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("moved_at", UtcDateTime, nullable=False),
)

# One row per message, whatever its number of copies. Without a chat: one of the bot's own.
messages = _table(
    "messages",
    _id(),
    _ref("dialogues", null=True, index=True),
    _ref("chats", null=True),
    sa.Column("native_id", sa.Text),
    sa.Column("person_id", sa.ForeignKey("people.id"), index=True),
    sa.Column("sent_at", UtcDateTime, nullable=False, index=True),
    sa.Column("deleted_at", UtcDateTime),
    # The actions of its buttons: emoji → action.
    sa.Column("buttons", sa.JSON(none_as_null=True)),
    # A keyed digest of its current content, to recognise edits that change nothing.
    sa.Column("digest", sa.Text),
    # If held back because of a mistyped or rejected command: the word, the time, and the message it replies to.
    sa.Column("held", sa.JSON(none_as_null=True)),
    sa.UniqueConstraint("chat_id", "native_id"),
)

# Relayed edits, on messengers where an edit has an id of its own by which it can be removed.
edits = _table(
    "edits",
    _ref("chats", primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),
    _ref("messages", index=True),
)

copies = _table(
    "copies",
    _id(),
    _ref("messages"),
    _ref("chats"),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.UniqueConstraint("chat_id", "native_id"),
    sa.UniqueConstraint("message_id", "chat_id", "part"),
)

deliveries = _table(
    "deliveries",
    _id(),
    _ref("chats"),
    # Deliveries of a lane go out one by one, in order: `messenger:id`, all topics of a forum together.
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("message_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # Never reused, even after a restore: a messenger that has seen a token returns the old message.
    sa.Column("token", sa.Text, nullable=False, unique=True),
    # The content; erased upon delivery.
    sa.Column("post", sa.JSON(none_as_null=True)),
    sa.Column("reply_message_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("reply_native_id", sa.Text),
    # Whose share of the lane it takes, and its turn (see `storage.turns`).
    sa.Column("person_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("turn", sa.BigInteger, nullable=False, server_default="0"),
    # A newer row with the same key replaces an older unsent one.
    sa.Column("key", sa.Text),
    # The newest id known in the chat before the first attempt.
    sa.Column("after_id", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("queued_at", UtcDateTime, nullable=False, index=True),
    sa.Column("tried_at", UtcDateTime),
    sa.Column("done_at", UtcDateTime),
)

sa.Index("ix_deliveries_chat_id_state_id", deliveries.c.chat_id, deliveries.c.state, deliveries.c.id)
OPEN_STATES = ("queued", "sending")
OPEN = deliveries.c.state.in_(OPEN_STATES)
for _name, _columns in (("open", ("lane", "turn", "id")), ("shares", ("lane", "person_id", "turn"))):
    sa.Index(
        f"ix_deliveries_{_name}", *(deliveries.c[each] for each in _columns), sqlite_where=OPEN, postgresql_where=OPEN
    )
