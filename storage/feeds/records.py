"""The records of feeds and of their items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class FeedState(StrEnum):
    """The state of a feed."""

    NEW = "new"
    """Not read yet, or waiting for the choice among the feeds of a page; it has no number."""
    REFUSED = "refused"
    """Could not be read, and is listed as such until all that were added with it have been tried."""
    ACTIVE = "active"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed of a dialogue. All times are in UTC.

    `number`: counted from 1 in its dialogue. `language`: of its items, an IETF tag, or empty. `only`, `unless`: phrases
    of which an item must contain one, or none. `approve`: coordinators decide on each item. `digest`: the local time,
    `08:00`, at which items are posted together; empty: each at once. `cities`: ids of those that get it; empty: all.
    `allowance`: how many new items may be posted after the next fetch (None: as usual).
    """

    id: int
    dialogue_id: int
    number: int | None
    state: FeedState
    url: str
    title: str
    site: str
    language: str
    only: tuple[str, ...]
    unless: tuple[str, ...]
    approve: bool
    digest: str
    cities: tuple[int, ...]
    etag: str
    modified: str
    allowance: int | None
    added_at: datetime
    added_by: str | None
    """The account that added it."""
    chat_id: int | None
    """Where it was added, if that is a chat of a dialogue."""
    card_id: int | None
    """The post that says what has become of it; several feeds that were added together share one."""
    choices: tuple[tuple[str, str], ...]
    """The feeds of the page, as (address, title), from which one is to be chosen."""
    read_at: datetime | None
    """When it was last fetched with success."""
    listed_at: datetime | None
    """Every item that it listed at that time is at least as new (`FeedItem.listed_at`)."""
    next_at: datetime | None
    failures: int
    failing_since: datetime | None
    told_at: datetime | None
    """When coordinators were told that it fails."""
    problem: str
    """A `FetchProblem`, or empty."""
    status: int
    """The HTTP status of a failure, or 0."""

    @property
    def running(self) -> bool:
        """Whether it has a number, and is either active or paused."""
        return self.state in {FeedState.ACTIVE, FeedState.PAUSED}


class ItemState(StrEnum):
    """What has become of an item."""

    WAITING = "waiting"
    """For the decision of a coordinator."""
    APPROVED = "approved"
    """To be posted, at once or with the next digest."""
    POSTED = "posted"
    DIGESTED = "digested"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    """Filtered out, known from elsewhere, or older than the subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item of a feed. `guid`, `link` and `content` are digests to recognise it by; empty ones match nothing.

    `data`: its content while it is needed, otherwise empty. `message_id`: its post. `card_id`: the question whether to
    post it. `seen_at`: when it was first seen; `ready_at`: since when it may be posted; `listed_at`: when the feed last
    had it, to the day.
    """

    id: int
    feed_id: int
    guid: str
    link: str
    content: str
    state: ItemState
    data: Mapping[str, Any]
    message_id: int | None
    card_id: int | None
    seen_at: datetime
    ready_at: datetime | None
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many posts of a feed have not been delivered to a chat: `waiting`, and `failed` for good."""

    chat_id: int
    waiting: int
    failed: int
