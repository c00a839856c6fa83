"""Leaving chats where nobody entitled has asked for the bot: a job, which finds out whether that still holds."""

from __future__ import annotations

from datetime import datetime

from bot.commands.context import Context
from bot.jobs.kinds import JobKind
from storage import Chat, Job, Store


async def leave_later(store: Store, chat: Chat, at: datetime, *, invited: bool) -> None:
    """Leave a chat at a time unless it is paired by then; `invited`: the bot has not joined it yet."""
    await store.chats.turn_away(chat, invited=invited)
    await store.jobs.schedule(LEAVE.name, str(chat.id), at)


async def _leave(ctx: Context, job: Job, _prepared: None) -> None:
    chat = await ctx.store.chats.find(int(job.key))
    if chat and chat.leaving and chat.dialogue_id is None:
        await ctx.store.chats.turn_away(chat, invited=False)
        await ctx.store.deliveries.leave(chat, ctx.now)


LEAVE = JobKind(name="leave", apply=_leave)
