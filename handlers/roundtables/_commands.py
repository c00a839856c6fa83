"""The commands `/roundtable` and `/roundtables`: what follows the word decides what is done."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands import calendar_links
from bot.commands.arguments import parse_arguments
from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.commands.parse import ParsedCommand
from bot.commands.router import Router
from bot.text.catalogue import LazyText, UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.roundtables import (
    _agenda,
    _changes,
    _correction,
    _creation,
    _details,
    _guests,
    _lists,
    _meeting,
)
from handlers.roundtables._lookup import GROUP, KEYS, find
from storage import Roundtable

router = Router(GROUP)

Subcommand = Callable[[DialogueContext, Roundtable, str], Awaitable[None]]
"""What `/roundtable N WORD REST` does with the roundtable and the rest."""

_CHANGES: Mapping[tuple[str, ...], Subcommand] = {
    ("move", "verlegen", "verschieben"): _correction.move,
    ("cancel", "absagen"): _changes.cancel,
    ("agenda", "tagesordnung"): _agenda.replace,
    ("invite", "einladen"): _guests.invite,
    ("start", "beginnen", "starten"): _meeting.start,
    ("next", "weiter"): _meeting.advance,
    ("end", "beenden"): _meeting.end,
    ("title", "titel"): _details.retitle,
    ("where", "wo", "ort"): _details.relocate,
    ("remind", "erinnern"): _details.remind,
}
SUBCOMMANDS: Mapping[str, Subcommand] = {word: change for words, change in _CHANGES.items() for word in words}
"""What coordinators can do with a roundtable, by the English and German words, folded."""

_NUMBERED = re.compile(r"#?(?P<number>\d{1,6})(?:\s+(?P<word>[^\s:]+):?(?:\s+(?P<rest>.*))?)?", re.DOTALL)


def _is_title(numbered: re.Match[str]) -> bool:
    """Whether what begins with a number is the title of a new roundtable: it has a date, and no word for a change."""
    known = numbered["word"] is None or fold(numbered["word"]) in SUBCOMMANDS
    return not known and "when" in parse_arguments(numbered.string, KEYS, inline=True).values


def _unknown(word: str) -> LazyText:
    return _(
        "I do not know “{word}” here. After the number of a roundtable you can write: move, cancel, agenda, invite,"
        " start, next, end, title, where, remind",
        word=shortened(word),
    )


def _is_argument(typed: ParsedCommand) -> bool:
    """Whether a text is a number, or has one of the keys of a new roundtable."""
    return bool(_NUMBERED.fullmatch(typed.args) or parse_arguments(typed.args, KEYS, inline=True).values)


@router.command(
    "roundtable",
    "runde",
    summary=_(
        "schedules a roundtable of the mayors, or shows one: `/roundtable 3`; after the number `move`, `cancel`,"
        " `agenda`, `invite`, `start`, `next` or `end` changes it"
    ),
    usage=_("TITLE | when: DATE | where: PLACE | remind: 7d, 1d, 1h | agenda: | - ITEM (15 min) @NAME"),
    example=_("`/roundtable Cities united | when: 22 February, 11:00–13:00 | where: online`"),
    in_dialogue=True,
    takes=_is_argument,
)
async def roundtable(ctx: DialogueContext) -> None:
    """Schedule a roundtable, or show or change the one whose number comes first."""
    if not ctx.args:
        raise UserError(_("A coordinator schedules a roundtable, and `/roundtable 3` shows number 3."), usage=True)
    numbered = _NUMBERED.fullmatch(ctx.args)
    if numbered is None or _is_title(numbered):
        await _creation.create(ctx)
        return
    found = await find(ctx, int(numbered["number"]))
    if numbered["word"] is None:
        await _lists.show(ctx, found)
        return
    await coordinators_only(ctx)
    subcommand = SUBCOMMANDS.get(fold(numbered["word"]))
    if subcommand is None:
        raise UserError(_unknown(numbered["word"]))
    await subcommand(ctx, found, numbered["rest"] or "")


@router.command(
    "roundtables",
    "runden",
    summary=_("shows the coming roundtables; `/roundtables calendar`: the link to subscribe to them in your calendar"),
    in_dialogue=True,
)
async def roundtables(ctx: DialogueContext) -> None:
    """Show the roundtables of the dialogue, or the link to their calendar."""
    word, _space, rest = ctx.args.partition(" ")
    if fold(word) in calendar_links.WORDS:
        await calendar_links.typed(ctx, rest)
    else:
        await _lists.list_all(ctx)
