"""The tables of roundtables."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

# Roundtables that repeat. Each occurrence is a roundtable of its own.
series = table(
    "series",
    id_column(),
    reference("dialogues", index=True),
    # Stable, and derived from nothing, as those of roundtables.
    sa.Column("uid", sa.Text, nullable=False),
    # An RRULE (RFC 5545), expanded in the local time of the zone from `starts_at`.
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    # Seconds that an occurrence takes.
    sa.Column("length", sa.Integer, nullable=False),
    # Since when it has no further occurrence: cancelled, or completed.
    sa.Column("ended_at", UtcDateTime, index=True),
)

roundtables = table(
    "roundtables",
    id_column(),
    reference("dialogues"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("series_id", sa.ForeignKey("series.id"), index=True),
    # The start that the series gave it; it stays when the roundtable is moved.
    sa.Column("occurrence_at", UtcDateTime),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False, index=True),
    # In which it was scheduled, and is moved.
    sa.Column("zone", sa.Text, nullable=False),
    # Grows with each change of what calendars show.
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("uid", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # Why it was cancelled.
    sa.Column("reason", sa.Text, nullable=False),
    # Seconds before the start at which everybody is reminded.
    sa.Column("remind", sa.JSON, nullable=False, info=NOT_PERSONAL),
    # Its live card in every chat.
    sa.Column("card_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column(
        "created_by",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("title", "created_at")),
    ),
    sa.Column(
        "chair_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("title", "starts_at")),
    ),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("dialogue_id", "number"),
)

agenda_items = table(
    "agenda_items",
    id_column(),
    reference("roundtables"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    # Seconds.
    sa.Column("planned", sa.Integer),
    sa.Column(
        "speaker_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("text",)),
    ),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.UniqueConstraint("roundtable_id", "position"),
)

invitations = table(
    "invitations",
    reference("roundtables", primary_key=True),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        primary_key=True,
        index=True,
        info=personal(
            OnLink.FOLLOW,
            OnForget.DELETE,
            export=("roundtable_id", "city_id", "part", "answer", "wishes_to_speak_at", "answered_at"),
            prevails="answered_at",
        ),
    ),
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("wishes_to_speak_at", UtcDateTime),
    # Who speaks in place of a speaker, and in whose place: the deputy has an invitation of their own.
    sa.Column("deputy_id", sa.ForeignKey("people.id"), index=True, info=personal(OnLink.FOLLOW, OnForget.CLEAR)),
    sa.Column("deputy_for", sa.ForeignKey("people.id"), index=True, info=personal(OnLink.FOLLOW, OnForget.CLEAR)),
    # By a coordinator, rather than because of a role or of being a deputy.
    sa.Column("explicit", sa.Boolean, nullable=False),
    sa.Column("answered_at", UtcDateTime),
)

reminders = table(
    "reminders",
    id_column(),
    reference("roundtables"),
    # That of the roundtable when it was planned: a move plans new ones.
    sa.Column("sequence", sa.Integer, nullable=False),
    # To a person, or to a chat.
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(
            OnLink.FOLLOW,
            OnForget.DELETE,
            export=("roundtable_id", "before", "due_at", "state", "told", "done_at"),
            prevails="done_at",
        ),
    ),
    reference("chats", null=True, index=True),
    # Seconds before the start.
    sa.Column("before", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # How: a `bot.commands.context.Told`.
    sa.Column("told", sa.Text),
    # The message, for as long as that is kept.
    sa.Column("post_id", sa.BigInteger),
    sa.Column("done_at", UtcDateTime),
    # Where one of the two is NULL, its constraint accepts everything, and the other one counts.
    sa.UniqueConstraint("roundtable_id", "sequence", "person_id", "before"),
    sa.UniqueConstraint("roundtable_id", "sequence", "chat_id", "before"),
    sa.CheckConstraint("(person_id IS NULL) <> (chat_id IS NULL)", name="ck_reminders_one_recipient"),
)
WAITING = reminders.c.state == sa.literal_column("'pending'")
sa.Index(
    "ix_reminders_waiting",
    reminders.c.roundtable_id,
    reminders.c.due_at,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)

meetings = table(
    "meetings",
    reference("roundtables", primary_key=True),
    # The live card of the meeting in every chat; that of the roundtable is another one.
    sa.Column("card_id", sa.ForeignKey("messages.id"), nullable=False, index=True),
    # The chair was told about the time that passed until then.
    sa.Column("watched_until", UtcDateTime, nullable=False),
)

speeches = table(
    "speeches",
    id_column(),
    reference("roundtables", index=True),
    sa.Column("item_id", sa.ForeignKey("agenda_items.id"), index=True),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("roundtable_id", "started_at", "ended_at")),
    ),
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)
