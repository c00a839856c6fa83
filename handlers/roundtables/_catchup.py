"""After a downtime: one report to the coordinators of a dialogue on the reminders sent late or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _, lines, n_
from storage import Job, Reminder, ReminderState

CATCH_UP = "catch-up"
"""The kind of jobs; the key is the dialogue's id."""
WAIT = timedelta(seconds=10)
"""Time from the first late reminder to the report, so that it covers all of them; longer while more are due."""
LONGEST = timedelta(minutes=10)
MOST = 10
"""Roundtables that a report names."""


async def schedule(ctx: Context, dialogue_id: int) -> None:
    """Schedule a report, unless there is one already."""
    since = {"since": ctx.now.isoformat()}
    await ctx.store.jobs.schedule_new(CATCH_UP, str(dialogue_id), ctx.now + WAIT, since)


async def report(ctx: Context, job: Job, _prepared: None) -> None:
    """Report to the coordinators which reminders were sent late, or not at all, since the bot was restarted."""
    since = datetime.fromisoformat(job.payload["since"])
    dialogue_id = int(job.key)
    if ctx.now < since + LONGEST and await ctx.store.reminders.are_overdue(dialogue_id, ctx.now):
        await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + WAIT, job.payload)
        return
    delayed = await ctx.store.reminders.delayed(dialogue_id, since)
    if not delayed:  # the dialogue itself may have been removed
        return
    dialogue = await ctx.store.dialogues.get(dialogue_id)
    text = lines(
        _("⏰ *{dialogue}*: I was not running for a while, so some reminders were delayed.", dialogue=dialogue.name),
        *[await _line(ctx, id, delayed) for id in list(dict.fromkeys(each.roundtable_id for each in delayed))[:MOST]],
    )
    await ctx.tell_coordinators(dialogue, text)


async def _line(ctx: Context, roundtable_id: int, delayed: Sequence[Reminder]) -> LazyText:
    roundtable = await ctx.store.roundtables.get(roundtable_id)
    number = Counter(each.state for each in delayed if each.roundtable_id == roundtable_id)
    counted = {
        ReminderState.LATE: n_("{n} reminder late", "{n} reminders late", number[ReminderState.LATE]),
        ReminderState.EXPIRED: n_(
            "{n} not sent, as it had begun", "{n} not sent, as it had begun", number[ReminderState.EXPIRED]
        ),
    }
    return _(
        "• Roundtable {number}, “{title}”: {reminders}",
        number=str(roundtable.number),
        title=roundtable.title,
        reminders=lines(*(text for state, text in counted.items() if number[state]), by=", "),
    )
