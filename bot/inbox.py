"""A batch of events takes effect: one transaction, each event once, the cursor with them."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.dispatch import Dispatch
from bot.messengers.base import Messenger
from bot.model import (
    Batch,
    Deletion,
    Edit,
    Event,
    Membership,
    Message,
    Migration,
    Presence,
    Press,
    Reaction,
    Role,
    Sender,
    plain,
)
from bot.relay import Relay
from bot.router import read
from bot.text.catalogue import _
from bot.text.languages import parse_locale
from bot.text.names import clean_name
from bot.voice import Voice
from storage import Chat, Database, Person, StorageError, Store

log = structlog.get_logger()

GRACE = timedelta(seconds=20)
"""How long the bot stays where nobody entitled has asked for it: time for a shell command to name the chat."""


class Inbox:
    """Lets what comes in take effect."""

    def __init__(self, database: Database, relay: Relay, dispatch: Dispatch, voice: Voice, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._relay = relay
        self._dispatch = dispatch
        self._voice = voice
        self._clock = clock

    async def take(self, messenger: Messenger, batch: Batch) -> None:
        """Let the events of a batch take effect, and move the cursor, or nothing. Raises StorageError."""
        now = self._clock()
        async with self._database.begin() as store:
            for event in batch.events:
                if await store.inbox.is_new(messenger.account, event.id, now):
                    await self._effect(store, messenger, event, now)
            if batch.cursor is not None:
                await store.cursors.set(messenger.account, batch.cursor, now)

    async def _effect(self, store: Store, messenger: Messenger, event: Event, now: datetime) -> None:
        """Let one event take effect; a mistake of ours undoes this one alone and is said."""
        try:
            async with store.savepoint():
                await self._handle(store, messenger, event, now)
        except StorageError:
            raise
        except Exception:
            # The one place: an event that we fail at must not stop all others for ever.
            number = secrets.token_hex(3)
            log.exception("event failed", number=number, kind=type(event).__name__)
            await self._confess(store, event, number, now)

    async def _confess(self, store: Store, event: Event, number: str, now: datetime) -> None:
        chat = await store.chats.by_ref(event.ref.chat) if isinstance(event, Message | Edit) else None
        if chat and isinstance(event, Message | Edit):
            text = _("This could not be passed on. Please tell the operator: {number}", number=number)
            await self._voice.say(store, [chat], text, now, reply_to=event.ref.id)

    async def _handle(self, store: Store, messenger: Messenger, event: Event, now: datetime) -> None:
        match event:
            case Message():
                await self._message(store, messenger, event, now)
            case Edit():
                await self._edit(store, event, now)
            case Deletion():
                await self._deletion(store, event, now)
            case Press() | Reaction():
                await self._press(store, event, now)
            case Membership():
                await self._membership(store, messenger, event, now)
            case Migration():
                await store.chats.move(event.chat, event.to)

    async def _message(self, store: Store, messenger: Messenger, event: Message, now: datetime) -> None:
        if event.sender.is_bot:
            return
        chat, person = await self._who_and_where(store, event, now)
        if chat is None:
            return
        typed = None if event.forwarded else read(plain(event.text), messenger.capabilities, messenger.username)
        if typed and not typed.word:
            return
        if typed and person and await self._dispatch.command(store, chat, person, event, typed=typed, now=now):
            return
        if chat.dialogue_id is not None:
            await self._relay.message(store, chat, person, event, now)
        elif chat.person_id is not None:
            text = _("Here we are alone: nothing is passed on. `/help` shows what I can do.")
            await self._voice.say(store, [chat], text, now, reply_to=event.ref.id)

    async def _edit(self, store: Store, event: Edit, now: datetime) -> None:
        chat = await store.chats.by_ref(event.ref.chat)
        if chat and not event.sender.is_bot:
            await self._relay.edit(store, chat, await _person(store, event.sender, now), event, now)

    async def _deletion(self, store: Store, event: Deletion, now: datetime) -> None:
        chat = await store.chats.by_ref(event.ref.chat)
        said = chat and await store.messages.find(chat, event.ref.id)
        # A copy that someone removes in one chat is removed there alone.
        if chat and said and said.chat_id == chat.id and said.deleted_at is None:
            await self._relay.delete(store, said, now)

    async def _press(self, store: Store, event: Press | Reaction, now: datetime) -> None:
        chat = await store.chats.by_ref(event.ref.chat)
        person = await _person(store, event.sender, now)
        if chat and person and not event.sender.is_bot:
            await self._dispatch.press(store, chat, person, event, now)

    async def _membership(self, store: Store, messenger: Messenger, event: Membership, now: datetime) -> None:
        if event.presence is Presence.GONE:
            if chat := await store.chats.by_ref(event.chat):
                await store.chats.close(chat, "the bot is not in this chat")
            return
        person = await _person(store, event.sender, now)
        partner = person.id if person and event.private else None
        chat = await store.chats.see(event.chat, title=event.title, person_id=partner)
        await store.chats.close(chat, "")
        ours = event.sender.account == messenger.account  # we joined, and were let to before
        welcome = event.private or ours or chat.dialogue_id or (person and await self._may_invite(store, person))
        if welcome and event.presence is Presence.INVITED:
            await store.deliveries.join(chat, now)
        elif not welcome:
            spoken = replace(chat, locale=chat.locale or (person.locale if person else None))
            await self._prepare_to_leave(store, spoken, event, now)

    async def _prepare_to_leave(self, store: Store, chat: Chat, event: Membership, now: datetime) -> None:
        await store.chats.leave_later(chat, now + GRACE, invited=event.presence is Presence.INVITED)
        if event.presence is Presence.JOINED:
            text = _(
                "I work for the dialogues of paired cities and stay only where their coordinators ask me to. Goodbye!"
            )
            await self._voice.say(store, [chat], text, now)

    async def _may_invite(self, store: Store, person: Person) -> bool:
        appointed = await store.roles.of_person(person.id)
        return self._dispatch.is_coordinator(person) or any(each.role is Role.COORDINATOR for each in appointed)

    @staticmethod
    async def _who_and_where(store: Store, event: Message, now: datetime) -> tuple[Chat | None, Person | None]:
        """Give chat and author; nobody is noted down in chats that are none of ours."""
        chat = await store.chats.by_ref(event.ref.chat)
        if chat is None and not event.private:
            return None, None
        person = await _person(store, event.sender, now)
        if event.private and person and (chat is None or (chat.person_id is None and chat.dialogue_id is None)):
            chat = await store.chats.see(event.ref.chat, person_id=person.id)
        return chat, person


async def _person(store: Store, sender: Sender, now: datetime) -> Person | None:
    if sender.account is None:
        return None
    name = clean_name(sender.name, sender.account.short)
    person = await store.people.see(sender.account, name, sender.username, now)
    locale = parse_locale(sender.language) if sender.language and person.locale is None else None
    if locale is None:
        return person
    await store.people.set(person, locale=locale)
    return await store.people.get(person.id)
