"""Rich messages (Bot API 10.1, "RichMessage"), which the library does not know yet, as HTML for the rich-text tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from bot.model import Account, MessengerName, RichText
from bot.text.html import parse

_DEPTH = 50
"""Levels of nesting that are read."""
_MARKS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "subscript": "sub",
    "superscript": "sup",
    "marked": "u",
    "code": "code",
}
"""Types of text that are elements of HTML too."""
_LINKS = {
    "url": ("", "url"),
    "email_address": ("mailto:", "email_address"),
    "phone_number": ("tel:", "phone_number"),
}
"""Types of text that are links: what their address begins with, and the field with the rest."""
_MENTION, _MOMENT = "x-mention", "x-moment"
_NUMBER = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_EMBEDDED = frozenset({"map", "animation", "audio", "photo", "video", "voice_note"})
"""Types of blocks that are no text."""


def text_of_rich(message: object) -> RichText:
    """Return the text of a rich message with its headings, lists, quotations and tables."""
    return parse(_blocks(_get(message, "blocks"), _DEPTH), marks=_mark)


def _mark(address: str) -> Account | tuple[int, str] | None:
    """Return the account or the moment that `_styled` has written as an address."""
    kind, _, value = address.partition(":")
    if kind == _MENTION and _NUMBER.fullmatch(value):
        return Account(MessengerName.TELEGRAM, value)
    unix, _, format = value.partition(":")
    return (int(unix), format) if kind == _MOMENT and _NUMBER.fullmatch(unix) else None


def has_embedded(message: object) -> bool:
    """Whether a rich message shows pictures, sounds or maps between its texts."""
    return any(_get(block, "type") in _EMBEDDED for block in _all_blocks(_get(message, "blocks"), _DEPTH))


def _get(value: object, name: str) -> Any:  # noqa: ANN401 - JSON
    return value.get(name) if isinstance(value, dict) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _all_blocks(blocks: object, depth: int) -> Iterator[object]:
    for block in _list(blocks) if depth else ():
        yield block
        yield from _all_blocks(_get(block, "blocks"), depth - 1)
        for item in _list(_get(block, "items")):
            yield from _all_blocks(_get(item, "blocks"), depth - 1)


def _blocks(blocks: object, depth: int) -> str:
    return "".join(_block(each, depth - 1) for each in _list(blocks)) if depth else ""


def _block(block: object, depth: int) -> str:
    make = _MAKE.get(str(_get(block, "type")), _paragraph)
    caption = _get(block, "caption")
    below = (_get(caption, "text"), _get(caption, "credit")) if isinstance(caption, dict) else (caption,)
    credit = (*below, _get(block, "credit"))
    return make(block, depth) + "".join(f"<p>{text}</p>" for each in credit if (text := _text(each, depth)))


def _paragraph(block: object, depth: int) -> str:
    """Return a block of text, or of blocks: also one of a type that is not known."""
    text = _text(_get(block, "text"), depth)
    return (f"<p>{text}</p>" if text else "") + _blocks(_get(block, "blocks"), depth)


def _heading(block: object, depth: int) -> str:
    return f"<h2>{_text(_get(block, 'text'), depth)}</h2>"


def _pre(block: object, depth: int) -> str:
    language = escape(str(_get(block, "language") or ""))
    return f'<pre><code class="language-{language}">{_text(_get(block, "text"), depth)}</code></pre>'


def _formula(block: object, _depth: int) -> str:
    return f"<p>{_maths(block)}</p>"


def _quote(block: object, depth: int) -> str:
    return f"<blockquote>{_paragraph(block, depth)}</blockquote>"


def _details(block: object, depth: int) -> str:
    summary, hidden = _text(_get(block, "summary"), depth), _blocks(_get(block, "blocks"), depth)
    return f"<details><summary>{summary}</summary>{hidden}</details>"


def _items(block: object, depth: int) -> str:
    items = _list(_get(block, "items"))
    first = _get(items[0], "value") if items else None
    tag = f'ol start="{first}"' if isinstance(first, int) else "ul"
    return f"<{tag}>{''.join(_item(each, depth) for each in items)}</{tag[:2]}>"


def _item(item: object, depth: int) -> str:
    box = ("[x] " if _get(item, "is_checked") else "[ ] ") if _get(item, "has_checkbox") else ""
    return f"<li>{box}{_blocks(_get(item, 'blocks'), depth)}</li>"


def _table(block: object, depth: int) -> str:
    rows = ("".join(_cell(cell, depth) for cell in _list(row)) for row in _list(_get(block, "cells")))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _cell(cell: object, depth: int) -> str:
    tag = "th" if _get(cell, "is_header") else "td"
    return f"<{tag}>{_text(_get(cell, 'text'), depth)}</{tag}>"


_MAKE: dict[str, Callable[[object, int], str]] = {
    "heading": _heading,
    "pre": _pre,
    "mathematical_expression": _formula,
    "divider": lambda _block, _depth: "<hr>",
    "list": _items,
    "blockquote": _quote,
    "pullquote": _quote,
    "table": _table,
    "details": _details,
}


def _text(text: object, depth: int) -> str:
    """Return a text (Bot API, "RichText"): a string, several of them, or one in a style."""
    if isinstance(text, str):
        return escape(text).replace("\n", "<br>")
    if not depth:
        return ""
    if isinstance(text, list):
        return "".join(_text(each, depth - 1) for each in text)
    return _styled(str(_get(text, "type")), text, _text(_get(text, "text"), depth - 1))


def _styled(kind: str, text: object, inner: str) -> str:
    """Return a text of one type; `inner`: what it contains."""
    if kind == "mathematical_expression":
        return _maths(text)
    if kind == "custom_emoji":
        return escape(str(_get(text, "alternative_text")))
    if kind == "spoiler":
        return f"<span data-mx-spoiler>{inner}</span>"
    if address := _address(kind, text):
        return f'<a href="{escape(address)}">{inner}</a>'
    return f"<{_MARKS[kind]}>{inner}</{_MARKS[kind]}>" if kind in _MARKS else inner


def _maths(value: object) -> str:
    return f'<span data-mx-maths="{escape(str(_get(value, "expression")))}"></span>'


def _address(kind: str, text: object) -> str:
    """Return the address of a link, or what stands for a mention or a moment; empty for other texts."""
    if kind == "text_mention":
        return f"{_MENTION}:{_get(_get(text, 'user'), 'id')}"
    if kind == "date_time":
        return f"{_MOMENT}:{_get(text, 'unix_time')}:{_get(text, 'date_time_format') or ''}"
    if kind not in _LINKS:
        return ""
    prefix, field = _LINKS[kind]
    address = prefix + str(_get(text, field))
    return "" if address.startswith((f"{_MENTION}:", f"{_MOMENT}:")) else address
