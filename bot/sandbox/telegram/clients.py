"""What clients check before they let people do something."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.telegram.actors import ChatActor, GroupActor, PersonActor, Private, Record
from bot.sandbox.telegram.entities import normalise, units
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

    def enter(
        self, chat: ChatActor, person: PersonActor, right: str, reply_to: int | None = None, thread: int | None = None
    ) -> None:
        """Check that the person may do in the chat what needs the permission `right`; start a private chat.

        `reply_to` and `thread` say in which topic a message would land.
        """
        if isinstance(chat, Private):
            if chat.bot.id in person.blocked:
                self.world.block(chat, blocked=False)
            chat.started = True
        elif isinstance(chat, GroupActor):
            self._enter_group(chat, person, right)
            if not chat.open_to(person, self.world.topic(chat, reply_to, thread)):
                raise ValueError(f"the topic in {chat.title} is closed")

    def _enter_group(self, chat: GroupActor, person: PersonActor, right: str) -> None:
        if chat.moved_to:
            raise ValueError(f"{chat.title} has become a supergroup")
        if not chat.member(person).inside:
            raise ValueError(f"{person.name} is not in {chat.title}")
        if not chat.may(person, right):
            raise ValueError(f"{person.name} may not write in {chat.title}")
        if chat.wait(person, self.world.clock()):
            raise ValueError(f"{person.name} has to wait: {chat.title} is in slow mode")

    def origin(self, forward: bool | PersonActor) -> Json:
        """Return the field of a message that says whose it was; True hides the account, False returns nothing."""
        if isinstance(forward, PersonActor):
            return {"forward_origin": {"type": "user", "sender_user": forward.user, "date": self.world.now}}
        hidden = {"type": "hidden_user", "sender_user_name": "Someone", "date": self.world.now}
        return {"forward_origin": hidden} if forward else {}

    def quoted(self, chat: ChatActor, reply_to: int | None, quote: str) -> Json:
        """Return the field for the selected part of the message replied to; empty for none."""
        if not quote or reply_to is None:
            return {}
        message = self.record(chat, reply_to).message
        whole = message.get("text") or message.get("caption") or ""
        return {"quote": {"text": quote, "position": units(whole[: whole.index(quote)]), "is_manual": True}}

    def record(self, chat: ChatActor, message_id: int) -> Record:
        """Return a message of the chat."""
        if message_id not in chat.records:
            raise ValueError(f"there is no message {message_id}")
        return chat.records[message_id]
