"""The end of minutes: by command, or by itself after a long silence, of which the chair is warned."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.commands.router import Router
from bot.jobs.kinds import JobKind
from bot.text.catalogue import LazyText, UserError, _
from bot.voice import Choice
from handlers.agreements.minutes import _ending, _presence
from handlers.agreements.minutes._lookup import GROUP, check_writer, of_button
from storage import Job, Minutes

SILENCE = "minutes silence"
"""The kind of jobs that end forgotten minutes, keyed by their id."""
END, KEEP = "minutes-end", "minutes-keep"
"""The button actions `minutes-end:MINUTES` and `minutes-keep:MINUTES`."""
ENDED_AFTER = timedelta(hours=12)
"""How long after their last line forgotten minutes are ended."""
WARNED_BEFORE = timedelta(hours=1)

router = Router(GROUP)


async def watch(ctx: Context, minutes: Minutes) -> None:
    """Schedule the check whether minutes have been forgotten."""
    await ctx.store.jobs.schedule(SILENCE, str(minutes.id), minutes.active_at + ENDED_AFTER - WARNED_BEFORE)


async def end(ctx: DialogueContext, minutes: Minutes, _rest: str) -> None:
    """End minutes, for their chair or a coordinator."""
    if not minutes.is_open:
        number = str(minutes.number)
        raise UserError(_("Minutes {number} have already ended. `/minutes {number}` shows them.", number=number))
    await check_writer(ctx, minutes)
    await _close(ctx, minutes)


def end_button(minutes: Minutes) -> Choice:
    """Return a button that ends minutes."""
    return Choice(_("end the minutes"), "🏁", f"{END}:{minutes.id}")


async def _check(ctx: CommandContext) -> None:
    await check_writer(ctx, await of_button(ctx))


@router.button(END, in_dialogue=True, check=_check)
async def press_end(ctx: DialogueContext) -> None:
    """End minutes."""
    await _close(ctx, await of_button(ctx))
    await ctx.answer(_("The minutes have ended."))


@router.button(KEEP, in_dialogue=True, check=_check)
async def press_keep(ctx: DialogueContext) -> None:
    """Keep minutes open although nothing is written."""
    await watch(ctx, await ctx.store.minutes.change(await of_button(ctx), active_at=ctx.now))
    await ctx.answer(_("The minutes stay open."))


async def look(ctx: Context, job: Job, _prepared: None) -> None:
    """Warn the chair of minutes that seem forgotten, and end them an hour later."""
    try:
        minutes = await ctx.store.minutes.get(int(job.key))
    except LookupError:  # removed with their dialogue
        return
    if not minutes.is_open:
        return
    ends_at = minutes.active_at + ENDED_AFTER
    if ctx.now < ends_at - WARNED_BEFORE:
        await watch(ctx, minutes)
    elif job.payload.get("silent_since") != minutes.active_at.isoformat():
        await _warn(ctx, minutes, max(ends_at, ctx.now + WARNED_BEFORE))
    else:
        since = _("Nobody ended them, so I have. The last line is from {time}.", time=minutes.active_at)
        await _close(ctx, minutes, since)


KIND = JobKind(name=SILENCE, apply=look)


async def _warn(ctx: Context, minutes: Minutes, ends_at: datetime) -> None:
    dialogue = await ctx.store.dialogues.get(minutes.dialogue_id)
    text = _(
        "Minutes {number} are still open, and nothing has been added since {time}: {title}. I will end them on {end}.",
        number=str(minutes.number),
        title=minutes.title,
        time=minutes.active_at,
        end=ends_at,
    )
    people = await ctx.rights.coordinators(ctx.store, dialogue.id)
    told = [minutes.chair_id] if minutes.chair_id is not None else [each.id for each in people]
    for person_id in told:
        keep = Choice(_("keep them open"), "⏳", f"{KEEP}:{minutes.id}")
        await ctx.tell(person_id, text, end_button(minutes), keep, dialogue=dialogue)
    payload = {"silent_since": minutes.active_at.isoformat()}
    await ctx.store.jobs.schedule(SILENCE, str(minutes.id), ends_at, payload)


async def _close(ctx: Context, minutes: Minutes, *remarks: LazyText) -> None:
    await _presence.gather(ctx, minutes)
    await ctx.store.jobs.cancel(SILENCE, str(minutes.id))
    await _ending.end(ctx, minutes, *remarks)
