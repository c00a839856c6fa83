"""sendLocation, and the methods that move a live location."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.telegram.actors import ChatActor, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.locating import location
from bot.sandbox.telegram.methods.placing import place

_SHORTEST, _LONGEST, _FOREVER = 60, 86_400, 0x7FFFFFFF


def send_location(call: Call) -> Json:
    """Play sendLocation."""
    params, keyboard = call.params, call.keyboard()
    refuse_strange(params)
    live = params.get("live_period", 0)
    if live and live != _FOREVER and not _SHORTEST <= live <= _LONGEST:
        raise bad_request("wrong live location period specified")
    target = place(call, ("can_send_messages", "live locations" if live else "locations"))
    call.pace(target.chat)
    return target.post(location(params["latitude"], params["longitude"], live, **_accuracy(params)) | keyboard).message


def edit_message_live_location(call: Call) -> Json:
    """Play editMessageLiveLocation."""
    params, keyboard = call.params, call.keyboard()
    refuse_strange(params)
    chat, record = _live(call)
    period = record.message["location"]["live_period"]
    new = location(params["latitude"], params["longitude"], period, **_accuracy(params))
    if new["location"] == record.message["location"]:
        raise bad_request("message is not modified")
    call.world.change(chat, record, call.bot, new | keyboard, drop=("reply_markup",))
    return record.message


def stop_message_live_location(call: Call) -> Json:
    """Play stopMessageLiveLocation."""
    keyboard = call.keyboard()
    chat, record = _live(call)
    last = record.message["location"]
    new = location(last["latitude"], last["longitude"])
    call.world.change(chat, record, call.bot, new | keyboard, drop=("reply_markup",))
    return record.message


def refuse_strange(params: Json) -> None:
    """Refuse a place that is not on earth; raise ApiError."""
    if abs(params["latitude"]) > 90 or abs(params["longitude"]) > 180:
        raise bad_request("wrong location specified")


def _accuracy(params: Json) -> dict[str, float]:
    """Return the radius of uncertainty in metres, within its limits."""
    accuracy = params.get("horizontal_accuracy", 0)
    return {"horizontal_accuracy": min(accuracy, 1500)} if accuracy > 0 else {}


def _live(call: Call) -> tuple[ChatActor, Record]:
    """Count the call and return its live location, with the chat; raise ApiError."""
    chat = call.chat()
    call.pace(chat)
    record = chat.records.get(call.params.get("message_id", 0))
    if record is None:
        raise bad_request("message to edit not found")
    if record.author != call.bot.id:
        raise bad_request("message can't be edited")
    period = record.message.get("location", {}).get("live_period", 0)
    if not period or call.world.clock() >= record.at + timedelta(seconds=period):
        raise bad_request("there is no live location in the message to edit")
    return chat, record
