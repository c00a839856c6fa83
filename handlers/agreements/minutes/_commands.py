"""The command `/minutes`: what follows the word decides what is done."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands.context import DialogueContext
from bot.commands.parse import ParsedCommand
from bot.commands.router import Router
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.agreements.minutes import (
    _afterwards,
    _attendance,
    _card,
    _chair,
    _lines,
    _publishing,
    _silence,
    _starting,
)
from handlers.agreements.minutes._lookup import GROUP, find
from storage import Minutes

router = Router(GROUP)

Subcommand = Callable[[DialogueContext, Minutes, str], Awaitable[None]]
"""What `/minutes [N] WORD REST` does with the minutes and the rest; it checks itself who may."""

_WHILE_OPEN: Mapping[tuple[str, ...], Subcommand] = {
    ("end", "ende", "beenden", "stop"): _silence.end,
    ("chair", "leitung", "vorsitz"): _chair.hand_over,
    ("present", "anwesend"): _attendance.present,
    ("excused", "entschuldigt"): _attendance.excused,
    ("undo", "zurück"): _lines.undo_command,
}
_AFTER_THE_END: Mapping[tuple[str, ...], Subcommand] = {
    ("agree", "confirm", "zustimmen", "zustimmung", "bestätigen"): _afterwards.agree,
    ("object", "einwand", "einspruch", "ablehnen"): _afterwards.object_to,
    ("correct", "correction", "berichtigen", "berichtigung"): _afterwards.correct,
    ("history", "verlauf"): _afterwards.history,
}
SUBCOMMANDS: Mapping[str, Subcommand] = {
    fold(word): do for words, do in (*_WHILE_OPEN.items(), *_AFTER_THE_END.items()) for word in words
}
"""What can be done with minutes, by the English and German words, folded."""
START = frozenset({"start", "anfang", "beginn", "beginnen", "starten"})

_SPELLED = {fold(word): word for words in (*_WHILE_OPEN, *_AFTER_THE_END, START) for word in words}
_AFTERWARDS = {fold(word) for words in _AFTER_THE_END for word in words}
_NUMBERED = re.compile(r"#?(?P<number>\d{1,6})(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_WORD = re.compile(r"(?P<word>[^\s:：]+)[:：]?\s*(?P<rest>.*)", re.DOTALL)


def _is_argument(typed: ParsedCommand) -> bool:
    """Whether a text is a number, or begins with a word that can be done."""
    word = _WORD.match(typed.args)
    return bool(_NUMBERED.fullmatch(typed.args) or (word and fold(word["word"]) in {*SUBCOMMANDS, *START}))


@router.command(
    "minutes",
    "protokoll",
    summary=_(
        "takes minutes: `/minutes start`, then lines such as `#agreed TEXT`, and finally `/minutes end`; also"
        " `/minutes chair`, `present` or `excused` with a name; `/minutes 3` shows number 3"
    ),
    usage=_("start TITLE | where: PLACE"),
    example=_("`/minutes start 3`"),
    in_dialogue=True,
    takes=_is_argument,
)
async def minutes(ctx: DialogueContext) -> None:
    """Start minutes, show them, or do something with the open ones or those whose number comes first."""
    numbered = _NUMBERED.fullmatch(ctx.args)
    if not ctx.args:
        await _show(ctx, await _present(ctx))
    elif numbered and not numbered["rest"]:
        await _show(ctx, await find(ctx, int(numbered["number"])))
    else:
        await _run(ctx, numbered["number"] if numbered else "", numbered["rest"] if numbered else ctx.args)


async def _run(ctx: DialogueContext, number: str, typed: str) -> None:
    """Run the subcommand that is typed. Raises UserError, with what is possible, for an unknown word."""
    word = _WORD.match(typed)
    first = fold(word["word"]) if word else ""
    if word and first in START and not number:
        await _starting.start(ctx, word["rest"])
        return
    if word is None or first not in SUBCOMMANDS:
        raise UserError(_unknown(typed), usage=not number)
    meant = await find(ctx, int(number)) if number else await _present(ctx, ended=first in _AFTERWARDS)
    await SUBCOMMANDS[first](ctx, meant, word["rest"])


async def _present(ctx: DialogueContext, *, ended: bool = False) -> Minutes:
    """Return the open minutes, or else, or if `ended`, those that ended last. Raises UserError if there are none."""
    newest = await ctx.store.minutes.of_dialogue(ctx.dialogue.id)
    chosen = next((each for each in newest if not (ended and each.is_open)), None)
    if chosen is None:
        raise UserError(_("There are no minutes here yet. A coordinator begins with `/minutes start`."), usage=True)
    return await ctx.store.minutes.get(chosen.id)


async def _show(ctx: DialogueContext, minutes: Minutes) -> None:
    if minutes.is_open:
        await _card.show(ctx, minutes)
    else:
        await _publishing.show(ctx, minutes)


def _unknown(typed: str) -> LazyText:
    word = typed.split(maxsplit=1)[0]
    if near := difflib.get_close_matches(fold(word), _SPELLED, n=1, cutoff=0.7):
        return _(
            "I do not know “{word}” here. Did you mean `/minutes {form}`?", word=shortened(word), form=_SPELLED[near[0]]
        )
    return lines(
        _("I do not know “{word}” here.", word=shortened(word)),
        _("After `/minutes` you can write: start, end, chair, present, excused, undo; or the number of minutes."),
    )
