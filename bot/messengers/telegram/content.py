"""Conversion of posts to what the Bot API expects: text, entities and keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, User

from bot.model import Button, Post, RichText, bold, rich
from bot.text.direction import attribution, under
from bot.text.pings import without_pings
from bot.text.telegram import Entity, render

_ROW = 3


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a message. Deterministic: equal posts produce equal content."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None


def content(post: Post) -> Content:
    """Return the content of the message for a post."""
    text, entities = render(_attributed(post))
    if post.author:  # quoted text must not ping people here who share a name (trust: case 26)
        text, entities = without_pings(text, entities)
    return Content(text, tuple(map(_entity, entities)), _keyboard(post.buttons))


def _attributed(post: Post) -> RichText:
    """Return the text preceded by its author; before a block, the space becomes a line break."""
    if post.author is None:
        return post.text
    return rich(bold(f"{attribution(post.author)}:"), " ") + under(post.author, post.text)


def _entity(entity: Entity) -> MessageEntity:
    return MessageEntity(
        entity.type,
        entity.offset,
        entity.length,
        url=entity.url or None,
        # Only the id matters, but the server requires a name.
        user=User(int(entity.user_id), "?", is_bot=False) if entity.user_id else None,
        language=entity.language or None,
        unix_time=None if entity.unix_time is None else datetime.fromtimestamp(entity.unix_time, UTC),
    )


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    keys = [InlineKeyboardButton(f"{b.emoji} {b.label}".strip(), callback_data=b.action) for b in buttons]
    return InlineKeyboardMarkup([keys[start : start + _ROW] for start in range(0, len(keys), _ROW)])
