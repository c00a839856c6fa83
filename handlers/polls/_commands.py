"""The commands `/poll` and `/polls`: what follows the word decides what is done."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands.arguments import parse_arguments
from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.commands.parse import ParsedCommand
from bot.commands.router import Router
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.polls import _changes, _closing, _creation, _lists, _proposals, _reminders, _turnout
from handlers.polls._lookup import GROUP, find
from handlers.polls._settings import KEYS
from storage import Poll

router = Router(GROUP)

Subcommand = Callable[[DialogueContext, Poll, str], Awaitable[None]]
"""What `/poll N WORD REST` does with the poll and the rest."""

_CHANGES: Mapping[tuple[str, ...], Subcommand] = {
    ("publish", "veroeffentlichen"): _changes.publish,
    ("topics", "themen"): _changes.topics,
    ("question", "frage"): _changes.ask,
    ("discard", "verwerfen"): _changes.discard,
    ("restore", "wiederherstellen"): _changes.restore,
    ("collect", "sammeln"): _proposals.collect,
    ("accept", "annehmen"): _proposals.accept,
    ("decline", "ablehnen"): _proposals.decline,
    ("remind", "erinnern"): _reminders.remind,
    ("turnout", "beteiligung"): _turnout.show,
    ("close", "schliessen", "beenden"): _closing.command,
}
SUBCOMMANDS: Mapping[str, Subcommand] = {word: change for words, change in _CHANGES.items() for word in words}
"""What coordinators can do with a poll, by the English and German words, folded."""
_FOR_STAFF: Mapping[str, Subcommand] = dict.fromkeys(
    ("propose", "suggest", "vorschlag", "vorschlagen"), _proposals.propose
)

_NUMBERED = re.compile(r"#?(?P<number>\d{1,6})(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_WORD = re.compile(r"(?P<word>[^\s:：]+)\s*(?P<colon>[:：]?)\s*(?P<rest>.*)", re.DOTALL)
_WORDS = {*SUBCOMMANDS, *_FOR_STAFF}
_VOTES = {"vote", "stimme"}
_KEY_WORDS = {fold(word) for key, others in KEYS.items() for word in (key, *others)}


def _is_argument(typed: ParsedCommand) -> bool:
    """Whether a text is a number, or has topics or one of the keys of a new poll."""
    arguments = parse_arguments(typed.args, KEYS)
    return bool(_NUMBERED.fullmatch(typed.args) or arguments.items or arguments.values)


@router.command(
    "poll",
    "umfrage",
    summary=_(
        "asks all cities which topics matter most, or shows a poll: `/poll 3`; after the number `publish`, `propose`,"
        " `topics`, `question`, `discard`, `close` or `remind`, or a new value such as `method: rank`"
    ),
    usage=_(
        "QUESTION | - TOPIC | - TOPIC | method: score|rank|approval|single | closes: DATE | quorum: NUMBER |"
        " weight: city|person | voters: all|staff|mayors | ballot: open|secret | results: live|after"
    ),
    example=_("`/poll What first? | - Cycle paths (SDG 11) | - Trees (SDG 13) | closes: in 5 days`"),
    in_dialogue=True,
    takes=_is_argument,
    runs_again=True,
)
async def poll(ctx: DialogueContext) -> None:
    """Make a poll, or show or change the one whose number comes first."""
    if not ctx.args:
        raise UserError(_("A coordinator makes a poll, `/poll 3` shows number 3, and `/polls` lists them."), usage=True)
    numbered = _NUMBERED.fullmatch(ctx.args)
    if numbered is None or _is_question(numbered):
        await _creation.create(ctx)
        return
    found = await find(ctx, int(numbered["number"]))
    if numbered["rest"]:
        await _run(ctx, found, numbered["rest"])
    else:
        await _lists.show(ctx, found)


@router.command("polls", "umfragen", summary=_("lists the polls that are open, and the closed ones"), in_dialogue=True)
async def polls(ctx: DialogueContext) -> None:
    """List the polls of the dialogue."""
    await _lists.list_all(ctx)


def _is_question(numbered: re.Match[str]) -> bool:
    """Whether what begins with a number is the question of a new poll: it has topics, and no word for a change."""
    word = _WORD.match(numbered["rest"] or "")
    is_known = word is None or fold(word["word"]) in _WORDS | _KEY_WORDS
    return not is_known and bool(parse_arguments(numbered.string).items)


async def _run(ctx: DialogueContext, poll: Poll, text: str) -> None:
    """Do what is typed after the number: a word with its rest, or one or more keys with their values."""
    word = _WORD.match(text)
    first = fold(word["word"]) if word else ""
    if word and first in _FOR_STAFF:
        await _FOR_STAFF[first](ctx, poll, word["rest"])
    elif word and first in SUBCOMMANDS and not (word["colon"] and first in _KEY_WORDS):
        await coordinators_only(ctx)
        await SUBCOMMANDS[first](ctx, poll, word["rest"])
    else:
        await _set(ctx, poll, text)


async def _set(ctx: DialogueContext, poll: Poll, text: str) -> None:
    """Set what is typed as `KEY: VALUE`, also several, or without the colon. Raises UserError for anything else."""
    word = _WORD.match(text)
    first = fold(word["word"]) if word else ""
    if word and first in _KEY_WORDS and not word["colon"]:
        text = f"{word['word']}: {word['rest']}"
    typed = parse_arguments(text, KEYS, inline=True)
    if typed.line or typed.text or not typed.values:
        raise UserError(_unknown(poll, typed.line or typed.text or text))
    await coordinators_only(ctx)
    await _changes.settings(ctx, poll, typed.values)


def _unknown(poll: Poll, text: str) -> LazyText:
    word = text.split(maxsplit=1)[0].rstrip(":")
    if fold(word) in _VOTES:
        return _("Votes are written like this: `/vote {number}`, followed by your ballot.", number=str(poll.number))
    near = difflib.get_close_matches(fold(word), _WORDS | _KEY_WORDS, n=1, cutoff=0.7)
    if near:
        form = f"{near[0]}:" if near[0] in _KEY_WORDS and near[0] not in _WORDS else near[0]
        return _(
            "I do not know “{word}” here. Did you mean `/poll {number} {form}`?",
            word=shortened(word),
            number=str(poll.number),
            form=form,
        )
    return lines(
        _("I do not know “{word}” here.", word=shortened(word)),
        _(
            "After the number of a poll you can write: publish, propose, topics, question, discard, close, remind,"
            " turnout; or method:, closes:, quorum:, weight:, voters:, ballot:, results: with a new value"
        ),
    )
