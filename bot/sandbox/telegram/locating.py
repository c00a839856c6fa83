"""Locations on the human side: where somebody is, once or for a while."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.telegram.actors import ChatActor, PersonActor, Record
from bot.sandbox.telegram.clients import Clients
from bot.sandbox.telegram.errors import Json


class Locating(Clients):
    """The actions of people with locations."""

    def locate(
        self,
        chat: ChatActor,
        person: PersonActor,
        latitude: float,
        longitude: float,
        *,
        live: int = 0,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Json:
        """Send a location; `live`: one that may move for that many seconds."""
        self.enter(chat, person, "can_send_messages", reply_to, thread)
        content = location(latitude, longitude, live)
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message

    def move(self, chat: ChatActor, person: PersonActor, message_id: int, latitude: float, longitude: float) -> Json:
        """Move one's own live location while it lasts."""
        record = self._live(chat, person, message_id)
        period = record.message["location"]["live_period"]
        self.world.change(chat, record, person, location(latitude, longitude, period))
        return record.message

    def stop_moving(self, chat: ChatActor, person: PersonActor, message_id: int) -> Json:
        """End one's own live location early. Bots do not hear of one that ends by itself."""
        record = self._live(chat, person, message_id)
        last = record.message["location"]
        self.world.change(chat, record, person, location(last["latitude"], last["longitude"]))
        return record.message

    def _live(self, chat: ChatActor, person: PersonActor, message_id: int) -> Record:
        record = self.record(chat, message_id)
        period = record.message.get("location", {}).get("live_period", 0)
        if record.author != person.id or self.world.clock() >= record.at + timedelta(seconds=period):
            raise ValueError(f"message {message_id} is no live location of {person.name}")
        return record


def location(latitude: float, longitude: float, live: int = 0, **more: float) -> Json:
    """Return the field of a message with a location; `live`: for how many seconds it may move."""
    place: Json = {"latitude": latitude, "longitude": longitude, **more}
    return {"location": place | ({"live_period": live} if live else {})}
