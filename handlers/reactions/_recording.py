"""Which reactions are passed on: those to what people wrote, and to news and items of feeds."""

from __future__ import annotations

from bot.commands.context import CommandContext, Context
from bot.features import PUBLISHES
from bot.model import Reaction
from storage import Chat, StoredMessage


async def record(ctx: CommandContext, event: Reaction) -> None:
    """Record a person's reaction, or that it was taken back."""
    if ctx.subject:
        await _record(ctx, ctx.chat, ctx.subject, event, ctx.person.id)


async def record_anonymous(ctx: Context, chat: Chat, stored: StoredMessage, event: Reaction) -> None:
    """Record a reaction in the name of a channel or group."""
    await _record(ctx, chat, stored, event, None)


async def _record(ctx: Context, chat: Chat, stored: StoredMessage, event: Reaction, person_id: int | None) -> None:
    """Record a reaction, unless it means something to a feature: on cards, people answer and vote with them."""
    crosses = stored.feature in PUBLISHES if stored.chat_id is None else not stored.feature
    if stored.dialogue_id is None or stored.deleted_at or not crosses:
        return
    together = stored.chat_id != chat.id and await ctx.store.messages.is_section(chat, stored.id)
    await ctx.store.reactions.record(chat, stored, event, person_id, together=together)
