"""Messages of the emulated Telegram as its clients show them."""

from __future__ import annotations

from mimetypes import guess_type

from bot.model import RichText
from bot.sandbox.page.views import Json, View, ViewContact, ViewDice, ViewFile, ViewPlace
from bot.sandbox.telegram.media import KINDS
from bot.text import telegram

_UNTYPED = {"photo": "image/jpeg", "video_note": "video/mp4"}


def view_of(message: Json) -> View:
    """Return how a message looks, without the votes of a poll and whether it is pinned."""
    sender = message["from"]
    text, entities = message.get("text") or message.get("caption", ""), _entities(message)
    reactions: dict[str, tuple[str, ...]] = {}
    for reaction in message["reactions"]:
        reactions[reaction["emoji"]] = (*reactions.get(reaction["emoji"], ()), str(reaction["from"]["id"]))
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    file = _file(message)
    return View(
        id=str(message["message_id"]),
        sender=str(sender["id"]),
        name=_name(sender),
        bot=sender["is_bot"],
        at=message["date"] * 1000,
        text=telegram.parse(text, entities),
        reply_to=str(message.get("reply_to_message", {}).get("message_id", "")),
        quote=message.get("quote", {}).get("text", ""),
        forwarded=_origin(message.get("forward_origin", {})),
        album=message.get("media_group_id", ""),
        edited="edit_date" in message,
        buttons=tuple(tuple((b["text"], b["callback_data"]) for b in row if "callback_data" in b) for row in rows),
        reactions=reactions,
        files=(file,) if file else (),
        card=_card(message),
    )


def content_of(text: RichText) -> tuple[str, list[Json]]:
    """Return text and entities, as clients send them."""
    content, entities = telegram.render(text)
    return content, [telegram_json(entity) for entity in entities]


def telegram_json(entity: telegram.Entity) -> Json:
    """Return the object of the Bot API."""
    fields = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    optional = {"url": entity.url, "language": entity.language, "unix_time": entity.unix_time}
    return fields | {name: value for name, value in optional.items() if value}


def _file(message: Json) -> ViewFile | None:
    kind = next((name for name in KINDS if name in message), "")
    if not kind:
        return None
    file = message[kind][-1] if kind == "photo" else message[kind]
    name = file.get("file_name", "")
    moving = bool(file.get("is_animated"))
    return ViewFile(
        id=file["file_id"],
        name=name,
        size=file["file_size"],
        mime=_mime(kind, file),
        alt=file.get("emoji", ""),
        kind=kind,
        duration=file.get("duration", 0),
        spoiler=message.get("has_media_spoiler", False),
        thumbnail=file.get("thumbnail", {}).get("file_id", "") if moving else "",
    )


def _mime(kind: str, file: Json) -> str:
    if kind == "sticker":
        moves = "application/x-tgsticker" if file["is_animated"] else "image/webp"
        return "video/webm" if file["is_video"] else moves
    return str(file.get("mime_type") or guess_type(file.get("file_name", ""))[0] or _UNTYPED.get(kind, ""))


def _card(message: Json) -> ViewPlace | ViewContact | ViewDice | None:
    if "contact" in message:
        contact = message["contact"]
        return ViewContact(_name(contact), contact["phone_number"])
    if "dice" in message:
        return ViewDice(message["dice"]["emoji"], message["dice"]["value"])
    if "location" not in message:
        return None
    venue, place = message.get("venue", {}), message["location"]
    live = "live_period" in place
    return ViewPlace(place["latitude"], place["longitude"], venue.get("title", ""), venue.get("address", ""), live)


def _name(someone: Json) -> str:
    return f"{someone['first_name']} {someone.get('last_name', '')}".strip()


def _origin(origin: Json) -> str:
    return _name(origin["sender_user"]) if "sender_user" in origin else str(origin.get("sender_user_name", ""))


def _entities(message: Json) -> list[telegram.Entity]:
    return [_entity(entity) for entity in message.get("entities") or message.get("caption_entities") or []]


def _entity(entity: Json) -> telegram.Entity:
    return telegram.Entity(
        entity["type"],
        entity["offset"],
        entity["length"],
        url=entity.get("url", ""),
        language=entity.get("language", ""),
        user_id=str(entity.get("user", {}).get("id", "")),
        unix_time=entity.get("unix_time"),
    )
