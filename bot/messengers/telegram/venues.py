"""Places as the Bot API sends them: a venue has a title and an address, which here say who shares what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from telegram import Bot, Message

from bot.model import Post
from bot.text.direction import attribution


@dataclass(frozen=True, slots=True)
class VenueCall:
    """The parameters of sendVenue."""

    latitude: float
    longitude: float
    title: str
    address: str


def venue_of(post: Post) -> VenueCall | None:
    """Return the venue that a post is: its author as the title, and what the place is called as the address."""
    place = post.location
    if place is None:
        return None
    title = attribution(post.author) if post.author else place.title or place.label
    return VenueCall(place.latitude, place.longitude, title, place.label)


async def send_venue(bot: Bot, venue: VenueCall, place: Mapping[str, Any]) -> Message:
    """Send a venue; `place` are the parameters that all methods have."""
    return await bot.send_venue(**asdict(venue), **place)
