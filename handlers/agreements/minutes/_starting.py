"""Minutes begin, of a roundtable or of any other meeting."""

from __future__ import annotations

import re

from bot.commands.arguments import check_keys, check_length, parse_arguments
from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import UserError, _
from bot.voice import name_of
from handlers.agreements._authority import check_not_muted
from handlers.agreements.minutes import _card, _presence, _silence, _topics
from handlers.agreements.minutes._lookup import GROUP
from storage import TAKE_MINUTES, Minutes, OpenMinutesError, Roundtable, RoundtableState

router = Router(GROUP)

_KEYS = {"where": ("wo", "ort", "place")}
_LONGEST_TITLE = 150
_LONGEST_PLACE = 300
_NUMBER = re.compile(r"#?(\d{1,6})")


async def start(ctx: DialogueContext, rest: str) -> None:
    """Start minutes of the roundtable with a number, of the one that is running, or under a title."""
    await coordinators_only(ctx)
    await _check_none_open(ctx)
    typed = parse_arguments(rest, _KEYS, inline=True)
    check_keys(f"{typed.line}\n{typed.text}", _KEYS)
    roundtable = await _roundtable(ctx, typed.line)
    title = (roundtable.title if roundtable else typed.line) or ctx.dialogue.name
    place = typed.values.get("where") or (roundtable.place if roundtable else "")
    check_length(title, _LONGEST_TITLE)
    check_length(place, _LONGEST_PLACE)
    await begin(ctx, title, place, roundtable)


async def begin(ctx: DialogueContext, title: str, place: str, roundtable: Roundtable | None) -> None:
    """Start minutes with the person in the chair, and show them in every chat. Raises UserError if they are muted."""
    check_not_muted(ctx)
    number = roundtable.number if roundtable else None
    try:
        minutes = await ctx.store.minutes.start(
            ctx.dialogue.id,
            ctx.at,
            title=title,
            place=place,
            chair_id=ctx.person.id,
            chat_id=ctx.chat.id,
            roundtable=number,
        )
    except OpenMinutesError:
        raise UserError(_("Somebody else has just started minutes. `/minutes` shows them.")) from None
    await _presence.notice(ctx, minutes)
    if roundtable:
        await _topics.open_present(ctx, minutes, roundtable)
    await _silence.watch(ctx, minutes)
    await _card.post(ctx, minutes)
    if ctx.chat.dialogue_id is None:
        await _tell_where(ctx, minutes)


@router.button(TAKE_MINUTES, role=Role.COORDINATOR, in_dialogue=True)
async def take_minutes(ctx: DialogueContext) -> None:
    """Start minutes of a roundtable, from its card."""
    roundtable = await ctx.store.roundtables.get(int(ctx.args))
    await _check_none_open(ctx)
    await begin(ctx, roundtable.title, roundtable.place, roundtable)


async def _check_none_open(ctx: DialogueContext) -> None:
    if minutes := await ctx.store.minutes.open_of(ctx.dialogue.id):
        raise UserError(
            _(
                "Minutes {number} are still open: {title}. `/minutes end` ends them.",
                number=str(minutes.number),
                title=minutes.title,
            )
        )


async def _roundtable(ctx: DialogueContext, typed: str) -> Roundtable | None:
    """Return the roundtable with the number typed or, if nothing was, the one that is running. Raises UserError."""
    number = _NUMBER.fullmatch(typed)
    coming = await ctx.store.roundtables.coming(ctx.dialogue.id)
    if number is None:
        running = [each for each in coming if each.state is RoundtableState.RUNNING]
        return running[0] if running and not typed else None
    roundtable = await ctx.store.roundtables.numbered(ctx.dialogue.id, int(number[1]))
    if roundtable is None:
        text = _("There is no roundtable {number} here. `/roundtables` lists them.", number=number[1])
        raise UserError(text)
    if roundtable.state is RoundtableState.CANCELLED:
        raise UserError(_("Roundtable {number} has been cancelled.", number=number[1]))
    return roundtable


async def _tell_where(ctx: DialogueContext, minutes: Minutes) -> None:
    """Answer in private, where no lines are taken."""
    chats = [name_of(each) for each in await ctx.store.chats.of_dialogue(ctx.dialogue.id)]
    text = _(
        "Minutes {number} are open. Please write the lines in one of the chats of the dialogue; I do not take them"
        " here: {chats}",
        number=str(minutes.number),
        chats=chats,
    )
    await ctx.reply(text)
