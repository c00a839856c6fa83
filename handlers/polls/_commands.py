"""The commands `/poll` and `/polls`: what follows the word decides what is done."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.polls import _card
from handlers.polls._lookup import GROUP, find
from storage import Poll

router = Router(GROUP)

Subcommand = Callable[[DialogueContext, Poll, str], Awaitable[None]]
"""What `/poll N WORD REST` does with the poll and the rest."""

_CHANGES: Mapping[tuple[str, ...], Subcommand] = {}
SUBCOMMANDS: Mapping[str, Subcommand] = {word: change for words, change in _CHANGES.items() for word in words}
"""What coordinators can do with a poll, by the English and German words, folded."""

_NUMBERED = re.compile(r"#?(?P<number>\d{1,6})(?:\s+(?P<word>[^\s:]+):?(?:\s+(?P<rest>.*))?)?", re.DOTALL)


@router.command(
    "poll",
    "umfrage",
    summary=_("asks all cities about topics"),
    in_dialogue=True,
)
async def poll(ctx: DialogueContext) -> None:
    """Create a poll, or show or change the one whose number comes first."""
    numbered = _NUMBERED.fullmatch(ctx.args)
    if numbered is None:
        raise UserError(_("`/poll 3` shows poll number 3."), usage=True)
    found = await find(ctx, int(numbered["number"]))
    if numbered["word"] is None:
        await ctx.reply(await _card.text(ctx, found), *await _card.buttons(ctx, found))
        return
    await coordinators_only(ctx)
    subcommand = SUBCOMMANDS.get(fold(numbered["word"]))
    if subcommand is None:
        raise UserError(_("I do not know “{word}” here.", word=shortened(numbered["word"])))
    await subcommand(ctx, found, numbered["rest"] or "")
