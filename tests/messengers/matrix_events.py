"""Events of Matrix as the server has them, for tests without one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.model import Attachment

ME, ANNA = "@bot:here", "@anna:köln.example"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def state(type: str, content: Any, key: str = "", sender: str = ANNA, **more: Any) -> Raw:
    return {"type": type, "state_key": key, "sender": sender, "content": content, "event_id": "$s", **more}


def room(*events: Raw) -> Room:
    each = Room("!room", ME)
    each.update(state("m.room.member", {"membership": "join", "displayname": "Anna"}, ANNA))
    for event in events:
        each.update(event)
    return each


def event(content: Any, type: str = "m.room.message", **more: Any) -> Raw:
    return {
        "type": type,
        "event_id": "$e",
        "sender": ANNA,
        "origin_server_ts": int(NOW.timestamp() * 1000),
        "content": content,
        **more,
    }


def read(raw: Raw, place: Room | None = None) -> Any:
    return EventReader(place or room(), ME, NOW).read(raw)


def text(body: str, **more: Any) -> Raw:
    return {"msgtype": "m.text", "body": body, **more}


def attached(kind: str, name: str, **more: Any) -> Attachment:
    return Attachment(kind, name, **{"filename": name} | more)
