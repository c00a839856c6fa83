"""What the messengers send over the wire, parsed by the adapters' own code and played into a story."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from telegram import Update, User

from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.messengers.telegram.conversion import events
from bot.model import Event
from bot.sandbox.telegram.spec import bot_api
from tests.trust.world import GRACE, INDY, KOELN, World

BOT: dict[str, Any] = {"id": 999, "is_bot": True, "first_name": "Intercity", "username": "IntercityBot"}
GROUP: dict[str, Any] = {"id": int(KOELN.id), "type": "supergroup", "title": "Köln"}
ANNA: dict[str, Any] = {"id": 11, "is_bot": False, "first_name": "Anna", "last_name": "Weber", "language_code": "de"}
"""The coordinator of Köln, as Telegram describes her."""

_numbers = count(5000)


# Telegram


def message(**content: Any) -> dict[str, Any]:
    """Return an update with a message, by Anna in Köln's group by default."""
    moment = int(datetime.now(UTC).timestamp())
    return {"message": {"message_id": next(_numbers), "date": moment, "chat": GROUP, "from": ANNA, **content}}


def messages_in(old: dict[str, Any], new: dict[str, Any], chat: dict[str, Any] = GROUP) -> dict[str, Any]:
    """Return an update about a change of the bot's membership, by Anna."""
    moment = int(datetime.now(UTC).timestamp())
    members = {"old_chat_member": {"user": BOT, **old}, "new_chat_member": {"user": BOT, **new}}
    return {"my_chat_member": {"chat": chat, "from": ANNA, "date": moment, **members}}


def telegram(update: dict[str, Any], *, reads_all: bool = True) -> list[Event]:
    """Return the events of an update."""
    whole = {"update_id": next(_numbers), **update}
    assert bot_api().problems("Update", whole) == []
    me = User(BOT["id"], "Intercity", is_bot=True, can_read_all_group_messages=reads_all)
    return list(events(Update.de_json(whole, None), me, datetime.now(UTC)))


async def on_telegram(world: World, update: dict[str, Any]) -> None:
    """Process an update from Telegram."""
    await world.happens(*telegram(update))


# Matrix


def room(*state: Raw) -> Room:
    """Return Indianapolis's room, with Grace as admin, and more state if given."""
    place = Room(INDY.id, "@intercity:test")
    assert GRACE.account
    levels = {"users": {GRACE.account.id: 100}}
    for event in (
        raw({"room_version": "10"}, "m.room.create", state_key=""),
        raw(levels, "m.room.power_levels", state_key=""),
        *state,
    ):
        place.update(event)
    return place


def raw(content: Any, type: str = "m.room.message", *, sender: str = "@grace:test", **more: Any) -> Raw:
    """Return a Matrix event, by Grace by default."""
    moment = int(datetime.now(UTC).timestamp() * 1000)
    id = f"$raw-{next(_numbers)}"
    return {"type": type, "event_id": id, "sender": sender, "origin_server_ts": moment, "content": content, **more}


def matrix(event: Raw, place: Room | None = None) -> Event | None:
    """Return the converted event for a Matrix event, in Indianapolis's room by default."""
    return EventReader(place or room(), "@intercity:test", datetime.now(UTC)).read(event)


async def on_matrix(world: World, event: Raw, place: Room | None = None) -> None:
    """Process an event from Matrix."""
    if read := matrix(event, place):
        await world.happens(read)
