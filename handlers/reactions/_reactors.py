"""Who has reacted, as others may know them: name and city, with role or warning, as the relay attributes messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commands.context import Context
from bot.model import ChatRef
from bot.relay.attribution import Attribution, Speaker
from bot.text.emoji import is_emoji, undressed
from storage import Chat, RelayedReaction, StoredMessage

MOST_NAMED = 40
"""How many people are looked up for a message; of further ones only the number is shown."""


@dataclass(frozen=True, slots=True)
class Reactor:
    """Somebody who has reacted in a chat. `key` stands for all variants of an emoji, such as other skin tones.

    `speaker`: None for those who are not named, as there are many.
    """

    chat_id: int
    key: str
    speaker: Speaker | None
    together: bool

    @property
    def can_be_set(self) -> bool:
        """Whether the bot may set the same reaction: it is an emoji, and certain to be for this message."""
        return is_emoji(self.key) and not self.together


async def reactors_to(ctx: Context, stored: StoredMessage) -> list[Reactor]:
    """Return who has reacted to a message, each person once with each emoji; nobody who is known to be muted."""
    reactors: dict[tuple[object, str], Reactor] = {}
    speakers: dict[object, Speaker | None] = {}
    shown: dict[str, str] = {}
    places = await _places(ctx, stored)
    for each in await ctx.store.reactions.of(stored.id):
        key, who = shown.setdefault(undressed(each.key), each.key), each.person_id or (each.chat_id, each.sender)
        chat = places.get(each.chat_id)
        if chat is None or (who, key) in reactors:
            continue
        if who not in speakers and len(speakers) < MOST_NAMED:
            speakers[who] = await _speaker(ctx, chat, each)
        if who not in speakers or speakers[who]:
            reactors[who, key] = Reactor(chat.id, key, speakers.get(who), each.together)
    return list(reactors.values())


async def _places(ctx: Context, stored: StoredMessage) -> Mapping[int, Chat]:
    """Return the chats in which reactions to a message count, by id: those that take part in its dialogue now."""
    return {chat.id: chat for chat in await ctx.store.chats.of_dialogue(stored.dialogue_id or 0)}


async def author_of(ctx: Context, stored: StoredMessage) -> Speaker | None:
    """Return who has written a message, if it is a person."""
    if stored.chat_id is None or stored.person_id is None:
        return None
    chat, person = await ctx.store.chats.get(stored.chat_id), await ctx.store.people.get(stored.person_id)
    grant = await ctx.rights.admit(ctx.store, chat, person, stored.dialogue_id)
    return await Attribution(ctx.voice, ctx.rights).speaker(ctx.store, chat, person, grant, person.name)


async def _speaker(ctx: Context, chat: Chat, reaction: RelayedReaction) -> Speaker | None:
    """Return how whoever has reacted is shown; None if they are muted."""
    people = Attribution(ctx.voice, ctx.rights)
    if reaction.person_id is not None:
        person = await ctx.store.people.get(reaction.person_id)
        grant = await ctx.rights.admit(ctx.store, chat, person, chat.dialogue_id)
        return None if grant.muted else await people.speaker(ctx.store, chat, person, grant, person.name)
    if await ctx.store.mutes.has(chat.dialogue_id or 0, ChatRef.parse(reaction.sender)):
        return None
    return await people.speaker(ctx.store, chat, None, None, reaction.name)
