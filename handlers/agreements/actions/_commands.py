"""The commands `/action` and `/actions`: what follows the word decides what is done."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands import calendar_links
from bot.commands.arguments import Keys
from bot.commands.context import DialogueContext
from bot.commands.parse import ParsedCommand
from bot.commands.router import Router
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.agreements.actions import _card, _changes, _creation, _history, _list
from handlers.agreements.actions._languages import language_keys
from handlers.agreements.actions._lookup import GROUP, find
from handlers.agreements.actions._parsing import KEYS
from storage import ActionPoint

router = Router(GROUP)

Subcommand = Callable[[DialogueContext, ActionPoint, str], Awaitable[None]]
"""What `/action N WORD REST` does with the action point and the rest; it checks itself who may."""

_SUBCOMMANDS: Mapping[tuple[str, ...], Subcommand] = {
    ("agree", "confirm", "zustimmen", "zustimmung", "bestätigen"): _changes.agree,
    ("object", "einwand", "einspruch", "ablehnen"): _changes.object_to,
    ("done", "erledigt", "fertig"): _changes.done,
    ("reopen", "öffnen"): _changes.reopen,
    ("edit", "ändern"): _changes.edit,
    ("due", "frist"): _changes.due,
    ("owner", "owners", "wer"): _changes.owner,
    ("withdraw", "zurückziehen"): _changes.withdraw,
    ("supersede", "replace", "ersetzen"): _creation.supersede,
    ("history", "verlauf"): _history.show,
}
SUBCOMMANDS: Mapping[str, Subcommand] = {fold(word): do for words, do in _SUBCOMMANDS.items() for word in words}
"""What can be done with an action point, by the English and German words, folded."""
_SPELLED = {fold(word): word for words in _SUBCOMMANDS for word in words}

_NUMBERED = re.compile(r"#?(?P<number>\d{1,6})(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_REVERSED = re.compile(rf"(?P<word>{'|'.join(SUBCOMMANDS)})(?: ?#?(?P<number>\d{{1,6}}))?[.!]?")
_WORD = re.compile(r"(?P<word>[^\s:：]+)\s*(?P<colon>[:：]?)\s*(?P<rest>.*)", re.DOTALL)
_OWNER_OR_DATE = re.compile(r"(?<!\S)(?:@\S|(?:by|bis)\s)", re.IGNORECASE)

_NEW_WITH_NUMBER = _("If this is a new action point that begins with a number, please put a word before it.")


def _is_argument(typed: ParsedCommand) -> bool:
    """Whether a text is a number, or names an owner or a due date."""
    return bool(_NUMBERED.fullmatch(typed.args) or typed.mentions or _OWNER_OR_DATE.search(typed.args))


@router.command(
    "action",
    "aufgabe",
    summary=_(
        "proposes who does what by when, or shows an action point: `/action 3`; after the number `agree`, `object`,"
        " `done`, `reopen`, `edit`, `due`, `owner`, `withdraw`, `supersede` or `history`"
    ),
    usage=_("TEXT @owner by DATE | lead: CITY | sdg: NUMBER | about: roundtable NUMBER"),
    example=_("`/action Plant trees at the station @anna by 15 December`"),
    in_dialogue=True,
    takes=_is_argument,
    runs_again=True,
)
async def action(ctx: DialogueContext) -> None:
    """Propose an action point, or show or change the one whose number comes first."""
    numbered = _NUMBERED.fullmatch(ctx.args)
    if numbered is None:
        await _unnumbered(ctx)
        return
    point = await _find(ctx, int(numbered["number"]), numbered["rest"] or "")
    if numbered["rest"]:
        await _run(ctx, point, numbered["rest"])
    else:
        await _card.show(ctx, point)


@router.command(
    "actions",
    "aufgaben",
    summary=_(
        "lists the action points: `/actions open`, `mine`, `overdue`, `agreed` or `done`; `/actions calendar`: the link"
        " to subscribe to them in your calendar; `/actions digest off`: no weekly overview in the chat of your city"
    ),
    in_dialogue=True,
    takes=lambda typed: len(typed.args.split()) == 1,
)
async def actions(ctx: DialogueContext) -> None:
    """List action points of the dialogue, or send the link to the calendar that shows when they are due."""
    word, _space, rest = ctx.args.partition(" ")
    if fold(word) in calendar_links.WORDS:
        await calendar_links.typed(ctx, rest)
    else:
        await _list.show(ctx, ctx.args)


async def _unnumbered(ctx: DialogueContext) -> None:
    """Propose what is typed; but a word alone is not a text. As a reply to a card, it is about that action point."""
    word = _REVERSED.fullmatch(fold(ctx.args))
    if word and not word["number"] and (point := await _answered(ctx)):
        await SUBCOMMANDS[word["word"]](ctx, point, "")
    elif _list.is_filter(ctx.args):
        await _list.show(ctx, ctx.args)
    elif word:
        number = word["number"] or "3"
        raise UserError(
            _("The number comes first: `/action {number} {form}`", number=number, form=_SPELLED[word["word"]])
        )
    else:
        await _creation.create(ctx)


async def _answered(ctx: DialogueContext) -> ActionPoint | None:
    """Return the action point whose card the command replies to."""
    post = ctx.replied_message
    point = await ctx.store.actions.by_card(post.id) if post else None
    return point if point and point.dialogue_id == ctx.dialogue.id else None


async def _find(ctx: DialogueContext, number: int, typed: str) -> ActionPoint:
    """Return the action point that is meant. Raises UserError; `typed` after the number may belong to a new one."""
    try:
        return await find(ctx, number)
    except UserError as error:
        word = _WORD.match(typed)
        if word is None or fold(word["word"]) in SUBCOMMANDS:
            raise
        raise UserError(lines(error.text, _NEW_WITH_NUMBER)) from None


async def _run(ctx: DialogueContext, point: ActionPoint, typed: str) -> None:
    """Run the subcommand that follows the number. Raises UserError, with what is possible, for an unknown word."""
    word = _WORD.match(typed)
    first = fold(word["word"]).strip(".!,") if word else ""
    if word and first in SUBCOMMANDS:
        await SUBCOMMANDS[first](ctx, point, word["rest"])
    elif word and word["colon"] and first in _words_of({**KEYS, **language_keys(ctx)}):
        await _changes.edit(ctx, point, typed)
    else:
        raise UserError(_unknown(point, typed))


def _words_of(keys: Keys) -> set[str]:
    return {fold(word) for key, others in keys.items() for word in (key, *others)}


def _unknown(point: ActionPoint, typed: str) -> LazyText:
    word, number = typed.split(maxsplit=1)[0], str(point.number)
    if near := difflib.get_close_matches(fold(word), SUBCOMMANDS, n=1, cutoff=0.7):
        return _(
            "I do not know “{word}” here. Did you mean `/action {number} {form}`?",
            word=shortened(word),
            number=number,
            form=_SPELLED[near[0]],
        )
    return lines(
        _("I do not know “{word}” here.", word=shortened(word)),
        _(
            "After the number of an action point you can write: agree, object, done, reopen, edit, due, owner,"
            " withdraw, supersede, history"
        ),
        _NEW_WITH_NUMBER,
    )
