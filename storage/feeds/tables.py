"""The tables of feeds and their items, and of links that were shared otherwise."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import UtcDateTime, id_column, reference, table
from storage.personal import NOT_PERSONAL, OnForget, OnLink, personal

feeds = table(
    "feeds",
    id_column(),
    reference("dialogues"),
    sa.Column("number", sa.Integer),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("only", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column("unless", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column("approve", sa.Boolean, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("cities", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("modified", sa.Text, nullable=False),
    sa.Column("allowance", sa.Integer),
    sa.Column("added_at", UtcDateTime, nullable=False, index=True),
    sa.Column(
        "added_by",
        sa.Text,
        info=personal(OnLink.STAY, OnForget.CLEAR, export=("dialogue_id", "number", "url", "added_at")),
    ),
    reference("chats", null=True, index=True),
    # No foreign key: the feed outlives its message, like the items theirs.
    sa.Column("card_id", sa.BigInteger, index=True),
    sa.Column("choices", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column("read_at", UtcDateTime),
    sa.Column("listed_at", UtcDateTime),
    sa.Column("next_at", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("told_at", UtcDateTime),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.UniqueConstraint("dialogue_id", "number"),
)

feed_items = table(
    "feed_items",
    id_column(),
    reference("feeds"),
    # Digests of its id, its canonical link and its content.
    sa.Column("guid", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False, index=True),
    sa.Column("content", sa.Text, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    # Erased once it is posted.
    sa.Column("data", sa.JSON, nullable=False, info=NOT_PERSONAL),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("card_id", sa.BigInteger),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("ready_at", UtcDateTime),
    sa.Column("listed_at", UtcDateTime, nullable=False, index=True),
    sa.UniqueConstraint("feed_id", "guid"),
)
PENDING_ITEM = feed_items.c.state.in_([sa.literal_column(f"'{each}'") for each in ("waiting", "approved")])
"""Of items whose content is still needed."""

# Up to when the items of a feed have been posted in a city's digests.
feed_digests = table(
    "feed_digests",
    reference("feeds", primary_key=True),
    sa.Column("city_id", sa.ForeignKey("cities.id"), primary_key=True, index=True),
    sa.Column("until", UtcDateTime, nullable=False),
)

# Links that people have posted in a dialogue, as keyed digests: a feed does not bring them once more.
shared_links = table(
    "shared_links",
    reference("dialogues", primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("shared_at", UtcDateTime, nullable=False, index=True),
)
