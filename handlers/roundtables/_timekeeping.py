"""The time of a meeting: its card every minute, warnings to the chair, and the end of one that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.commands.context import Context
from bot.jobs.kinds import JobKind
from bot.text.catalogue import LazyText, _, n_
from handlers.roundtables import _conclusion
from handlers.roundtables._progress import MEETING, Progress, begun, progress_of, show, titled
from storage import Job, RoundtableState

TICK = timedelta(minutes=1)
"""How often the card shows the time: few calls of the twenty a minute that a Telegram group allows."""
FORGOTTEN = timedelta(hours=3)
"""How long after its planned length a meeting that nobody ends is ended."""


class TimeSlot(NamedTuple):
    """The time planned for something, called `what` in texts."""

    what: LazyText
    began: datetime
    planned: timedelta

    def warnings(self, now: datetime) -> list[tuple[datetime, LazyText]]:
        """Return the warnings to the chair, each with its time: nearly over, over, and well over."""
        left = round((self.began + self.planned - now) / timedelta(minutes=1))
        texts = {
            0.8: n_("⏳ {what}: {n} minute left", "⏳ {what}: {n} minutes left", left, what=self.what),
            1.0: _("⌛ {what}: the time is over.", what=self.what),
            1.2: n_("⌛ {what}: {n} minute over time", "⌛ {what}: {n} minutes over time", -left, what=self.what),
        }
        return [(self.began + self.planned * part, text) for part, text in texts.items()]


async def plan(ctx: Context, progress: Progress) -> None:
    """Schedule the next update: when a warning to the chair is due, in a minute at the latest."""
    coming = [at for slot in _slots(progress) for at, _text in slot.warnings(ctx.now) if at > ctx.now]
    due = min([ctx.now + TICK, *coming])
    await ctx.store.jobs.schedule(MEETING, str(progress.roundtable.id), due)


async def keep_time(ctx: Context, job: Job, _prepared: None) -> None:
    """Show the time on the card, and warn the chair."""
    roundtable = await ctx.store.roundtables.of_job(int(job.key))
    if roundtable is None or roundtable.state is not RoundtableState.RUNNING:
        return
    progress = await progress_of(ctx, roundtable)
    if ctx.now >= progress.began + roundtable.length + FORGOTTEN:
        await _conclusion.conclude_forgotten(ctx, progress)
        return
    await _tell_chair(ctx, progress)
    await show(ctx, progress)
    await plan(ctx, progress)


async def _tell_chair(ctx: Context, progress: Progress) -> None:
    """Send the warnings that have become due since the last update: of each slot only the latest one."""
    meeting = await ctx.store.meetings.of(progress.roundtable.id)
    if meeting is None:
        return
    dialogue = await ctx.store.dialogues.get(progress.roundtable.dialogue_id)
    for slot in _slots(progress):
        passed = [text for at, text in slot.warnings(ctx.now) if meeting.watched_until < at <= ctx.now]
        if passed and progress.roundtable.chair_id is not None:
            await ctx.tell(progress.roundtable.chair_id, passed[-1], dialogue=dialogue)
    await ctx.store.meetings.watched(progress.roundtable.id, ctx.now)


def _slots(progress: Progress) -> Iterator[TimeSlot]:
    roundtable, item = progress.roundtable, progress.item
    if item and item.planned:
        yield TimeSlot(_("Item {position}, {text}", **titled(item)), begun(item), item.planned)
    about = _("Roundtable {number}, {title}", number=str(roundtable.number), title=roundtable.title)
    yield TimeSlot(about, progress.began, roundtable.length)


KIND = JobKind(name=MEETING, apply=keep_time)
