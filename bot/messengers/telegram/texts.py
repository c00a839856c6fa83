"""The text of incoming messages and captions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import Message, MessageEntity

from bot.messengers.telegram.references import number
from bot.messengers.telegram.richmessages import text_of_rich
from bot.model import RichText, Text, plain, rich
from bot.text.telegram import Entity, parse

_ME = re.compile(r"/me +[^\s]")


def text_of(message: Message) -> RichText:
    """Return the text of a message; of a file its caption."""
    if message.text is not None:
        return _emote(parsed(message.text, message.entities))
    if written := message.api_kwargs.get("rich_message"):  # newer than the library
        return text_of_rich(written)
    return parsed(message.caption or "", message.caption_entities) or _described(message)


def _described(message: Message) -> RichText:
    """Return the text that describes what only Telegram has."""
    if message.invoice:
        return rich(message.invoice.description)
    if message.game:
        return parsed(message.game.text or message.game.description, message.game.text_entities)
    draw = message.giveaway or message.giveaway_winners
    return rich(draw.prize_description or "") if draw else ()


def _emote(text: RichText) -> RichText:
    """Convert `/me waves` to an emote, as other messengers do; `/me` alone stays a command."""
    first = text[0] if text else None
    if not isinstance(first, Text) or not _ME.match(plain(text)):
        return text
    return rich("* " + first.text.removeprefix("/me").lstrip(" "), *text[1:])


def parsed(text: str, entities: Sequence[MessageEntity] | None) -> RichText:
    """Return a text with its entities as rich text."""
    return parse(text, [entity_of(entity) for entity in entities or ()])


def entity_of(entity: MessageEntity) -> Entity:
    """Return an entity as the text modules have it."""
    return Entity(
        entity.type,
        entity.offset,
        entity.length,
        url=entity.url or "",
        language=entity.language or "",
        user_id=number(entity.user.id) if entity.user else "",
        unix_time=int(entity.unix_time.timestamp()) if entity.unix_time else None,
        date_time_format=entity.date_time_format or "",
    )
