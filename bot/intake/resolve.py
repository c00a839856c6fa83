"""Who has written, and in which chat: both are stored when first seen, except where the bot does not belong."""

from __future__ import annotations

from datetime import datetime

from bot.commands.dispatch import Dispatch
from bot.commands.parse import ParsedCommand
from bot.intake.membership import Memberships
from bot.model import Message, Sender
from bot.rights import Rights
from bot.text.languages import parse_locale
from bot.text.names import clean_name
from storage import Chat, City, Person, Store


class Resolver:
    """The look-up of chat and author of a message."""

    def __init__(self, memberships: Memberships, rights: Rights, dispatch: Dispatch) -> None:
        """Look up whether the bot may stay in `rights`, and what is a command in `dispatch`."""
        self._memberships = memberships
        self._rights = rights
        self._dispatch = dispatch

    async def resolve(
        self, store: Store, event: Message, parsed: ParsedCommand | None, now: datetime
    ) -> tuple[Chat | None, Person | None]:
        """Store and return chat and author; people in chats where the bot does not belong are not stored."""
        chat = await self._memberships.refresh(store, event.ref.chat, private=event.private, now=now)
        if not event.private and (chat is None or chat.leaving):
            return await self._in_a_foreign_chat(store, event, parsed, now)
        person = await record_sender(store, event.sender, now, chat)
        if event.private and person and (chat is None or (chat.person_id != person.id and chat.dialogue_id is None)):
            chat = await store.chats.get_or_create(event.ref.chat, person_id=person.id)
        return chat, person

    async def _in_a_foreign_chat(
        self, store: Store, event: Message, parsed: ParsedCommand | None, now: datetime
    ) -> tuple[Chat | None, Person | None]:
        """Return chat and author if the bot may stay: a coordinator addresses it, or it is at home in another topic."""
        if parsed is None or not self._dispatch.knows(parsed, chat=None):
            return None, None
        group = await store.chats.of_group(event.ref.chat)
        person = await record_sender(store, event.sender, now)
        entitled = person is not None and await self._rights.coordinates(store, person)
        if entitled or any(each.is_at_home for each in group):
            chat = await store.chats.get_or_create(event.ref.chat)
            await store.chats.stay(chat)
            return await store.chats.get(chat.id), person
        if not group:  # no event has reported that we are here
            chat = await store.chats.get_or_create(event.ref.chat)
            await self._memberships.turn_away(store, chat, event.sender, person, now, invited=False)
        return None, None


async def record_sender(store: Store, sender: Sender, now: datetime, chat: Chat | None = None) -> Person | None:
    """Store the sender and return the person; the city of `chat` helps to guess their locale and zone."""
    if sender.account is None:
        return None
    name = clean_name(sender.name, sender.account.short)
    person = await store.people.get_or_create(sender.account, name, sender.username, now)
    guesses = _guesses(person, sender, chat.city if chat else None)
    if guesses == (person.guessed_locale, person.guessed_zone):
        return person
    await store.people.presume(person, locale=guesses[0], zone=guesses[1])
    return await store.people.get(person.id)


def _guesses(person: Person, sender: Sender, city: City | None) -> tuple[str | None, str | None]:
    """Return the likely locale and zone of a person: from their messenger, otherwise from their city."""
    known, zone = person.guessed_locale, sender.zone or person.guessed_zone
    told = parse_locale(sender.language, city.locale.partition("_")[2] if city else "") if sender.language else None
    if city is None:
        return known or told, zone
    return told or known or city.locale, zone or city.zone
