"""Monday mornings: the digest for the chats of each city, and the brief for mayors.

There is a job for each time zone in which somebody of a dialogue gets one of them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from bot.commands.attempt import attempt
from bot.commands.context import Context
from bot.dates import nights
from bot.dates.daily import MONDAY, MORNING, next_at
from bot.jobs import lateness
from bot.jobs.kinds import JobKind
from bot.model import Role
from bot.text.catalogue import LazyText, _
from handlers.agreements.actions import _brief, _digest
from storage import Chat, City, Dialogue, Job, RosterMember

WEEKLY = "weekly"
"""The kind of jobs: the key is `DIALOGUE/ZONE`. The one without a key, at the start, sees to it that all are there."""


async def plan(ctx: Context, dialogue_id: int) -> None:
    """Schedule what is due next in each time zone of a dialogue, unless it is."""
    for zone in await _zones(ctx, dialogue_id):
        await ctx.store.jobs.schedule_new(WEEKLY, f"{dialogue_id}/{zone}", _next(zone, ctx.now))


async def run(ctx: Context, job: Job, _prepared: None) -> None:
    """Post what is due in a time zone; after a downtime late, and marked so, but not in the night."""
    if not job.key:
        for each in await ctx.store.dialogues.all():
            await plan(ctx, each.id)
        return
    dialogue_id, _slash, zone = job.key.partition("/")
    if zone not in await _zones(ctx, int(dialogue_id)):
        return
    planned = datetime.fromisoformat(job.payload["planned"]) if job.payload else job.due_at
    now = max(ctx.now, job.due_at)  # when the clock is set back, jobs come early
    is_late = lateness.is_late(planned, now)
    morning = nights.by_day(now, now + timedelta(days=1), zone) if is_late else now
    if morning > now:
        await ctx.store.jobs.schedule(job.kind, job.key, morning, {"planned": planned.isoformat()})
        return
    await _post(ctx, await ctx.store.dialogues.get(int(dialogue_id)), zone, *([_late(planned)] if is_late else []))
    await ctx.store.jobs.schedule(job.kind, job.key, _next(zone, now))


async def _post(ctx: Context, dialogue: Dialogue, zone: str, *marks: LazyText) -> None:
    """Post in the chats of the cities in a zone, and to the mayors there."""
    for city, chats in (await _chats(ctx, dialogue.id, zone)).items():
        async with attempt(ctx.store, "weekly digest", dialogue=dialogue.id, city=city.id):
            await _digest.post(ctx, dialogue, city, chats, *marks)
    for mayor in await _mayors(ctx, dialogue.id):
        if mayor.zone == zone:
            async with attempt(ctx.store, "brief", dialogue=dialogue.id):
                await _brief.send(ctx, dialogue, mayor, *marks)


async def _zones(ctx: Context, dialogue_id: int) -> set[str]:
    chats = await ctx.store.chats.of_dialogue(dialogue_id)
    cities = {each.city.zone for each in chats if each.city}
    return cities | {each.zone for each in await _mayors(ctx, dialogue_id)}


async def _chats(ctx: Context, dialogue_id: int, zone: str) -> dict[City, list[Chat]]:
    """Return the chats of each city in a zone."""
    found = defaultdict[City, list[Chat]](list)
    for chat in await ctx.store.chats.of_dialogue(dialogue_id):
        if chat.city and chat.city.zone == zone:
            found[chat.city].append(chat)
    return found


async def _mayors(ctx: Context, dialogue_id: int) -> list[RosterMember]:
    return [each for each in await ctx.store.roles.roster(dialogue_id) if each.role is Role.MAYOR]


def _next(zone: str, now: datetime) -> datetime:
    return next_at(MORNING, zone, now, weekday=MONDAY)


def _late(planned: datetime) -> LazyText:
    return _("This overview is late: it was due on {due}. I was not running then.", due=planned)


KINDS = (JobKind(name=WEEKLY, apply=run, at_start=True),)
