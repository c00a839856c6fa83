"""What has moved since its copies were last changed: the job that follows (`bot.relay.moving`)."""

from __future__ import annotations

from bot.commands.context import Context
from bot.jobs.kinds import JobKind
from bot.relay.moving import EVERY, MOVED
from storage import Job, load_post


async def _follow(ctx: Context, job: Job, _prepared: None) -> None:
    stored = await ctx.store.messages.kept(int(job.key))
    if not job.payload or stored is None or stored.deleted_at:
        return
    for id, packed in job.payload.items():
        chat = await ctx.store.chats.find(int(id))
        if chat and chat.dialogue_id == stored.dialogue_id:
            await ctx.voice.change(ctx.store, chat, stored.id, load_post(packed), ctx.now)
    await ctx.store.jobs.schedule(MOVED, job.key, ctx.now + EVERY)


MOVING = JobKind(name=MOVED, apply=_follow)
