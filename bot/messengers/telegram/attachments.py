"""Attachments of a message. Nothing is dropped silently."""

from __future__ import annotations

from telegram import Message

from bot.model import Attachment


def attachment(message: Message) -> Attachment | None:
    """Return the attachment; None for texts and service messages."""
    return _media(message) or _thing(message) or _rest(message)


def _media(message: Message) -> Attachment | None:
    """Return an attached file. An animation is also set as a document, so it is checked first."""
    files = (
        ("video", message.animation or message.video or message.video_note),
        ("photo", message.photo[-1] if message.photo else None),
        ("voice", message.voice),
        ("audio", message.audio),
        ("file", message.document),
        ("sticker", message.sticker),
    )
    for kind, file in files:
        if file:
            names = (getattr(file, name, None) for name in ("file_name", "title", "emoji"))
            return Attachment(kind, next(filter(None, names), ""), file.file_size)
    return None


def _thing(message: Message) -> Attachment | None:
    """Return an attachment that is not a file."""
    if message.venue:  # also has a location
        return Attachment("location", f"{message.venue.title}, {message.venue.address}".strip(", "))
    if message.location:
        return Attachment("location", f"{message.location.latitude:.5f}, {message.location.longitude:.5f}")
    if message.contact:
        names = (message.contact.first_name, message.contact.last_name, message.contact.phone_number)
        return Attachment("contact", " ".join(name for name in names if name))
    if message.dice:
        return Attachment("sticker", f"{message.dice.emoji} {message.dice.value}")
    if message.poll:
        return Attachment("poll", message.poll.question)
    return None


def _rest(message: Message) -> Attachment | None:
    """Return a placeholder for what only Telegram has, so that the other side learns that something was sent."""
    if message.live_photo or message.paid_media:
        return Attachment("photo")
    if message.story:
        return Attachment("video")
    titled = message.game or message.checklist or message.invoice
    if titled:
        return Attachment("file", titled.title)
    # `rich_message` is newer than the library: a text with headings and tables.
    newer = message.giveaway or message.giveaway_winners or "rich_message" in message.api_kwargs
    return Attachment("file") if newer else None
