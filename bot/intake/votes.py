"""Votes in native polls: who may cast them, what counts once one is removed, and polls that others have ended."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bot.commands.context import Context
from bot.intake.hooks import Hooks
from bot.intake.resolve import record_sender
from bot.jobs.kinds import JobKind, Work, on
from bot.messengers.base import Messenger
from bot.model import Account, Deletion, MessageRef, MessengerName, PollEnd, Sender, Vote
from storage import Chat, Job, Person, Store, StoredMessage, StoredVote

PAUSE = timedelta(seconds=1)
"""Time between two looks whether it is known where a vote belongs."""


class PollVotes:
    """The handler for votes in native polls, which the features that have posted them hear of."""

    def __init__(self, hooks: Hooks) -> None:
        """Pass votes on to `hooks`."""
        self._hooks = hooks

    async def voted(self, store: Store, messenger: Messenger, event: Vote, now: datetime) -> None:
        """Pass a vote on, once it is certain in which poll it was cast, and that the voter is in the chat of that.

        A poll takes votes before its id is stored, and one that was forwarded those of people in no chat of ours.
        """
        copy = await store.messages.by_poll(messenger.name, event.poll)
        if event.sender.is_bot or not (copy or await store.deliveries.sends_poll(messenger.name)):
            return
        person, kind = await record_sender(store, event.sender, now), _kind(messenger.name)
        chat = await store.chats.get(copy.chat_id) if copy else None
        poll = await store.messages.get(copy.message_id) if copy else None
        if person is None and chat and poll:
            await self._hooks.refused_vote(store, chat, event, poll=poll, now=now)
        elif person and chat and poll and (event.ref or await _takes_part(store, chat, person)):
            await store.jobs.cancel(kind, _key(event, person))
            await self._count(store, chat, person, event, poll=poll, now=now)
        elif person:
            await store.jobs.schedule(kind, _key(event, person), now, _dump(event))

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
        """Return the kind of the jobs that find out where a vote belongs, and whether the voter is in that chat."""

        async def prepare(work: Work, job: Job) -> bool | None:
            async with work.database.begin() as store:
                found = await _found(store, messenger.name, job)
            return await messenger.is_member(found.chat.ref, found.account) if found else None

        async def apply(ctx: Context, job: Job, present: bool | None) -> None:
            if present is None and await ctx.store.deliveries.sends_poll(messenger.name):
                await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + PAUSE, job.payload)
            found = await _found(ctx.store, messenger.name, job) if present else None
            if found:
                vote = _load(job, found)
                await self._count(ctx.store, found.chat, found.person, vote, poll=found.poll, now=ctx.now)

        return JobKind(name=_kind(messenger.name), prepare=prepare, apply=apply)


class _Cast(NamedTuple):
    """Who has voted where."""

    chat: Chat
    poll: StoredMessage
    person: Person
    account: Account


def _kind(messenger: MessengerName) -> str:
    return on("voter", messenger)


def _key(vote: Vote, person: Person) -> str:
    return f"{person.id} {vote.poll}"


def _dump(vote: Vote) -> dict[str, Any]:
    fields = {"id": vote.id, "options": vote.options, "at": vote.at.isoformat(), "source": vote.source}
    return fields | {"dated": vote.dated, "readable": vote.readable}


def _load(job: Job, cast: _Cast) -> Vote:
    cast_as = {"at": datetime.fromisoformat(job.payload["at"]), "options": tuple(job.payload["options"])}
    poll, sender = job.key.partition(" ")[2], Sender(cast.account, cast.person.name)
    return Vote(**{**job.payload, **cast_as}, poll=poll, ref=None, sender=sender)


async def _found(store: Store, messenger: MessengerName, job: Job) -> _Cast | None:
    """Return where somebody has voted, unless the person or the poll is gone, or is not known yet."""
    person_id, _space, poll = job.key.partition(" ")
    copy = await store.messages.by_poll(messenger, poll)
    if copy is None:
        return None
    with contextlib.suppress(LookupError):
        person = await store.people.get(int(person_id))
        chat, stored = await store.chats.get(copy.chat_id), await store.messages.get(copy.message_id)
        return _Cast(chat, stored, person, _account(person, messenger))
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
