"""Conversion of posts to what the Bot API expects: text, entities and keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, User

from bot.model import Button, Post
from bot.text.merging import Written, merged, written
from bot.text.telegram import Entity

_ROW, _WIDTH = 3, 42
"""The most buttons side by side, and the most characters that fit on a phone's screen between them."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a message. Deterministic: equal posts produce equal content."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None


def content(post: Post, more: Sequence[Post] = ()) -> Content:
    """Return the content of the message for a post, or for a merged message with `more` posts."""
    return content_of(merged((post, *more)) if more else written(post), post.buttons)


def content_of(text: Written, buttons: tuple[Button, ...] = ()) -> Content:
    """Return the content of a message with this text."""
    return Content(text.text, tuple(map(_entity, text.entities)), _keyboard(buttons))


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
        date_time_format=entity.date_time_format or None,
    )


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    keys = [InlineKeyboardButton(f"{b.emoji} {b.label}".strip(), callback_data=b.action) for b in buttons]
    rows: list[list[InlineKeyboardButton]] = [[]]
    for key in keys:
        row = [*rows[-1], key]
        if len(row) > _ROW or (len(row) > 1 and max(len(each.text) for each in row) * len(row) > _WIDTH):
            rows.append([key])
        else:
            rows[-1] = row
    return InlineKeyboardMarkup(rows)
