"""The report on where news have arrived: a live card, which a job keeps up to date until all is settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from bot.commands.context import Context
from bot.delivery.failures import reason_of
from bot.jobs.kinds import JobKind
from bot.model import Replace, Send
from bot.text.catalogue import LazyText, _, lines
from bot.voice import name_of
from storage import Chat, Delivery, Job, NewsItem, State

FIRST, LONGEST = timedelta(seconds=3), timedelta(minutes=10)
"""The first and the longest pause between two looks at the deliveries."""
WATCHED = timedelta(days=7)
"""How long to look after the last change."""


async def watch(ctx: Context, id: int) -> None:
    """Report on the deliveries of news from now on."""
    await ctx.store.jobs.schedule("news", str(id), ctx.now + FIRST, {"pause": FIRST.total_seconds()})


async def _report(ctx: Context, job: Job, _prepared: None) -> None:
    """Show what has changed, and look again later if something is still on its way."""
    item = await ctx.store.news.get(int(job.key))
    if item is None:
        return
    rows, waits = await _rows(ctx, item)
    shown = [repr(each) for each in rows]
    if rows and shown != job.payload.get("shown"):
        await ctx.update(item.status_id, lines(*rows))
    if waits and ctx.now - (item.corrected_at or item.posted_at) < WATCHED:
        pause = min(2 * job.payload["pause"], LONGEST.total_seconds())
        due = ctx.now + timedelta(seconds=pause)
        await ctx.store.jobs.schedule(job.kind, job.key, due, {"pause": pause, "shown": shown})


async def _rows(ctx: Context, item: NewsItem) -> tuple[list[LazyText], bool]:
    """Return the lines of the report, and whether something is still on its way."""
    arrived: list[LazyText] = []
    waiting: list[LazyText] = []
    troubles: list[LazyText] = []
    deliveries = await ctx.store.deliveries.of_message(item.post_id)
    changes = [each for each in deliveries if each.kind in {Send.kind, Replace.kind}]
    for chat_id, parts in groupby(sorted(changes, key=lambda each: each.chat_id), key=lambda each: each.chat_id):
        chat = await ctx.store.chats.get(chat_id)
        own = list(parts)
        if chat.dialogue_id != item.dialogue_id:
            continue
        if any(each.state in {State.QUEUED, State.SENDING} for each in own):
            waiting.append(name_of(chat))
        elif trouble := _trouble(chat, own):
            troubles.append(trouble)
        elif any(each.state is State.DELIVERED for each in own):
            arrived.append(name_of(chat))
    rows = [_("✅ Arrived in: {chats}", chats=arrived)] if arrived else []
    rows += [_("⏳ On the way to: {chats}", chats=waiting)] if waiting else []
    return [*rows, *troubles], bool(waiting)


def _trouble(chat: Chat, deliveries: Sequence[Delivery]) -> LazyText | None:
    """Return what has not arrived in a chat, and why; None if everything has."""
    failed = next((each for each in deliveries if each.state is State.FAILED), None)
    if failed is None:
        return None
    reason = reason_of(failed.reason, shut_out=bool(chat.blocked_reason))
    if failed.kind == Replace.kind:
        return _("⚠️ Not corrected in {chat}: {reason}", chat=name_of(chat), reason=reason)
    if any(each.state is State.DELIVERED for each in deliveries):
        return _("⚠️ Without its file in {chat}: {reason}", chat=name_of(chat), reason=reason)
    return _("⚠️ Not in {chat}: {reason}", chat=name_of(chat), reason=reason)


JOB = JobKind(name="news", apply=_report)
