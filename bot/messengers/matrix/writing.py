"""Conversion of posts to the content of events."""

from __future__ import annotations

from html import escape

from bot.messengers.matrix.media_keys import ALT
from bot.messengers.matrix.raw import Raw
from bot.model import Author, Button, Location, MessengerName, Post, Pre, Quote, RichText, rich
from bot.text.direction import attribution, under
from bot.text.html import plain_body, render
from bot.text.sizes import json_size

DELIVERY = "org.intercity.delivery"
"""The key under which a message carries the token of its operation."""
_PROFILE = "com.beeper.per_message_profile"
"""The key of whose words they are (MSC4144)."""
_LARGEST = 45_600
"""Maximum bytes of a content that still fits into an event once encrypted (see `capabilities`)."""
_BEGINNING = 500
"""Characters of an edit's text in the fallback for clients without support for edits, if the whole does not fit."""


def message(post: Post, token: str, reply_to: str = "", media: Raw | None = None, *, thread: str = "") -> Raw:
    """Return the content of a new message; with `media`, the description of a file, its text is the caption."""
    return _content(post, media) | in_reply(reply_to, thread) | {DELIVERY: token}


def sticker(post: Post, token: str, media: Raw) -> Raw:
    """Return the content of a sticker, whose text is what stands for the picture."""
    kept = {key: media[key] for key in media if key not in {"msgtype", "filename"}}
    body = post.files[0].emoji or media.get(ALT) or media["filename"]
    whose = {_PROFILE: _profile(post.author)} if post.author else {}
    return {"body": body, "m.mentions": {}} | kept | whose | {DELIVERY: token}


def located(location: Location, author: Author | None, token: str) -> Raw:
    """Return the content of a place on the map (MSC3488). It is a pin, as otherwise it would be where the bot is."""
    uri = f"geo:{location.latitude},{location.longitude}"
    body = f"{attribution(author)}: {location.label}" if author else location.label
    return {
        "msgtype": "m.location",
        "body": body,
        "geo_uri": uri,
        "org.matrix.msc3488.location": {"uri": uri, "description": body},
        "org.matrix.msc3488.asset": {"type": "m.pin"},
        "m.mentions": {},
        DELIVERY: token,
        **({_PROFILE: _profile(author)} if author else {}),
    }


def in_reply(id: str, thread: str = "") -> Raw:
    """Return the key that makes a message a reply to message `id`, in the thread of a root, if there are any.

    In a thread, clients that have none show what replies to nothing as a reply to the root (Matrix, "Threading",
    "Fallback for unthreaded clients").
    """
    reply = {"m.in_reply_to": {"event_id": id or thread}}
    if thread:
        falls_back = id in ("", thread)
        return {"m.relates_to": {"rel_type": "m.thread", "event_id": thread, "is_falling_back": falls_back, **reply}}
    return {"m.relates_to": reply} if id else {}


def replacement(post: Post, token: str, id: str, media: Raw | None = None) -> Raw:
    """Return the content of an edit of message `id`; `media` as in `message`.

    If it would be too large once encrypted, clients without support for edits see only the beginning of the text.
    """
    new = _content(post, media)
    change: Raw = {
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": id},
        DELIVERY: token,
    }
    marked = {key: f"* {new[key]}" for key in ("body", "formatted_body") if key in new}
    whole = new | marked | change
    if json_size(whole) <= _LARGEST:
        return whole
    return {"msgtype": "m.text" if media else new["msgtype"], "body": f"* {new['body'][:_BEGINNING]}…"} | change


def attribution_in(content: Raw) -> Raw:
    """Return the keys that attribute a message, with its text; none if it is nobody's."""
    keys = (_PROFILE, "body", "format", "formatted_body")
    return {key: content[key] for key in keys if key in content} if _PROFILE in content else {}


def reaction(id: str, key: str) -> Raw:
    """Return the content of a reaction to message `id`."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": id, "key": key}}


def _content(post: Post, media: Raw | None) -> Raw:
    if media and not (post.text or post.author or post.buttons):
        return {"body": media.get(ALT) or media["filename"], "m.mentions": {}} | media
    text = _with_legend(under(post.author, post.text) if post.author else post.text, post.buttons)
    people = [account.id for account in post.mentions if account.messenger is MessengerName.MATRIX]
    content: Raw = {
        "msgtype": "m.text" if post.author else "m.notice",
        "body": plain_body(text),
        "format": "org.matrix.custom.html",
        "formatted_body": render(text),
        "m.mentions": {"user_ids": people} if people else {},
    }
    return content | (_attributed(post.author, content, text) if post.author else {}) | (media or {})


def _attributed(author: Author, content: Raw, text: RichText) -> Raw:
    """Return the keys that attribute a message: a profile (MSC4144) and, for clients without support, a text prefix."""
    line = "\n" if text and isinstance(text[0], Pre | Quote) else ""
    name = attribution(author)
    return {
        "body": f"{name}: {line}{content['body']}",
        "formatted_body": f"<strong data-mx-profile-fallback>{escape(name)}: </strong>{content['formatted_body']}",
        _PROFILE: _profile(author) | {"has_fallback": True},
    }


def _profile(author: Author) -> Raw:
    return {"id": author.key, "displayname": attribution(author)}


def _with_legend(text: RichText, buttons: tuple[Button, ...]) -> RichText:
    """Append the meaning of a card's reactions: `👍 yes · 👎 no`."""
    if not buttons:
        return text
    legend = " · ".join(f"{button.emoji} {button.label}" for button in buttons)
    line = "" if not text or isinstance(text[-1], Pre | Quote) else "\n"
    return rich(*text, line + legend)
