"""Processing of incoming events: each batch in one transaction with its cursor, each event once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.commands.attempt import attempt
from bot.commands.dispatch import Dispatch
from bot.commands.parse import ParsedCommand, is_misplaced, parse_command
from bot.intake.corrections import Corrections
from bot.intake.deletions import Deletions
from bot.intake.hooks import Hooks
from bot.intake.ids import has_ids
from bot.intake.live import show_end
from bot.intake.membership import Memberships
from bot.intake.presses import Presses, let_cards_arrive
from bot.intake.resolve import Resolver, record_sender
from bot.intake.votes import PollVotes
from bot.logs import Aside
from bot.messengers.base import Messenger
from bot.model import (
    Account,
    Batch,
    ChatChange,
    Deletion,
    Edit,
    Encryption,
    Event,
    Membership,
    Message,
    Migration,
    PinChange,
    PollClosed,
    PollEnd,
    Press,
    Reaction,
    Vote,
    file_of,
    plain,
)
from bot.relay import Relay, is_authors
from bot.relay.pins import pass_on_pin
from bot.rights import Rights
from bot.text.catalogue import _
from bot.text.characters import is_blank
from bot.text.foreign import harmless
from bot.voice import Voice
from storage import BOT, Chat, Database, Person, StorageError, Store

log = structlog.get_logger()


class Inbox:
    """The processor of incoming events."""

    def __init__(
        self, database: Database, relay: Relay, dispatch: Dispatch, *, voice: Voice, rights: Rights, clock: Clock
    ) -> None:
        """Process events on `database`."""
        self._database = database
        self._relay = relay
        self._dispatch = dispatch
        self._voice = voice
        self._rights = rights
        self._corrections = Corrections(voice, relay, dispatch)
        self._memberships = Memberships(voice, rights, dispatch)
        self._resolver = Resolver(self._memberships, rights, dispatch)
        self._hooks = Hooks(dispatch)
        self.votes = PollVotes(self._hooks)
        self._presses = Presses(self._memberships, self._hooks, dispatch)
        self._deletions = Deletions(relay, self._presses, self.votes)
        self._clock = clock

    async def take(self, messenger: Messenger, batch: Batch) -> Mapping[str, str]:
        """Process a batch and advance the cursor, all or nothing. Raises StorageError.

        Returns the answers to button presses, by event id.
        """
        batch = replace(batch, events=tuple(event for event in batch.events if has_ids(event)))
        await let_cards_arrive(self._database, batch)
        return await self._take(messenger, batch)

    async def _take(self, messenger: Messenger, batch: Batch) -> Mapping[str, str]:
        now = self._clock()
        answers: dict[str, str] = {}
        async with self._database.begin() as store:
            if batch.gap:
                await store.counters.reset()
            await self._hooks.gap(store, messenger.name, batch, now)
            for event in batch.events:
                if await store.processed_events.mark_processed(messenger.account, event.id, now):
                    answer = await self._effect(store, messenger, event, now)
                    if answer:
                        answers[event.id] = answer
            if batch.cursor is not None:
                await store.cursors.set(messenger.account, batch.cursor, now)
        return answers

    async def _effect(self, store: Store, messenger: Messenger, event: Event, now: datetime) -> str:
        """Process one event; a bug of ours rolls back this event alone and is reported in the chat."""
        answer = ""
        async with attempt(store, "event", kind=type(event).__name__) as ended:
            store.deliveries.share, store.deliveries.asked_in = BOT, None
            answer = await self._handle(store, messenger, harmless(event), now)
        if ended.refusal is None:
            return answer
        with Aside(log, "apology", but=(StorageError,)):
            if isinstance(event, Message) and await self._cross_alone(store, messenger, event, ended.number, now):
                return ""
            async with store.savepoint():
                await self._report_failure(store, event, ended.number, now)
        return ""

    async def _cross_alone(
        self, store: Store, messenger: Messenger, event: Message, number: str, now: datetime
    ) -> bool:
        """Relay only the content of a message whose processing failed; return False if it is not to be relayed."""
        parsed = self._parsed(event, messenger)
        with Aside(log, "message", but=(StorageError,)):
            async with store.savepoint():
                chat = await store.chats.by_any_ref(event.ref.chat)
                crosses = chat is not None and chat.dialogue_id is not None and not _says_nothing(event)
                if chat is None or not crosses or (parsed and (not parsed.word or self._dispatch.knows(parsed, chat))):
                    return False
                person = await record_sender(store, event.sender, now, chat)
                await self._relay.message(store, chat, person, event, now, alone=True)
                text = _(
                    "This was passed on, but replies to it and changes to it are not. Please tell the operator:"
                    " {number}",
                    number=number,
                )
                await self._voice.post(store, [chat], text, now, reply_to=event.ref.id)
            return True
        return False

    async def _report_failure(self, store: Store, event: Event, number: str, now: datetime) -> None:
        chat = await store.chats.by_any_ref(event.ref.chat) if isinstance(event, Message | Edit) else None
        if chat and isinstance(event, Message | Edit):
            text = _("This could not be passed on. Please tell the operator: {number}", number=number)
            await self._voice.post(store, [chat], text, now, reply_to=event.ref.id)

    async def _handle(self, store: Store, messenger: Messenger, event: Event, now: datetime) -> str:
        match event:
            case Message():
                await self._message(store, messenger, event, now)
            case Edit():
                await self.edit(store, messenger, event, now)
            case Deletion():
                await self._deletions.deleted(store, messenger, event, now)
            case Press() | Reaction():
                return await self._presses.pressed(store, messenger, event, now)
            case PinChange():
                if chat := await store.chats.by_any_ref(event.ref.chat):
                    person = await record_sender(store, event.sender, now, chat)
                    await pass_on_pin(store, self._rights, chat, person, event, now=now)
            case Vote() | PollEnd() | PollClosed():
                await self._poll_changed(store, messenger, event, now)
            case Membership() | ChatChange() | Migration() | Encryption():
                await self._chat_changed(store, messenger, event, now)
        return ""

    async def _poll_changed(
        self, store: Store, messenger: Messenger, event: Vote | PollEnd | PollClosed, now: datetime
    ) -> None:
        match event:
            case Vote():
                await self.votes.voted(store, messenger, event, now)
            case PollEnd():
                await self.votes.ended(store, messenger, event, now)
            case PollClosed():
                await show_end(store, self._relay, messenger, event, now)

    async def _chat_changed(
        self, store: Store, messenger: Messenger, event: Membership | ChatChange | Migration | Encryption, now: datetime
    ) -> None:
        match event:
            case Membership():
                await self._memberships.changed(
                    store, messenger, event, await record_sender(store, event.sender, now), now
                )
                await self._hooks.membership(store, event, now)
            case ChatChange():
                await self._hooks.chat_change(store, event, now)
            case Migration():
                await self._memberships.moved(store, event)
            case Encryption():
                await self._memberships.encrypted(store, event, now)

    async def _message(self, store: Store, messenger: Messenger, event: Message, now: datetime) -> None:
        if _says_nothing(event):
            return
        parsed = self._parsed(event, messenger)
        if parsed and not parsed.word:
            return
        chat, person = await self._resolver.resolve(store, event, parsed, now)
        if chat is None:
            return
        await store.counters.record([event.ref.id])
        parsed = await self._hooks.command_in(store, chat, event, parsed, now)
        asked = _without_author(event, messenger.account)
        if parsed and await self._is_command(store, chat, person, asked, parsed=parsed, now=now):
            await self._pass_file_on(store, chat, person, event, parsed=parsed, now=now)
            return
        if not event.readable:
            await self._memberships.unreadable(store, chat, event, now)
        if chat.dialogue_id is not None:
            await self._relay.message(store, chat, person, event, now)
        answered = await self._hooks.message(store, chat, person, asked, now)
        if chat.dialogue_id is not None or answered or not event.readable:
            return
        if chat.person_id is not None:
            text = _("We are alone here: nothing is passed on. `/help` shows what I can do.")
            await self._dispatch.answer(store, chat, person, text, to=event, now=now)
        elif not event.forwarded and is_misplaced(event.text, self._dispatch.features.has, messenger.account):
            await self._tell_how(store, chat, person, event, now)

    async def _pass_file_on(
        self, store: Store, chat: Chat, person: Person | None, event: Message, *, parsed: ParsedCommand, now: datetime
    ) -> None:
        """Relay what is attached to a command that takes no file."""
        command, file = self._dispatch.features.find(parsed.word), event.attachment and file_of(event.attachment)
        if command and file and not command.takes_file and chat.dialogue_id is not None:
            stored, event = await store.messages.find(chat, event.ref.id), replace(event, text=())
            await self._relay.message(store, chat, person, event, now, alone=True, command=stored)

    async def _tell_how(self, store: Store, chat: Chat, person: Person | None, event: Message, now: datetime) -> None:
        """Explain how to write a command to someone who seems to address the bot in a chat that is not paired yet."""
        locale = chat.locale or (person and (person.locale or person.guessed_locale))
        text = _(
            "I accept commands only at the beginning of a message, written like this: `/pair Köln`, with the name of"
            " your city. A coordinator or an administrator of this chat has to begin."
        )
        await self._dispatch.answer(store, replace(chat, locale=locale or None), person, text, to=event, now=now)

    async def _is_command(
        self, store: Store, chat: Chat, person: Person | None, event: Message, *, parsed: ParsedCommand, now: datetime
    ) -> bool:
        """Run what was typed, if it resembles a command. Anonymous senders cannot run any (trust: case 9)."""
        if event.encrypted and not chat.encrypted:
            await self._memberships.record_encryption(store, chat, now)
            chat = await store.chats.get(chat.id)
        if person is not None:
            return await self._dispatch.command(store, chat, person, event, parsed=parsed, now=now)
        if not self._dispatch.features.has(parsed.word):
            return False
        text = _(
            "I accept commands only from people: please write as yourself, not in the name of the group or a channel."
        )
        await self._dispatch.answer(store, chat, None, text, to=event, now=now)
        return True

    async def edit(self, store: Store, messenger: Messenger, event: Edit, now: datetime) -> None:
        """Apply an edit, in the caller's transaction."""
        chat = await store.chats.by_any_ref(event.ref.chat)
        if chat is None or event.sender.is_bot:
            return
        person, stored = await record_sender(store, event.sender, now), await store.messages.find(chat, event.ref.id)
        parsed = await self._hooks.command_in(store, chat, event, self._parsed(event, messenger), now)
        if person and stored and stored.held:
            corrected = await self._corrections.edited(
                store, chat, person, event, stored=stored, parsed=parsed, now=now
            )
            if corrected:
                await self._hooks.message(store, chat, person, corrected, now)
        elif person and stored and stored.feature and is_authors(stored, chat, person):
            await self._dispatch.edited(store, chat, person, event, stored=stored, parsed=parsed, now=now)
        elif await self._relay.edit(store, chat, person, event, now):
            await self._hooks.edit(store, chat, person, event, now)

    def _parsed(self, event: Message | Edit, messenger: Messenger) -> ParsedCommand | None:
        """Return the parsed command, if any; forwards and messages through an inline bot are none."""
        if event.origin is not None or event.via or (isinstance(event, Message) and event.forwarded):
            return None
        parsed = parse_command(event.text, messenger.capabilities, messenger.username)
        return parsed and self._dispatch.features.with_number_apart(parsed)


def _says_nothing(event: Message) -> bool:
    """Whether a message has nothing to process: it is blank, or from a bot."""
    return event.sender.is_bot or (event.readable and event.attachment is None and is_blank(plain(event.text)))


def _without_author(event: Message, bot: Account) -> Message:
    """Drop the replied-to author if that is the bot, which no command can be about (trust: case 102)."""
    reply = event.reply
    return replace(event, reply=replace(reply, account=None)) if reply and reply.account == bot else event
