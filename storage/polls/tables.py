"""The tables of polls."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

polls = table(
    "polls",
    id_column(),
    reference("dialogues"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    # How ballots look and are counted, and who may cast one: enums of `bot.voting` and of the records.
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("weight", sa.Text, nullable=False),
    sa.Column("voters", sa.Text, nullable=False),
    sa.Column("quorum", sa.Integer, nullable=False),
    sa.Column("secret", sa.Boolean, nullable=False),
    # Whether the tally is shown before the close.
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("closes_at", UtcDateTime),
    sa.Column("state", sa.Text, nullable=False),
    # The chat in which it was typed, and the messenger's id of that message, whose edits change the draft. No foreign
    # key: the chat may be deleted sooner.
    sa.Column("command_chat_id", sa.BigInteger),
    sa.Column("command_native_id", sa.Text),
    # Since when everybody has been asked for proposals.
    sa.Column("collecting_at", UtcDateTime),
    # Messages: the preview of the draft, the live card, the native polls, the result.
    sa.Column("preview_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("card_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("native_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column("result_id", sa.ForeignKey("messages.id"), index=True),
    sa.Column(
        "created_by",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("question", "created_at")),
    ),
    sa.Column("created_at", UtcDateTime, nullable=False, index=True),
    sa.Column("opened_at", UtcDateTime),
    # Since when it is closed, or discarded.
    sa.Column("closed_at", UtcDateTime, index=True),
    # How it ended: `bot.voting.Result` as JSON.
    sa.Column("result", sa.JSON(none_as_null=True), info=NOT_PERSONAL),
    # Since when its order is that of the dialogue, until a later one is; NULL: it never was.
    sa.Column("in_force_at", UtcDateTime),
    # Since when ballots may be missing, because of a downtime.
    sa.Column("warned_at", UtcDateTime),
    # When a coordinator last had those reminded who had not voted.
    sa.Column("reminded_at", UtcDateTime),
    sa.UniqueConstraint("dialogue_id", "number"),
    sa.Index("ix_polls_command", "command_chat_id", "command_native_id"),
)

poll_topics = table(
    "poll_topics",
    id_column(),
    reference("polls"),
    # From 1; NULL: a proposal that is not accepted.
    sa.Column("position", sa.Integer),
    sa.Column("text", sa.Text, nullable=False),
    # Numbers of Sustainable Development Goals.
    sa.Column("sdgs", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column(
        "proposed_by",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.CLEAR, export=("text",)),
    ),
    sa.UniqueConstraint("poll_id", "position"),
)

# Open ballots. Those of a person who is forgotten after the close stay, as nobody's: the count can be repeated.
ballots = table(
    "ballots",
    id_column(),
    reference("polls"),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        index=True,
        info=personal(
            OnLink.FOLLOW,
            OnForget.CLEAR,
            export=("poll_id", "city_id", "ballot", "messenger", "cast_at"),
            prevails="cast_at",
        ),
    ),
    # To which the voter belonged.
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    # As typed, in its canonical form.
    sa.Column("ballot", sa.Text, nullable=False),
    # On which it was cast last.
    sa.Column("messenger", sa.Text, nullable=False),
    sa.Column("cast_at", UtcDateTime, nullable=False),
    # That of its poll, for the purge.
    sa.Column("closed_at", UtcDateTime, index=True),
    sa.UniqueConstraint("poll_id", "person_id"),
)

# Secret ballots. Nothing here may tell in which order they were cast, as it is known who wrote when: no numbered id, no
# time, and on SQLite not even a row id; nor on which messenger, which somebody may be the only one of a city to use.
secret_ballots = table(
    "secret_ballots",
    reference("polls", primary_key=True),
    # A keyed digest (`bot.signer.Signer.voter`), which nobody without the key can relate to a person.
    sa.Column("voter", sa.Text, primary_key=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), nullable=False, index=True),
    sa.Column("ballot", sa.Text, nullable=False),
    # When it was cast, veiled (`bot.signer.Signer.veil`): of two of one person, the last one counts.
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("closed_at", UtcDateTime, index=True),
    sqlite_with_rowid=False,
)
for _each in (ballots, secret_ballots):
    sa.Index(f"ix_{_each.name}_tally", _each.c.poll_id, _each.c.city_id, _each.c.ballot)

# Private ballots that are being filled in.
ballot_drafts = table(
    "ballot_drafts",
    reference("polls", primary_key=True),
    sa.Column(
        "person_id",
        sa.ForeignKey("people.id"),
        primary_key=True,
        index=True,
        info=personal(OnLink.FOLLOW, OnForget.DELETE, export=("poll_id", "ballot"), prevails="changed_at"),
    ),
    sa.Column("ballot", sa.Text, nullable=False),
    # The message with its buttons, for as long as that is kept.
    sa.Column("post_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

# Who has been told why their native vote does not count, by keyed digest: nobody is told twice.
told_voters = table(
    "told_voters",
    reference("polls", primary_key=True),
    sa.Column("whom", sa.Text, primary_key=True),
)
