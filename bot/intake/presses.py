"""Presses of buttons, and reactions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.commands.dispatch import Dispatch, signed_action
from bot.intake.hooks import Hooks
from bot.intake.membership import Memberships
from bot.intake.resolve import record_sender
from bot.messengers.base import Messenger
from bot.model import Batch, Deletion, MessageRef, Press, Reaction, Sender
from bot.text.catalogue import LazyText
from bot.voice import words
from storage import Chat, Database, Person, Store, StoredMessage, StoredReaction

CARD_WAIT, PAUSE = 2.0, 0.05
"""Seconds that a press waits for its card at most, and between checks."""
LONGEST_ANSWER = 200
"""Longest private answer to a button press, in characters (`Messenger.answer`); longer ones go to the chat."""


class Presses:
    """The handler for everything that people choose."""

    def __init__(self, memberships: Memberships, hooks: Hooks, dispatch: Dispatch) -> None:
        """Run buttons with `dispatch`, and pass all else on to `hooks`."""
        self._memberships = memberships
        self._hooks = hooks
        self._dispatch = dispatch

    async def pressed(self, store: Store, messenger: Messenger, event: Press | Reaction, now: datetime) -> str:
        """Run the button that was pressed, or the hooks for the reaction; return what to show to that person."""
        event = await _in_its_topic(store, event) if isinstance(event, Reaction) else event
        chat = await self._memberships.refresh(store, event.ref.chat, private=event.private, now=now)
        person = await record_sender(store, event.sender, now)
        if chat is None or event.sender.is_bot:
            return ""
        stored = await store.messages.find(chat, event.ref.id)
        if person is None:
            if stored and isinstance(event, Reaction):
                await self._hooks.anonymous_reaction(store, chat, event, subject=stored, now=now)
            return ""
        if stored and isinstance(event, Reaction) and messenger.capabilities.reports_deletions:
            await self._remember(store, chat, person, event, stored)
        return await self._run(store, chat, person, event, stored=stored, now=now)

    async def _run(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        event: Press | Reaction,
        *,
        stored: StoredMessage | None,
        now: datetime,
    ) -> str:
        if isinstance(event, Reaction) and signed_action(stored, event) is None:
            if stored:
                await self._hooks.reaction(store, chat, person, event, subject=stored, now=now)
            return ""
        answer = await self._dispatch.press(store, chat, person, event, stored=stored, now=now)
        text = await self._in_words(store, chat, person, answer) if answer and isinstance(event, Press) else ""
        if answer and len(text) > LONGEST_ANSWER:
            await self._dispatch.answer(store, chat, person, answer, to=event, now=now)
            return ""
        return text

    async def _remember(self, store: Store, chat: Chat, person: Person, event: Reaction, stored: StoredMessage) -> None:
        """Remember a reaction whose removal matters: it is reported as the deletion of an event."""
        if not event.removed and self._dispatch.hears_removal(stored, event):
            reaction = StoredReaction(person.id, event.ref.id, event.key)
            await store.messages.record_reaction(chat, event.id, stored, reaction)

    async def deleted(
        self, store: Store, chat: Chat, event: Deletion, reaction: StoredReaction, *, now: datetime
    ) -> None:
        """Take back a reaction of which the messenger reports only that it was deleted, perhaps by a moderator."""
        person = await store.people.get(reaction.person_id)
        account = next(each for each in person.accounts if each.messenger is chat.ref.messenger)
        ref = replace(event.ref, id=reaction.target)
        sender = Sender(account, person.name)
        taken_back = Reaction(
            id=event.id,
            ref=ref,
            sender=sender,
            at=event.at,
            key=reaction.key,
            removed=True,
            moderated=event.sender.account not in person.accounts,
        )
        stored = await store.messages.find(chat, reaction.target)
        await self._run(store, chat, person, taken_back, stored=stored, now=now)

    async def _in_words(self, store: Store, chat: Chat, person: Person, answer: LazyText) -> str:
        """Render a private answer in the person's own language."""
        locale_context = await self._dispatch.services.voice.locale_context(store, chat)
        return words(answer, locale_context.of(person.locale or person.guessed_locale))


async def _in_its_topic(store: Store, event: Reaction) -> Reaction:
    """Return a reaction with the topic of its message, of which the messenger names only the group."""
    for chat in await store.chats.of_group(event.ref.chat) if not event.ref.chat.topic else ():
        if chat.ref.topic and await store.messages.find(chat, event.ref.id):
            return replace(event, ref=replace(event.ref, chat=chat.ref))
    return event


async def let_cards_arrive(database: Database, batch: Batch) -> None:
    """Wait briefly for cards whose buttons were pressed before the id of the card was stored."""
    pressed = [event.ref for event in batch.events if isinstance(event, Press | Reaction)]
    for _attempt in range(int(CARD_WAIT / PAUSE) if pressed else 0):
        async with database.begin() as store:
            if not any([await _is_under_way(store, ref) for ref in pressed]):
                return
        await asyncio.sleep(PAUSE)


async def _is_under_way(store: Store, ref: MessageRef) -> bool:
    """Return whether an unknown message may be a card that is being sent."""
    chat = await store.chats.by_any_ref(ref.chat)
    if chat is None or await store.messages.find(chat, ref.id):
        return False
    return await store.deliveries.sends_card(chat)
