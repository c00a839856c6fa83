"""A coordinator corrects what else was typed about a roundtable: its title, its place, and when it reminds."""

from __future__ import annotations

from bot.commands.arguments import check_length
from bot.commands.context import DialogueContext
from bot.dates import in_words, read_periods
from bot.text.catalogue import LazyText, UserError, _
from bot.text.characters import fold
from handlers.roundtables import _card, _reminders
from handlers.roundtables._agenda import NOTHING
from handlers.roundtables._changes import announce
from handlers.roundtables._lookup import LONGEST, check_open
from storage import Roundtable


async def retitle(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Change the title, and tell everybody."""
    title = _typed(roundtable, rest, LONGEST["title"])
    changed = await ctx.store.roundtables.change(roundtable, revised=True, title=title)
    number = str(changed.number)
    await _announced(ctx, changed, _("✏️ Roundtable {number} has a new title: *{title}*", number=number, title=title))


async def relocate(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Change the place or the link, and tell everybody."""
    place = _typed(roundtable, rest, LONGEST["place"])
    changed = await ctx.store.roundtables.change(roundtable, revised=True, place=place)
    number = str(changed.number)
    await _announced(ctx, changed, _("📍 Roundtable {number} has a new place: {place}", number=number, place=place))


async def remind(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Change when everybody is reminded."""
    check_open(roundtable)
    offsets = () if fold(rest.strip()) in NOTHING else read_periods(rest)
    changed = await ctx.store.roundtables.change(roundtable, remind=offsets)
    await _reminders.plan(ctx, changed)
    number = str(changed.number)
    if not offsets:
        await ctx.reply(_("Nobody is reminded of roundtable {number} any more.", number=number))
        return
    times = [in_words(each) for each in changed.remind]
    await ctx.reply(_("Reminders of roundtable {number}: {times} before.", number=number, times=times))


def _typed(roundtable: Roundtable, text: str, longest: int) -> str:
    """Return what was typed on one line. Raises UserError if there is nothing, or too much."""
    check_open(roundtable)
    line = " ".join(text.split())
    if not line:
        raise UserError(_("Please write the new text behind it."))
    check_length(line, longest)
    return line


async def _announced(ctx: DialogueContext, roundtable: Roundtable, text: LazyText) -> None:
    await _reminders.plan(ctx, roundtable)
    await _card.refresh(ctx, roundtable)
    await announce(ctx, roundtable, text)
