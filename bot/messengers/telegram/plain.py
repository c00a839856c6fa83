"""What Telegram refuses because of its entities goes out as plain text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import structlog
from telegram.error import BadRequest

from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.telegram.content import Content
from bot.messengers.telegram.failures import says
from bot.messengers.telegram.texts import entity_of
from bot.model import MessengerName
from bot.text.unmarked import unmarked

log = structlog.get_logger()
_T = TypeVar("_T")

_LIMITS = CAPABILITIES[MessengerName.TELEGRAM]
_REFUSED = ("entit", "wrong http url")


async def plain_if_need_be(wanted: Content, write: Callable[[Content], Awaitable[_T]], *, caption: bool = False) -> _T:
    """Write a content, or its plain text with the addresses of its links if Telegram rejects the entities."""
    try:
        return await write(wanted)
    except BadRequest as error:
        if not (wanted.entities and says(error, *_REFUSED)):
            raise
        log.warning("entities refused, sent plain", error=error.message)
        limit = _LIMITS.caption_length if caption else _LIMITS.text_length
        text = unmarked(wanted.text, list(map(entity_of, wanted.entities)), limit)
        return await write(replace(wanted, text=text, entities=()))
