"""The agenda of a running roundtable opens the topics of the minutes, besides those that people write."""

from __future__ import annotations

from bot.commands.context import Context
from bot.jobs.kinds import JobKind
from bot.text.catalogue import _
from handlers.agreements.minutes import _card, _presence, _silence
from storage import MINUTES, AgendaItem, Job, LineKind, Minutes, Roundtable, RoundtableState


async def open_present(ctx: Context, minutes: Minutes, roundtable: Roundtable) -> None:
    """Open the topic of the item that a roundtable is at; who has spoken so far is present."""
    await _presence.gather_speakers(ctx, minutes)
    for item in await ctx.store.agenda.of(roundtable.id):
        await ctx.store.jobs.cancel(MINUTES, f"{roundtable.id}:{item.id}")
        if item.started_at and not item.ended_at and roundtable.state is RoundtableState.RUNNING:
            await _open(ctx, minutes, item)


async def follow(ctx: Context, job: Job, _prepared: None) -> None:
    """Open the topic of an item that has begun or, after the last one, remind the chair that minutes are open."""
    id, item_id = map(int, job.key.split(":"))
    roundtable = await ctx.store.roundtables.of_job(id)
    minutes = await ctx.store.minutes.open_of(roundtable.dialogue_id) if roundtable else None
    if roundtable is None or minutes is None or minutes.roundtable not in {None, roundtable.number}:
        return
    item = next((each for each in await ctx.store.agenda.of(id) if each.id == item_id), None)
    if item:
        minutes = await ctx.store.minutes.change(minutes, roundtable=roundtable.number, active_at=ctx.now)
        await _open(ctx, minutes, item)
        await _presence.gather_speakers(ctx, minutes)
        await _card.refresh(ctx, minutes)
    elif roundtable.state is RoundtableState.ENDED:
        await _remind(ctx, minutes)


KIND = JobKind(name=MINUTES, apply=follow, parallel=1)


async def _open(ctx: Context, minutes: Minutes, item: AgendaItem) -> None:
    await ctx.store.minutes_lines.add(minutes, LineKind.TOPIC, item.text, item.started_at or ctx.now)


async def _remind(ctx: Context, minutes: Minutes) -> None:
    if minutes.chair_id is None:
        return
    dialogue = await ctx.store.dialogues.get(minutes.dialogue_id)
    text = _(
        "The roundtable has ended, but minutes {number} are still open. `/minutes end` ends them.",
        number=str(minutes.number),
    )
    await ctx.tell(minutes.chair_id, text, _silence.end_button(minutes), dialogue=dialogue)
