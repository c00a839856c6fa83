"""Correcting the date of a new roundtable, by a reply to the post that shows how it was understood."""

from __future__ import annotations

from bot.commands.arguments import parse_arguments
from bot.commands.checks import NUMBERS
from bot.commands.context import CommandContext, DialogueContext
from bot.commands.router import Router
from bot.dates import AmbiguousDate, NotADate, typed
from bot.dates.echo import brief
from bot.model import Edit, Message, Role, plain
from bot.signer import LONGEST_ACTION
from bot.text.catalogue import _
from bot.voice import Choice
from handlers.roundtables import _changes
from handlers.roundtables._lookup import GROUP, KEYS, check_open, find
from storage import Roundtable, StoredMessage

router = Router(GROUP)

REDATE = "redate"
"""The action of the buttons: `redate:NUMBER` asks for the right date, `redate:NUMBER:keep` withdraws the question."""
MOVE = "moveto"
"""The action of the buttons with the readings of an ambiguous date: `moveto:NUMBER:DATE`."""


def offer(roundtable: Roundtable) -> Choice:
    """Return the button under the date as it was understood."""
    return Choice(_("correct the date"), "📅", f"{REDATE}:{roundtable.number}")


@router.button(REDATE, role=Role.COORDINATOR, in_dialogue=True)
async def ask(ctx: DialogueContext) -> None:
    """Ask for the right date, or withdraw the question."""
    number, _colon, keep = ctx.args.partition(":")
    if keep:
        await ctx.update(ctx.pressed_post, _("The date stays as it is."))
        return
    check_open(await find(ctx, int(number)))
    await ctx.reply(
        _(
            "When does roundtable {number} take place? Please answer this message with the right date, for example:"
            " 22 February, 11:00–13:00",
            number=number,
        ),
        Choice(_("leave it as it is"), "❌", f"{REDATE}:{number}:keep"),
    )


async def move(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Move a roundtable to another time. Of a date that can be read in several ways, each reading is a button."""
    try:
        await _changes.move(ctx, roundtable, rest)
    except AmbiguousDate as error:
        await ctx.reply(error.text, *_readings(ctx, roundtable, error))


def _readings(ctx: DialogueContext, roundtable: Roundtable, error: AmbiguousDate) -> list[Choice]:
    context = ctx.date_context(roundtable.zone)
    choices = [
        Choice(brief(when), sign, f"{MOVE}:{roundtable.number}:{typed(when, context)}")
        for sign, when in zip(NUMBERS, error.readings, strict=False)
    ]
    return choices if all(len(each.action.encode()) <= LONGEST_ACTION for each in choices) else []


@router.button(MOVE, role=Role.COORDINATOR, in_dialogue=True)
async def choose(ctx: DialogueContext) -> None:
    """Move a roundtable to the reading that was chosen."""
    number, _colon, text = ctx.args.partition(":")
    await _changes.move(ctx, await find(ctx, int(number)), text)
    await ctx.update(ctx.pressed_post, _("Roundtable {number} has been moved.", number=number))


async def on_reply(ctx: CommandContext, message: Message) -> None:
    """Move a roundtable to the date in a coordinator's reply; a reply to the receipt without a date is ignored."""
    number, asked = _asked_about(ctx, ctx.replied_message)
    if number is None or ctx.dialogue is None or not _may_correct(ctx):
        return
    here = ctx.in_dialogue(ctx.dialogue)
    try:
        await move(here, await find(here, number), plain(message.text))
    except NotADate:
        if asked:
            raise


async def on_edit(ctx: CommandContext, _edit: Edit) -> None:
    """Explain how to change a roundtable to whoever edits the command that scheduled it: the edit changes nothing."""
    is_ours = ctx.subject is not None and ctx.subject.feature == ctx.feature
    if is_ours and "when" in parse_arguments(ctx.args, KEYS, inline=True).values:
        await ctx.reply(
            _(
                "A roundtable is not changed by editing the message. Please write, with its number:"
                " `/roundtable NUMBER move WHEN`, or `title`, `where`, `agenda` or `remind` with the new text."
            )
        )


def _may_correct(ctx: CommandContext) -> bool:
    return ctx.role.reaches(Role.COORDINATOR)


def _asked_about(ctx: CommandContext, post: StoredMessage | None) -> tuple[int | None, bool]:
    """Return the number of the roundtable whose date a post shows, and whether the post asks for another one."""
    actions = [ctx.signer.verify(post.id, each) or "" for each in post.buttons.values()] if post else []
    found = next((each.split(":") for each in actions if each.startswith(f"{REDATE}:")), None)
    return (int(found[1]), len(found) > 2) if found else (None, False)
