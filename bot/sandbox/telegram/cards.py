"""Venues, contacts and dice on the human side."""

from __future__ import annotations

from bot.sandbox.telegram.actors import ChatActor, PersonActor
from bot.sandbox.telegram.clients import Clients
from bot.sandbox.telegram.errors import Json

DICE = {"🎲": 6, "🎯": 6, "🏀": 5, "⚽": 5, "🎳": 6, "🎰": 64}
"""Emoji and the highest value it can show."""


class Cards(Clients):
    """The actions of people with venues, contacts and dice."""

    def venue(
        self,
        chat: ChatActor,
        person: PersonActor,
        latitude: float,
        longitude: float,
        *,
        title: str,
        address: str,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Json:
        """Send a place that has a name and an address."""
        self.enter(chat, person, "can_send_messages", reply_to, thread)
        content = venue(latitude, longitude, title, address)
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message

    def contact(
        self,
        chat: ChatActor,
        person: PersonActor,
        phone: str,
        first_name: str,
        last_name: str = "",
        *,
        vcard: str = "",
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Json:
        """Send a contact."""
        self.enter(chat, person, "can_send_messages", reply_to, thread)
        content = contact(phone, first_name, last_name, vcard)
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message

    def dice(
        self,
        chat: ChatActor,
        person: PersonActor,
        emoji: str = "🎲",
        *,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Json:
        """Throw a die, a dart or the like."""
        if emoji not in DICE:
            raise ValueError(f"{emoji} is no die")
        self.enter(chat, person, "can_send_other_messages", reply_to, thread)
        content = dice(emoji, self.world.number())
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message


def venue(latitude: float, longitude: float, title: str, address: str) -> Json:
    """Return the fields of a message with a venue, which are those of a location as well."""
    location = {"latitude": latitude, "longitude": longitude}
    return {"venue": {"location": location, "title": title, "address": address}, "location": location}


def contact(phone: str, first_name: str, last_name: str, vcard: str) -> Json:
    """Return the fields of a message with a contact."""
    optional = {"last_name": last_name, "vcard": vcard}
    fields = {"phone_number": phone, "first_name": first_name}
    return {"contact": fields | {name: value for name, value in optional.items() if value}}


def dice(emoji: str, number: int) -> Json:
    """Return the fields of a message with a die; `number` decides its value."""
    return {"dice": {"emoji": emoji, "value": number % DICE[emoji] + 1}}
