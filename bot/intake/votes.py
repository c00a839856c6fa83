"""Votes in native polls: who may cast them, what counts once one is removed, and polls that others have ended."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime

from bot.commands.context import Context
from bot.intake.hooks import Hooks
from bot.intake.resolve import record_sender
from bot.jobs.kinds import JobKind, Work, on
from bot.messengers.base import Messenger
from bot.model import Account, Deletion, MessageRef, MessengerName, PollEnd, Sender, Vote
from storage import Chat, Job, Person, Store, StoredMessage, StoredVote


class PollVotes:
    """The handler for votes in native polls, which the features that have posted them hear of."""

    def __init__(self, hooks: Hooks) -> None:
        """Pass votes on to `hooks`."""
        self._hooks = hooks

    async def voted(self, store: Store, messenger: Messenger, event: Vote, now: datetime) -> None:
        """Pass a vote on, once it is certain that the voter is in the chat of the poll.

        A poll that was forwarded takes votes of people who are in no chat of ours.
        """
        copy = await store.messages.by_poll(messenger.name, event.poll)
        if copy is None or event.sender.is_bot:
            return
        chat, poll = await store.chats.get(copy.chat_id), await store.messages.get(copy.message_id)
        person = await record_sender(store, event.sender, now)
        if person is None:
            await self._hooks.refused_vote(store, chat, event, poll=poll, now=now)
        elif event.ref or await _takes_part(store, chat, person):
            await store.jobs.cancel(_kind(messenger.name), _key(chat, poll, person))
            await self._count(store, chat, person, event, poll=poll, now=now)
        else:
            payload = {"poll": event.poll, "options": event.options, "id": event.id}
            await store.jobs.schedule(_kind(messenger.name), _key(chat, poll, person), now, payload)

    async def _count(
        self, store: Store, chat: Chat, person: Person, event: Vote, *, poll: StoredMessage, now: datetime
    ) -> None:
        if event.source:
            await store.native_votes.record(chat, poll, person.id, event)
            event = replace(event, options=await store.native_votes.in_force(chat, poll.id, person.id))
        await self._hooks.vote(store, chat, person, event, poll=poll, now=now)

    async def removed(self, store: Store, chat: Chat, event: Deletion, vote: StoredVote, *, now: datetime) -> None:
        """Return to what a person had chosen before the vote that was removed (MSC3381, "Redacting votes")."""
        person, poll = await store.people.get(vote.person_id), await store.messages.get(vote.message_id)
        copy = next(each for each in await store.messages.copies(poll.id) if each.chat_id == chat.id)
        before = Vote(
            id=event.id,
            poll=copy.native_id,
            ref=MessageRef(event.ref.chat, copy.native_id),
            sender=Sender(_account(person, chat.ref.messenger), person.name),
            at=event.at,
            options=await store.native_votes.in_force(chat, poll.id, person.id),
            source=event.ref.id,
        )
        await self._hooks.vote(store, chat, person, before, poll=poll, now=now)

    async def ended(self, store: Store, messenger: Messenger, event: PollEnd | Deletion, now: datetime) -> None:
        """Report that somebody else has ended a poll, or deleted it."""
        id = event.poll if isinstance(event, PollEnd) else event.ref.id
        if copy := await store.messages.by_poll(messenger.name, id):
            chat, poll = await store.chats.get(copy.chat_id), await store.messages.get(copy.message_id)
            await self._hooks.poll_end(store, chat, poll, now)

    def kind(self, messenger: Messenger) -> JobKind:
        """Return the kind of the jobs that find out whether a voter is in the chat of the poll."""

        async def prepare(work: Work, job: Job) -> bool:
            async with work.database.begin() as store:
                found = await _found(store, job)
            if found is None:
                return False
            chat, _poll, person = found
            return await messenger.is_member(chat.ref, _account(person, messenger.name))

        async def apply(ctx: Context, job: Job, present: bool) -> None:
            found = await _found(ctx.store, job) if present else None
            if found:
                chat, poll, person = found
                sender = Sender(_account(person, messenger.name), person.name)
                cast, options = job.payload, tuple(job.payload["options"])
                vote = Vote(
                    id=cast["id"], poll=cast["poll"], ref=None, sender=sender, at=ctx.now, options=options, dated=False
                )
                await self._hooks.vote(ctx.store, chat, person, vote, poll=poll, now=ctx.now)

        return JobKind(name=_kind(messenger.name), prepare=prepare, apply=apply)


def _kind(messenger: MessengerName) -> str:
    return on("voter", messenger)


def _key(chat: Chat, poll: StoredMessage, person: Person) -> str:
    return f"{chat.id} {poll.id} {person.id}"


async def _found(store: Store, job: Job) -> tuple[Chat, StoredMessage, Person] | None:
    """Return the chat, the poll and the voter of a job, unless the person or the poll is gone."""
    chat_id, poll_id, person_id = map(int, job.key.split())
    poll = await store.messages.kept(poll_id)
    if poll:
        with contextlib.suppress(LookupError):
            return await store.chats.get(chat_id), poll, await store.people.get(person_id)
    return None


async def _takes_part(store: Store, chat: Chat, person: Person) -> bool:
    """Whether a person is known in the dialogue of a chat: they have acted in one of its chats before."""
    return chat.dialogue_id is not None and await store.roles.of(chat.dialogue_id, person.id) is not None


def _account(person: Person, messenger: MessengerName) -> Account:
    """Return the account that a person votes with. Raises LookupError if it is no longer theirs."""
    for each in person.accounts:
        if each.messenger is messenger:
            return each
    raise LookupError(f"person {person.id} has no account on {messenger}")
