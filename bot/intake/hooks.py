"""What features hear of messages, edits, reactions, votes, memberships, refusals and gaps, commands apart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.commands.attempt import attempt
from bot.commands.context import CommandContext
from bot.commands.dispatch import Dispatch
from bot.commands.parse import ParsedCommand
from bot.features import Feature
from bot.model import (
    Batch,
    ChatChange,
    Edit,
    Membership,
    Message,
    MessageRef,
    MessengerName,
    Pre,
    Quote,
    Reaction,
    Reply,
    Vote,
    plain,
    rich,
)
from bot.relay import find_replied
from bot.relay.muting import is_muted
from storage import Chat, Person, Store, StoredMessage

Heard = TypeVar("Heard", bound=Message | Edit | Reaction | Vote)
Hook = Callable[[CommandContext, Heard], Awaitable[None]]


class Hooks:
    """The hooks of all features; each runs in a savepoint of its own, in the transaction of its event."""

    def __init__(self, dispatch: Dispatch) -> None:
        """Use the features, contexts and budget of `dispatch`."""
        self._dispatch = dispatch
        self._features = dispatch.features

    async def message(self, store: Store, chat: Chat, person: Person | None, event: Message, now: datetime) -> bool:
        """Run the hooks for a message; return whether it answered a post of a feature that wants to hear answers."""
        if not event.readable or event.forwarded or event.via:
            return False
        if person is None:
            await self._anonymous(store, chat, event, now)
            return False
        post = await self._answered_post(store, chat, event.reply)
        post = post if post and self._features.by_name[post.feature].on_reply else None
        hooks = [(each, each.on_message) for each in self._features.all] if chat.dialogue_id is not None else []
        if post:
            hooks += [(each, each.on_reply) for each in self._features.all if each.name == post.feature]
        await self._run(store, chat, person, event, hooks=hooks, about=post, now=now)
        return post is not None

    async def _anonymous(self, store: Store, chat: Chat, event: Message, now: datetime) -> None:
        """Run the hooks for a message that is nobody's, as it was written in the name of a chat."""
        if chat.dialogue_id is None or await is_muted(store, chat, None, event.sender):
            return
        for feature in self._features.all:
            if feature.on_anonymous:
                answer = None
                async with attempt(store, "hook", feature=feature.name):
                    ctx = self._dispatch.services.context(store, now, feature.name)
                    answer = await feature.on_anonymous(ctx, chat, event)
                if answer:
                    await self._dispatch.answer(store, chat, None, answer, to=event, now=now)

    async def command_in(
        self, store: Store, chat: Chat, event: Message | Edit, parsed: ParsedCommand | None, now: datetime
    ) -> ParsedCommand | None:
        """Return `parsed`, or else the command that an answer to a post, or a private message, is without its word."""
        if parsed or not _is_plain(event) or (event.reply is None and chat.person_id is None):
            return parsed
        post = await self._answered_post(store, chat, event.reply)
        if (post is None and event.reply is not None) or _is_outside(chat, post):
            return None
        text = plain(event.text).strip()
        for feature in self._features.all:
            if feature.command_in and (post is None or post.feature == feature.name):
                ctx = self._dispatch.services.context(store, now, feature.name)
                word, _space, args = (await feature.command_in(ctx, post, text)).partition(" ")
                if word:
                    return ParsedCommand(word, args, rich_args=rich(args))
        return None

    async def _answered_post(self, store: Store, chat: Chat, reply: Reply | None) -> StoredMessage | None:
        """Return the post that a message answers, if it is one of a feature."""
        if reply is None:
            return None
        post = await find_replied(store, chat, chat.dialogue_id, reply)
        return post if post and post.chat_id is None and post.feature in self._features.by_name else None

    async def edit(self, store: Store, chat: Chat, person: Person | None, event: Edit, now: datetime) -> None:
        """Run the hooks for an edit by the message's author."""
        if person is None or not event.readable or event.origin is not None or event.via or chat.dialogue_id is None:
            return
        hooks = [(each, each.on_edit) for each in self._features.all]
        await self._run(store, chat, person, event, hooks=hooks, now=now)

    async def reaction(
        self, store: Store, chat: Chat, person: Person, event: Reaction, *, subject: StoredMessage, now: datetime
    ) -> None:
        """Run the hooks for a reaction that presses no button."""
        hooks = [(each, each.on_reaction) for each in self._features.all]
        await self._run(store, chat, person, event, hooks=hooks, about=subject, now=now)

    async def anonymous_reaction(
        self, store: Store, chat: Chat, event: Reaction, *, subject: StoredMessage, now: datetime
    ) -> None:
        """Run the hooks for a reaction that is nobody's, as it was made in the name of a chat."""
        muted = event.sender.chat and await store.mutes.has(chat.dialogue_id or 0, event.sender.chat)
        for feature in () if muted or _is_outside(chat, subject) else self._features.all:
            if feature.on_anonymous_reaction:
                async with attempt(store, "hook", feature=feature.name):
                    ctx = self._dispatch.services.context(store, now, feature.name)
                    await feature.on_anonymous_reaction(ctx, chat, subject, event)

    async def vote(
        self, store: Store, chat: Chat, person: Person, event: Vote, *, poll: StoredMessage, now: datetime
    ) -> None:
        """Run the hook for a vote, of the feature that has posted the poll."""
        hooks = [(each, each.on_vote) for each in self._features.all if each.name == poll.feature]
        if not await self._run(store, chat, person, event, hooks=hooks, about=poll, now=now):
            await self.refused_vote(store, chat, event, poll=poll, now=now)

    async def refused_vote(self, store: Store, chat: Chat, event: Vote, *, poll: StoredMessage, now: datetime) -> None:
        """Run the hook for a vote that can count for nobody, of the feature that has posted the poll."""
        feature = self._features.by_name.get(poll.feature)
        if feature and feature.on_refused_vote and not _is_outside(chat, poll):
            async with attempt(store, "hook", feature=feature.name):
                ctx = self._dispatch.services.context(store, now, feature.name)
                await feature.on_refused_vote(ctx, chat, poll, event)

    async def poll_end(self, store: Store, chat: Chat, poll: StoredMessage, now: datetime) -> None:
        """Run the hook for a native poll that others have ended in a chat, of the feature that has posted it."""
        feature = self._features.by_name.get(poll.feature)
        if feature and feature.on_poll_end and not _is_outside(chat, poll):
            async with attempt(store, "hook", feature=feature.name):
                await feature.on_poll_end(self._dispatch.services.context(store, now, feature.name), chat, poll)

    async def membership(self, store: Store, event: Membership, now: datetime) -> None:
        """Run the hooks for a change of the bot's own membership."""
        for feature in self._features.all:
            chat = await store.chats.by_any_ref(event.chat) if feature.on_membership else None
            if chat and feature.on_membership:
                async with attempt(store, "hook", feature=feature.name):
                    await feature.on_membership(self._dispatch.services.context(store, now, feature.name), chat, event)

    async def chat_change(self, store: Store, event: ChatChange, now: datetime) -> None:
        """Run the hooks for a change of a chat of a dialogue."""
        chat = await store.chats.by_any_ref(event.chat)
        for feature in self._features.all if chat and chat.dialogue_id is not None else ():
            if chat and feature.on_chat_change:
                async with attempt(store, "hook", feature=feature.name):
                    ctx = self._dispatch.services.context(store, now, feature.name)
                    await feature.on_chat_change(ctx, chat, event)

    async def refusal(self, store: Store, chat: Chat, post: StoredMessage, now: datetime) -> None:
        """Run the hook for a post that will never arrive in a chat, of the feature that has posted it."""
        feature = self._features.by_name.get(post.feature)
        if feature and feature.on_refusal:
            async with attempt(store, "hook", feature=feature.name):
                await feature.on_refusal(self._dispatch.services.context(store, now, feature.name), chat, post)

    async def gap(self, store: Store, messenger: MessengerName, batch: Batch, now: datetime) -> None:
        """Run the hooks for events that are missing before a batch, if any are."""
        if not batch.gap and not batch.missed:
            return
        chats = [each for each in await store.chats.paired(messenger) if batch.gap or each.ref in batch.missed]
        for feature in self._features.all if chats else ():
            if feature.on_gap:
                async with attempt(store, "hook", feature=feature.name):
                    await feature.on_gap(self._dispatch.services.context(store, now, feature.name), chats)

    async def _run(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        event: Heard,
        *,
        hooks: list[tuple[Feature, Hook[Heard] | None]],
        now: datetime,
        about: StoredMessage | None = None,
    ) -> bool:
        """Run hooks; return False if the person is muted, and nothing was run."""
        wanted = [(feature, hook) for feature, hook in hooks if hook]
        if not wanted or _is_outside(chat, about):
            return True
        ref = event.ref or MessageRef(chat.ref, "")
        written = event if isinstance(event, Message | Edit) else None
        subject = await store.messages.find(chat, ref.id) if written else about
        contexts = self._dispatch.contexts
        ctx = await contexts.of(
            store, chat, person, event.sender, ref, now=now, event=written, at=event.at, subject=subject, about=about
        )
        if ctx.grant.muted:
            return False
        for feature, hook in wanted:
            async with attempt(store, "hook", feature=feature.name) as ended:
                await hook(replace(ctx, feature=feature.name), event)
            if ended.refusal is not None and await self._dispatch.affords(ctx, event):
                await ctx.reply(ended.refusal)
        return True


def _is_plain(event: Message | Edit) -> bool:
    """Whether a message is a text of its author's alone: nothing forwarded, quoted, attached or sent through a bot."""
    if not event.readable or event.origin is not None or event.via or event.attachment or not event.text:
        return False
    return not isinstance(event.text[0], Quote | Pre) and not (isinstance(event, Message) and event.forwarded)


def _is_outside(chat: Chat, about: StoredMessage | None) -> bool:
    """Whether a post is about a dialogue that the chat has left: nobody there may take part in it any more."""
    return about is not None and chat.person_id is None and about.dialogue_id not in {None, chat.dialogue_id}
