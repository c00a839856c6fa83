"""The end of a poll: at its time, or by a coordinator; the result is posted, and may come into force."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands.context import Context, DialogueContext
from bot.jobs.backlog import schedule_after_reading
from bot.jobs.kinds import JobKind
from bot.text.catalogue import _
from handlers.polls import _card, _native, _picture, _priorities, _reminders, _result
from handlers.polls._lookup import check_open
from storage import Job, Poll

CLOSE = "poll close"
"""The kind of jobs that close a poll at its time, keyed by its id."""
GRACE = timedelta(seconds=2)
"""Time that the last votes take to arrive. Those with a time of their own count only if it is before the close."""
LONGEST = timedelta(hours=24)
"""How long the close waits for a messenger that cannot be read: Telegram keeps votes no longer."""


async def schedule(ctx: Context, poll: Poll) -> None:
    """Schedule that the poll closes in its time, and what is due before."""
    if poll.closes_at:
        await ctx.store.jobs.schedule(CLOSE, str(poll.id), poll.closes_at + GRACE)
    await _reminders.plan(ctx, poll)


async def command(ctx: DialogueContext, poll: Poll, _rest: str) -> None:
    """Close a poll before its time, without asking again: its number was typed. Raises UserError if it is not open."""
    check_open(poll)
    await ctx.store.jobs.cancel(CLOSE, str(poll.id))
    await _native.close(ctx, poll)
    await close(ctx, poll)
    if ctx.private:
        await ctx.reply(_("Poll {number} is closed. The result is in every chat.", number=str(poll.number)))


async def close(ctx: Context, poll: Poll) -> None:
    """Close an open poll, which is locked: count all ballots, keep the result, and show it everywhere.

    Its native polls have been stopped.
    """
    counted = await _result.standing(ctx.store, poll)
    replaced = await ctx.store.polls.in_force(poll.dialogue_id)
    in_force = counted.result.valid
    closed = await ctx.store.polls.close(poll, ctx.now, _result.to_json(counted), in_force=in_force)
    final = replace(counted, poll=closed)
    await _card.show(ctx, closed, final)
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    offers = _priorities.buttons(closed) if in_force else ()
    result = await ctx.announce(dialogue, _result.closed(final, replaced), *offers)
    await ctx.store.polls.change(closed, result_id=result)
    await _reminders.plan(ctx, closed)
    await _picture.schedule(ctx, closed)


async def _close_in_time(ctx: Context, job: Job, _prepared: None) -> None:
    """Close a poll whose time is over, once what has happened on each messenger has been read.

    Its native polls are stopped before: the votes of some messengers have no time, by which late ones could be known.
    """
    poll = await ctx.store.polls.of_job(int(job.key))
    if poll is None or not poll.is_open or poll.closes_at is None:
        return
    if ctx.now < poll.closes_at:  # the clock was set back, or the close put off while messengers were catching up
        await ctx.store.jobs.schedule(job.kind, job.key, poll.closes_at + GRACE)
        return
    if job.payload.get("read"):
        await close(ctx, poll)
        return
    await _native.close(ctx, poll)
    chats = await ctx.store.chats.of_dialogue(poll.dialogue_id)
    messengers = {each.ref.messenger for each in chats}
    await schedule_after_reading(ctx.store, job.kind, job.key, messengers, ctx.now + LONGEST)
    await _card.changed(ctx, poll)


KIND = JobKind(name=CLOSE, apply=_close_in_time)
