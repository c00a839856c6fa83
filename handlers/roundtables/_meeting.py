"""The meeting itself: a coordinator in the chair begins it, goes through agenda and speakers, and ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from handlers.roundtables import _card, _conclusion, _reminders, _timekeeping
from handlers.roundtables._lookup import GROUP, check_open
from handlers.roundtables._progress import (
    END,
    ITEM,
    MEETING,
    SPEAKER,
    Progress,
    buttons,
    card,
    progress_of,
    show,
    titled,
)
from storage import MINUTES, AgendaItem, Roundtable, RoundtableState

router = Router(GROUP)

_SPEAKERS = frozenset({"speaker", "redner", "rednerin"})


async def start(ctx: DialogueContext, roundtable: Roundtable, _rest: str) -> None:
    """Begin a planned roundtable, however early, or take the chair of one that is running."""
    check_open(roundtable)
    if roundtable.state is RoundtableState.RUNNING:
        await _take_chair(ctx, roundtable)
        return
    roundtable = await ctx.store.roundtables.change(
        roundtable, state=RoundtableState.RUNNING, chair_id=ctx.person.id, started_at=ctx.now
    )
    progress = await progress_of(ctx, roundtable)
    if progress.following:
        await _begin(ctx, progress, progress.following)
        progress = await progress_of(ctx, roundtable)
    card_id = await ctx.announce(ctx.dialogue, card(progress), *buttons(progress))
    await ctx.store.meetings.begin(roundtable.id, card_id, ctx.now)
    await _reminders.plan(ctx, roundtable)
    await _card.refresh(ctx, roundtable)
    await _timekeeping.plan(ctx, progress)


async def advance(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Go on to the next item of the agenda, or to the next speaker."""
    _require_running(roundtable)
    step = SPEAKER if _SPEAKERS.intersection(map(fold, rest.split())) else ITEM
    await _STEPS[step](ctx, await progress_of(ctx, roundtable))


async def end(ctx: DialogueContext, roundtable: Roundtable, _rest: str) -> None:
    """End a roundtable."""
    _require_running(roundtable)
    await _end(ctx, await progress_of(ctx, roundtable))


async def _next_item(ctx: DialogueContext, progress: Progress) -> None:
    number = str(progress.roundtable.number)
    if progress.following is None:
        raise UserError(_("That is the last item. `/roundtable {number} end` ends the roundtable.", number=number))
    await _begin(ctx, progress, progress.following)
    await _moved_on(ctx, progress.roundtable)
    await ctx.answer(_("Now: {position}. {text}", **titled(progress.following)))


async def _next_speaker(ctx: DialogueContext, progress: Progress) -> None:
    if not progress.waiting:
        raise UserError(_("Nobody has asked to speak."))
    await ctx.store.meetings.begin_speech(progress.waiting[0], progress.item, ctx.now)
    await _moved_on(ctx, progress.roundtable)
    await ctx.answer(_("Speaking now: {name}", name=progress.speaker(progress.waiting[0])))


async def _end(ctx: DialogueContext, progress: Progress) -> None:
    await _conclusion.conclude(ctx, progress.roundtable, ctx.now)


_STEPS: dict[str, Callable[[DialogueContext, Progress], Awaitable[None]]] = {
    ITEM: _next_item,
    SPEAKER: _next_speaker,
    END: _end,
}


async def _begin(ctx: Context, progress: Progress, item: AgendaItem) -> None:
    """End the present item, and begin another one; whoever introduces it has the floor."""
    await ctx.store.meetings.end_speech(item.roundtable_id, ctx.now)
    if progress.item:
        await ctx.store.meetings.end_item(progress.item, ctx.now)
    await ctx.store.meetings.begin_item(item, ctx.now)
    await ctx.store.jobs.schedule(MINUTES, f"{item.roundtable_id}:{item.id}")
    speaker = next((each for each in progress.invitations if each.person_id == item.speaker_id), None)
    if speaker:
        await ctx.store.meetings.begin_speech(speaker, item, ctx.now)


async def _moved_on(ctx: Context, roundtable: Roundtable) -> None:
    progress = await progress_of(ctx, roundtable)
    await show(ctx, progress)
    await _timekeeping.plan(ctx, progress)


async def _take_chair(ctx: DialogueContext, roundtable: Roundtable) -> None:
    number = str(roundtable.number)
    if roundtable.chair_id == ctx.person.id:
        raise UserError(_("You are running roundtable {number}. `/roundtable {number} next` goes on.", number=number))
    before = roundtable.chair_id
    roundtable = await ctx.store.roundtables.change(roundtable, chair_id=ctx.person.id)
    await show(ctx, await progress_of(ctx, roundtable))
    await ctx.answer(_("You are in the chair of roundtable {number} now.", number=number))
    if before:
        text = _("{name} has taken the chair of roundtable {number}.", name=ctx.person.name, number=number)
        await ctx.tell(before, text, dialogue=ctx.dialogue)


def _require_running(roundtable: Roundtable) -> None:
    check_open(roundtable)
    if roundtable.state is not RoundtableState.RUNNING:
        number = str(roundtable.number)
        raise UserError(_("Roundtable {number} is not running. `/roundtable {number} start` begins it.", number=number))


# The buttons


async def _require_chair(ctx: CommandContext) -> None:
    """Raise UserError unless the person is in the chair of the roundtable that a button is about (trust: case 15)."""
    roundtable = await ctx.store.roundtables.get(int(ctx.args.split(":")[0]))
    if roundtable.chair_id in {None, ctx.person.id}:
        return
    chair = await ctx.store.people.get(roundtable.chair_id or 0)
    raise UserError(
        _(
            "{name} is in the chair. `/roundtable {number} start` takes it over.",
            name=chair.name,
            number=str(roundtable.number),
        )
    )


@router.button(MEETING, role=Role.COORDINATOR, in_dialogue=True, check=_require_chair)
async def press(ctx: DialogueContext) -> None:
    """Take the step of a button; once another one was taken, the card has other buttons."""
    id, step, _revision = ctx.args.split(":")
    roundtable = await ctx.store.roundtables.get(int(id))
    _require_running(roundtable)
    await _STEPS[step](ctx, await progress_of(ctx, roundtable))
