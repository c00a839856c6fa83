"""Quotations with which an answer begins: native ones of the message replied to, where Telegram finds them there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.messengers.telegram.content import content
from bot.model import Post, Quote, plain
from bot.text.characters import is_blank, units

_LONGEST = 1024
"""UTF-16 units of a quotation (Bot API, "ReplyParameters")."""
REFUSED = "quote_"
"""Sign in the message of the error if that message has no such part, or has it in another style."""


def split_quotation(post: Post) -> tuple[dict[str, Any], Post] | None:
    """Return the parameters of a native quotation and the post without it; None if nobody's words begin with one."""
    first, rest = (post.text[0], post.text[1:]) if post.text else (None, ())
    if post.author is None or not isinstance(first, Quote) or (is_blank(plain(rest)) and not post.files):
        return None
    shown = content(Post(first.children))
    if units(shown.text) > _LONGEST:
        return None
    return {"quote": shown.text, "quote_entities": shown.entities}, replace(post, text=rest)
