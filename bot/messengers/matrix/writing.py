"""Conversion of posts to the content of events."""

from __future__ import annotations

from html import escape

from bot.messengers.matrix.raw import Raw
from bot.model import Author, Button, MessengerName, Post, Pre, Quote, RichText, rich
from bot.text.direction import attribution, under
from bot.text.html import plain_body, render
from bot.text.sizes import json_size

DELIVERY = "org.intercity.delivery"
"""The key under which a message carries the token of its operation."""
_LARGEST = 45_600
"""Maximum bytes of a content that still fits into an event once encrypted (see `capabilities`)."""
_BEGINNING = 500
"""Characters of an edit's text in the fallback for clients without support for edits, if the whole does not fit."""


def message(post: Post, token: str, reply_to: str = "") -> Raw:
    """Return the content of a new message."""
    content = _content(post) | {DELIVERY: token}
    if reply_to:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    return content


def replacement(post: Post, token: str, id: str) -> Raw:
    """Return the content of an edit of message `id`.

    If it would be too large once encrypted, clients without support for edits see only the beginning of the text.
    """
    new = _content(post)
    change: Raw = {
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": id},
        DELIVERY: token,
    }
    whole = new | {"body": f"* {new['body']}", "formatted_body": f"* {new['formatted_body']}"} | change
    if json_size(whole) <= _LARGEST:
        return whole
    return {"msgtype": new["msgtype"], "body": f"* {new['body'][:_BEGINNING]}…"} | change


def reaction(id: str, key: str) -> Raw:
    """Return the content of a reaction to message `id`."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": id, "key": key}}


def _content(post: Post) -> Raw:
    text = _with_legend(under(post.author, post.text) if post.author else post.text, post.buttons)
    people = [account.id for account in post.mentions if account.messenger is MessengerName.MATRIX]
    content: Raw = {
        "msgtype": "m.text" if post.author else "m.notice",
        "body": plain_body(text),
        "format": "org.matrix.custom.html",
        "formatted_body": render(text),
        "m.mentions": {"user_ids": people} if people else {},
    }
    return content | (_attributed(post.author, content, text) if post.author else {})


def _attributed(author: Author, content: Raw, text: RichText) -> Raw:
    """Return the keys that attribute a message: a profile (MSC4144) and, for clients without support, a text prefix."""
    line = "\n" if text and isinstance(text[0], Pre | Quote) else ""
    name = attribution(author)
    return {
        "body": f"{name}: {line}{content['body']}",
        "formatted_body": f"<strong data-mx-profile-fallback>{escape(name)}: </strong>{content['formatted_body']}",
        "com.beeper.per_message_profile": {"id": author.key, "displayname": name, "has_fallback": True},
    }


def _with_legend(text: RichText, buttons: tuple[Button, ...]) -> RichText:
    """Append the meaning of a card's reactions: `👍 yes · 👎 no`."""
    if not buttons:
        return text
    legend = " · ".join(f"{button.emoji} {button.label}" for button in buttons)
    line = "" if not text or isinstance(text[-1], Pre | Quote) else "\n"
    return rich(*text, line + legend)
