"""The records of news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import RichText


@dataclass(frozen=True, slots=True)
class NewsItem:
    """What a coordinator has posted to every chat of a dialogue.

    `post_id`, `status_id`: the messages with its posts, and with the report on their delivery. `person_id`: who posted
    it, for `city` (its name, or empty); None once forgotten. `attachment` describes its file, or is empty.
    """

    id: int
    dialogue_id: int
    post_id: int
    status_id: int
    person_id: int | None
    city: str
    headline: str
    text: RichText
    attachment: str
    posted_at: datetime
    corrected_at: datetime | None
    corrections: int
