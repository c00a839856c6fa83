"""An action point as people type it: `TEXT @owner by DATE`, and lines with keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.commands.arguments import Arguments, Keys, check_keys, check_length, parse_arguments
from bot.commands.context import DialogueContext
from bot.dates import When, find_due, read_when
from bot.text import sdg
from bot.text.catalogue import LazyText, UserError, _
from bot.text.characters import is_blank
from bot.text.excerpts import shortened
from handlers.agreements.actions._languages import TermsChange, language_keys, texts_of
from handlers.agreements.actions._links import about_in, lead_in
from handlers.agreements.actions._owners import owners_in, tidy
from storage import ActionLinks, NewOwner

LONGEST = 500
"""Characters of a text, and of its translation."""
_LONGEST_COMMAND = 3000

KEYS: Keys = {
    "lead": ("federfuehrend", "federfuehrung"),
    "sdg": ("sdgs",),
    "about": ("zu", "betrifft"),
    "due": ("frist", "by", "bis"),
    "owner": ("owners", "wer", "who"),
}
"""What can be said about an action point in a line of its own, besides its text in a second language."""
_INLINE = re.compile(
    r"[,;]?\s+(?=(?:lead|federführend|federfuehrend|sdgs?)\s*:|(?:about|zu)\s*:\s*(?:round|runde|poll|umfrage))",
    re.IGNORECASE,
)
"""What stands before keys that are not on a line of their own, but mistaken for nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """What somebody typed about an action point; what they left out is missing from `terms` and `links`.

    `notes`: what they should know about how it was understood.
    """

    terms: TermsChange
    links: ActionLinks
    notes: tuple[LazyText, ...] = ()


class _Sentence(NamedTuple):
    """A text in one language, and what was found in it."""

    text: str
    owners: tuple[NewOwner, ...]
    due: When | None
    sdgs: tuple[int, ...]


async def read(ctx: DialogueContext, typed: str, *, written_in: str = "") -> NewAction:
    """Return what a text says about an action point; any part may be missing, also the text itself.

    `written_in`: the language of the text so far, if any; a single text in another language is its translation. Raises
    UserError for somebody unknown, a date that is over, ambiguous or impossible, and for what is too long.
    """
    check_length(typed, _LONGEST_COMMAND)
    languages = language_keys(ctx)
    arguments = parse_arguments(_INLINE.sub("\n", typed), {**KEYS, **languages})
    check_keys(arguments.text, KEYS)
    values = {key: value for key, value in arguments.values.items() if value}
    main = await _sentence(ctx, _text_of(arguments))
    named = {each: await _sentence(ctx, values[each]) for each in languages if each in values}
    sentences = [main, *named.values(), await _owner_line(ctx, values.get("owner", ""))]
    due = [_read_due(ctx, values["due"])] if "due" in values else [each.due for each in sentences if each.due]
    clock = "".join(_clock(ctx, each) for each in due[:1] if each.timed)
    texts = {language: f"{each.text}{clock}" for language, each in named.items() if each.text}
    terms = texts_of(ctx, main.text and f"{main.text}{clock}", texts, written_in)
    if owners := {owner.person_id: owner for each in sentences for owner in each.owners}:
        terms["owners"] = tuple(owners.values())
    if due:
        terms["due_on"] = _one_day(due)
    if "lead" in values:
        terms["lead"] = lead_in(ctx, values["lead"])
    links = await about_in(ctx, values["about"]) if "about" in values else ActionLinks()
    if sdgs := {*(sdg.read(values["sdg"]) if "sdg" in values else ()), *_goals(sentences)}:
        links["sdgs"] = tuple(sorted(sdgs))
    return NewAction(terms=terms, links=links, notes=await _notes(ctx, sentences, due))


def due_in(ctx: DialogueContext, typed: str) -> tuple[date, tuple[LazyText, ...]]:
    """Return the day that somebody typed as the due date, and notes as in `NewAction`. Raises UserError like `read`."""
    due = _read_due(ctx, typed)
    left_out = _("An action point is due on a day, so the time of day was left out.")
    return _one_day([due]), (left_out,) if due.timed else ()


def _read_due(ctx: DialogueContext, typed: str) -> When:
    """Return when an action point is due. Raises UserError for what is no date, or not a single one to come."""
    return _once(read_when(typed, ctx.date_context()))


def _text_of(arguments: Arguments) -> str:
    return " ".join([arguments.line, arguments.text, *(f"– {each}" for each in arguments.items)])


async def _sentence(ctx: DialogueContext, typed: str) -> _Sentence:
    text, owners = await owners_in(ctx, typed)
    found = find_due(text, ctx.date_context())
    due = _once(found[1]) if found else None
    text, sdgs = sdg.split(found[0] if found else text)
    text = "" if is_blank(text) else tidy(text)
    check_length(text, LONGEST)
    return _Sentence(text, owners, due, sdgs)


async def _owner_line(ctx: DialogueContext, typed: str) -> _Sentence:
    """Return the owners that a line names. Raises UserError if it says anything else."""
    line = await _sentence(ctx, typed)
    if line.text:
        text = shortened(line.text)
        raise UserError(_("Please name owners with an @, for example `owner: @anna`, instead of “{text}”.", text=text))
    return line


def _once(when: When) -> When:
    if when.rule:
        raise UserError(_("An action point is due once: please write one date."))
    return when


def _one_day(due: Sequence[When]) -> date:
    """Return the day on which something is due, where the dates were typed: it is that day in every city."""
    days = {(each.end or each.start).astimezone(ZoneInfo(each.zone)).date() for each in due}
    if len(days) > 1:
        raise UserError(_("The two texts have different due dates. Please write the date only once."))
    return days.pop()


def _clock(ctx: DialogueContext, due: When) -> str:
    """Return the time of day at which something is due, to be kept in its text: ` (14:00, Köln)`."""
    place = next((each.name for each in ctx.dialogue.cities if each.zone == due.zone), due.zone)
    times = [each.astimezone(ZoneInfo(due.zone)).strftime("%H:%M") for each in (due.start, due.end) if each]
    return f" ({'–'.join(times)}, {place})"


def _goals(sentences: Iterable[_Sentence]) -> Iterable[int]:
    return (goal for each in sentences for goal in each.sdgs)


async def _notes(ctx: DialogueContext, sentences: Iterable[_Sentence], due: Sequence[When]) -> tuple[LazyText, ...]:
    """Return what may not be as the person expects."""
    notes = []
    if any(each.timed for each in due):
        notes.append(_("An action point is due on a day: the time stays in its text, but reminders go by the day."))
    for owner in (one for each in sentences for one in each.owners if one.city is None):
        name = (await ctx.store.people.get(owner.person_id)).name
        notes.append(_("{name} has not written here yet: I can remind them once they have.", name=name))
    return tuple(notes)
