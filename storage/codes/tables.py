"""The tables of codes, guesses and pairings."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import OnForget, OnLink, personal

# One-time codes: to pair a chat, or to link an account.
codes = table(
    "codes",
    id_column(),
    sa.Column("purpose", sa.Text, nullable=False),
    # Not the code itself, so that read access to the database does not suffice to use it.
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column(
        "account",
        sa.Text,
        nullable=False,
        info=personal(OnLink.STAY, OnForget.DELETE, export=("purpose", "city", "expires_at", "used_at")),
    ),
    reference("chats", index=True),
    # For pairing: the city that the chat will speak for.
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    # For linking: the account that entered the code.
    sa.Column("claimed_by", sa.Text, nullable=False, info=personal(OnLink.STAY, OnForget.DELETE)),
    # The account that has confirmed; the other one has yet to.
    sa.Column("confirmed_by", sa.Text, nullable=False, server_default="", info=personal(OnLink.STAY, OnForget.DELETE)),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("used_at", UtcDateTime),
)

# Wrong codes entered by each account.
guesses = table(
    "guesses",
    sa.Column(
        "account",
        sa.Text,
        primary_key=True,
        info=personal(
            OnLink.STAY,
            OnForget.KEEP,
            export=("purpose", "wrong", "since", "locked_until"),
            why="whoever guesses codes must not get new attempts by being forgotten",
        ),
    ),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False, index=True),
    sa.Column("locked_until", UtcDateTime),
)

# Requested pairings of encrypted chats, which have to be confirmed.
pairings = table(
    "pairings",
    reference("chats", primary_key=True),
    sa.Column(
        "account",
        sa.Text,
        nullable=False,
        info=personal(OnLink.STAY, OnForget.DELETE, export=("city", "asked_at")),
    ),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    # Empty: a new code was requested.
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
)
