"""News feeds, their items, and the links that people have posted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0019", "0018"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create their tables."""
    _feeds()
    _items()
    op.create_table(
        "feed_digests",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_digests_feed_id_feeds")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_feed_digests_city_id_cities")),
        sa.PrimaryKeyConstraint("feed_id", "city_id", name=op.f("pk_feed_digests")),
    )
    op.create_index(op.f("ix_feed_digests_city_id"), "feed_digests", ["city_id"])
    op.create_table(
        "shared_links",
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shared_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name=op.f("fk_shared_links_dialogue_id_dialogues")),
        sa.PrimaryKeyConstraint("dialogue_id", "digest", name=op.f("pk_shared_links")),
    )
    op.create_index(op.f("ix_shared_links_shared_at"), "shared_links", ["shared_at"])


def _feeds() -> None:
    texts = ("state", "url", "title", "site", "language", "digest", "etag", "modified", "problem")
    op.create_table(
        "feeds",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("dialogue_id", ID, nullable=False),
        sa.Column("number", sa.Integer()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("only", "unless", "cities", "choices")),
        sa.Column("approve", sa.Boolean(), nullable=False),
        sa.Column("allowance", sa.Integer()),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.Text()),
        sa.Column("chat_id", ID),
        sa.Column("card_id", sa.BigInteger()),
        *(sa.Column(name, MOMENT) for name in ("read_at", "listed_at", "next_at", "failing_since", "told_at")),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name=op.f("fk_feeds_dialogue_id_dialogues")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_feeds_chat_id_chats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("dialogue_id", "number", name=op.f("uq_feeds_dialogue_id_number")),
        sqlite_autoincrement=True,
    )
    for name in ("added_at", "chat_id", "card_id"):
        op.create_index(op.f(f"ix_feeds_{name}"), "feeds", [name])


def _items() -> None:
    op.create_table(
        "feed_items",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("feed_id", ID, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("guid", "link", "content", "state")),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("card_id", sa.BigInteger()),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT),
        sa.Column("listed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_items_feed_id_feeds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_items")),
        sa.UniqueConstraint("feed_id", "guid", name=op.f("uq_feed_items_feed_id_guid")),
        sqlite_autoincrement=True,
    )
    for name in ("link", "content", "listed_at"):
        op.create_index(op.f(f"ix_feed_items_{name}"), "feed_items", [name])
