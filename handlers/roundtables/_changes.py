"""A coordinator moves a roundtable, or cancels it."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.arguments import check_length
from bot.commands.context import Context, DialogueContext
from bot.dates import When, read_when
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from handlers.roundtables import _card, _files, _invitations, _reminders, _unanswered, _warnings
from handlers.roundtables._choices import choices
from handlers.roundtables._lookup import LONGEST, check_duration, check_open
from handlers.roundtables._series import NEXT
from storage import Answer, Roundtable, RoundtableState

_SERIES = {"series", "serie", "reihe"}
_ONTO = re.compile(r"^\s*auf\s+(?:den\s+)?", re.IGNORECASE)
"""What German says before a new date."""
_LABEL = re.compile(r"^\s*(?:reason|grund)\s*:", re.IGNORECASE)


async def move(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Move a roundtable to another time, and say everywhere from when to when."""
    _check_not_begun(roundtable)
    if not rest.strip():
        number = str(roundtable.number)
        raise UserError(
            _("When will it take place instead? For example: `/roundtable {number} move 1 March, 11:00`", number=number)
        )
    when = _new_time(ctx, roundtable, rest)
    check_duration(when)
    end = when.end or when.start + roundtable.length
    if (when.start, end) == (roundtable.starts_at, roundtable.ends_at):
        raise UserError(_("Roundtable {number} takes place then already.", number=str(roundtable.number)))
    moved = await ctx.store.roundtables.change(
        roundtable, revised=True, starts_at=when.start, ends_at=end, zone=when.zone
    )
    again = _is_other_day(roundtable, moved)
    if again:
        await _reopen(ctx, moved)
    await _replan(ctx, moved)
    await announce(ctx, moved, await _moved(ctx, roundtable, moved, again=again))
    if warnings := await _warnings.about(ctx, moved):
        await ctx.reply(lines(*warnings))


def _check_not_begun(roundtable: Roundtable) -> None:
    """Raise UserError if a roundtable is running, over or cancelled."""
    check_open(roundtable)
    if roundtable.state is RoundtableState.RUNNING:
        raise UserError(
            _("Roundtable {number} is running. `/roundtable {number} end` ends it.", number=str(roundtable.number))
        )


def _new_time(ctx: DialogueContext, roundtable: Roundtable, text: str) -> When:
    """Return the time that somebody has typed: a day alone keeps the time, a time alone the day. Raises UserError."""
    text = _ONTO.sub("", text)
    before = roundtable.starts_at.astimezone(ZoneInfo(roundtable.zone))
    context = replace(ctx.date_context(roundtable.zone), day=before.date())
    when = read_when(text, context)
    if when.rule:
        raise UserError(_("Only this roundtable is moved, not the series: please write one date."))
    return when if when.timed else read_when(f"{text} {before:%H:%M}", context)


def _is_other_day(before: Roundtable, after: Roundtable) -> bool:
    zone = ZoneInfo(after.zone)
    return before.starts_at.astimezone(zone).date() != after.starts_at.astimezone(zone).date()


async def _reopen(ctx: Context, roundtable: Roundtable) -> None:
    """Open all answers again: they were given for another day. Deputies stay deputies."""
    for each in await ctx.store.invitations.of(roundtable.id):
        if each.deputy_id is None and each.answer is not Answer.OPEN:
            await ctx.store.invitations.save(each.reopened())


async def _replan(ctx: Context, roundtable: Roundtable) -> None:
    """Update what depends on the time and state of a roundtable."""
    await _reminders.plan(ctx, roundtable)
    await _unanswered.plan(ctx, roundtable)
    await _card.refresh(ctx, roundtable)


async def _moved(ctx: DialogueContext, before: Roundtable, after: Roundtable, *, again: bool) -> LazyText:
    rows = [
        _("📅 *Roundtable {number} has been moved: {title}*", number=str(after.number), title=after.title),
        _("{old} → {new}", old=before.starts_at, new=after.starts_at),
        LazyText("{times}", params={"times": _card.times(after, ctx.dialogue.cities)}),
    ]
    rows += [_("It is another day: please answer again.")] if again else []
    return lines(*rows, _("Moved by {name}.", name=ctx.person.name))


async def announce(ctx: DialogueContext, roundtable: Roundtable, text: LazyText) -> None:
    """Post a change in every chat, with the calendar file, and to those who are invited in private."""
    buttons = choices(roundtable) if roundtable.is_open else ()
    post = await ctx.announce(ctx.dialogue, text, *buttons)
    await _files.post(ctx, roundtable, await ctx.store.chats.of_dialogue(ctx.dialogue.id), post)
    await _invitations.tell_privately(ctx, roundtable, text)


async def cancel(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Cancel a roundtable, or with `series` also all that follow it, and say everywhere why."""
    _check_not_begun(roundtable)
    first, *after = rest.split(maxsplit=1) or [""]
    series = roundtable.series_id if fold(first) in _SERIES else None
    reason = " ".join(_LABEL.sub("", "".join(after) if series else rest).split())
    if not reason:
        number = str(roundtable.number)
        raise UserError(_("Please say why, as everybody is told: `/roundtable {number} cancel REASON`", number=number))
    check_length(reason, LONGEST["reason"])
    those = [roundtable]
    if series:
        those += await _end_series(ctx, series, roundtable)
    for each in those:
        await _cancel(ctx, each, reason)


async def _end_series(ctx: DialogueContext, series_id: int, roundtable: Roundtable) -> list[Roundtable]:
    """End a series, and return its planned occurrences after this one."""
    await ctx.store.roundtables.end_series(series_id, ctx.now)
    await ctx.store.jobs.cancel(NEXT, str(series_id))
    first = roundtable.occurrence_at or roundtable.starts_at
    known = await ctx.store.roundtables.of_series(series_id)
    later = [each.id for each in known if (each.occurrence_at or each.starts_at) > first]
    those = [await ctx.store.roundtables.get(id) for id in later]  # locked: some may just be starting
    return [each for each in those if each.state is RoundtableState.PLANNED]


async def _cancel(ctx: DialogueContext, roundtable: Roundtable, reason: str) -> None:
    cancelled = await ctx.store.roundtables.change(
        roundtable, revised=True, state=RoundtableState.CANCELLED, reason=reason
    )
    await _replan(ctx, cancelled)
    rows = [
        _("❌ *Roundtable {number} is cancelled: {title}*", number=str(cancelled.number), title=cancelled.title),
        _("It would have begun on {start}.", start=cancelled.starts_at),
        _("Reason: {reason}", reason=reason),
        _("Cancelled by {name}.", name=ctx.person.name),
    ]
    await announce(ctx, cancelled, lines(*rows))
