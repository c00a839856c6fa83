"""What clients check before they let people do something."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.telegram.actors import ChatActor, GroupActor, PersonActor, Private, Record
from bot.sandbox.telegram.entities import normalise
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.groups import Groups


class Clients(Groups):
    """The checks that all actions of people share. Raises ValueError for what a client would not do."""

    def text(self, text: str, entities: Sequence[Json]) -> Json:
        """Return the fields `text` and `entities` of a message."""
        text, kept = normalise(text, entities, lambda _: True)
        if not text:
            raise ValueError("a message needs a text")
        return {"text": text} | ({"entities": kept} if kept else {})

    def caption(self, text: str, entities: Sequence[Json]) -> Json:
        """Return the fields `caption` and `caption_entities` of a message, none for an empty text."""
        if not text.strip():
            return {}
        written = self.text(text, entities)
        names = {"text": "caption", "entities": "caption_entities"}
        return {names[name]: value for name, value in written.items()}

    def enter(self, chat: ChatActor, person: PersonActor, right: str) -> None:
        """Check that the person may do in the chat what needs the permission `right`; start a private chat."""
        if isinstance(chat, Private):
            if chat.bot.id in person.blocked:
                self.world.block(chat, blocked=False)
            chat.started = True
        elif isinstance(chat, GroupActor) and chat.moved_to:
            raise ValueError(f"{chat.title} has become a supergroup")
        elif isinstance(chat, GroupActor) and not chat.member(person).inside:
            raise ValueError(f"{person.name} is not in {chat.title}")
        elif isinstance(chat, GroupActor) and not chat.may(person, right):
            raise ValueError(f"{person.name} may not write in {chat.title}")

    def record(self, chat: ChatActor, message_id: int) -> Record:
        """Return a message of the chat."""
        if message_id not in chat.records:
            raise ValueError(f"there is no message {message_id}")
        return chat.records[message_id]
