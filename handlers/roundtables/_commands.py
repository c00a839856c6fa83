"""The commands `/roundtable` and `/roundtables`: what follows the word decides who handles it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from handlers.roundtables import _lists
from handlers.roundtables._lookup import GROUP, find
from storage import Roundtable

router = Router(GROUP)

Subcommand = Callable[[DialogueContext, Roundtable, str], Awaitable[None]]
"""What `/roundtable N WORD REST` does with the roundtable and the rest, for coordinators."""

SUBCOMMANDS: Mapping[str, Subcommand] = {}
"""By the English and German words, folded."""

_NUMBERED = re.compile(r"(?P<number>\d{1,6})(?:\s+(?P<word>\S+)\s*(?P<rest>.*))?", re.DOTALL)


@router.command(
    "roundtable",
    "runde",
    summary=_("shows a roundtable of the mayors, or schedules one"),
    usage=_("NUMBER"),
    example=_("`/roundtable 3`"),
    in_dialogue=True,
)
async def roundtable(ctx: DialogueContext) -> None:
    """Show a roundtable, or change it."""
    numbered = _NUMBERED.fullmatch(ctx.args)
    if numbered is None:
        raise UserError(_("Please write the number of a roundtable."), usage=True)
    found = await find(ctx, int(numbered["number"]))
    if numbered["word"] is None:
        await _lists.show(ctx, found)
        return
    subcommand = SUBCOMMANDS.get(fold(numbered["word"]))
    if subcommand is None:
        raise UserError(_("I do not know “{word}” here.", word=numbered["word"]), usage=True)
    if not ctx.role.reaches(Role.COORDINATOR):
        raise UserError(_("Only coordinators can change a roundtable."))
    await subcommand(ctx, found, numbered["rest"])
