"""Serialisation of queued posts as JSON."""

from __future__ import annotations

from typing import Any

from bot.model import Account, Author, Button, Post
from bot.text.codec import dump as dump_text
from bot.text.codec import load as load_text


def dump(post: Post) -> dict[str, Any]:
    """Serialise a post to JSON values; empty fields are left out.

    Raises ValueError if `load` could not read it: once queued, it would block everything behind it.
    """
    author = post.author
    full = {
        "text": dump_text(post.text),
        "author": author and [author.name, author.city, author.role, author.key, author.forwards],
        "buttons": [[button.label, button.emoji, button.action] for button in post.buttons],
        "mentions": [str(account) for account in post.mentions],
    }
    packed = {key: value for key, value in full.items() if value}
    load(packed)
    return packed


def load(data: dict[str, Any]) -> Post:
    """Deserialise the result of `dump`."""
    return Post(
        text=load_text(data.get("text", [])),
        author=Author(*data["author"]) if "author" in data else None,
        buttons=tuple(Button(*button) for button in data.get("buttons", [])),
        mentions=tuple(Account.parse(account) for account in data.get("mentions", [])),
    )
