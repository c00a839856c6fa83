"""The agenda of a roundtable: `- Item (15 min) @speaker`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.commands.arguments import parse_arguments
from bot.commands.context import Context, DialogueContext
from bot.commands.mentions import find_person
from bot.dates import read_period
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.roundtables import _card
from handlers.roundtables._lookup import check_open
from storage import LONGEST_ITEM, MOST_ITEMS, Job, NewItem, Participation, Roundtable

NOTHING = ("none", "keine", "nichts")
"""What is typed to have no agenda, or no reminders."""

_BRACKETS = re.compile(r"\s*\((?P<inside>[^()]*)\)")


async def read_items(ctx: DialogueContext, typed: Sequence[str]) -> list[NewItem]:
    """Return the items that somebody typed. Raises UserError for an unknown speaker, or if it is too much."""
    if len(typed) > MOST_ITEMS:
        raise UserError(n_("An agenda can have {n} item at most.", "An agenda can have {n} items at most.", MOST_ITEMS))
    return [await _item(ctx, each) for each in typed]


async def _item(ctx: DialogueContext, typed: str) -> NewItem:
    text, planned = _planned(typed)
    speaker_id = None
    if found := await find_person(ctx, text):
        person, text = found
        if await ctx.store.roles.of(ctx.dialogue.id, person.id) is None:
            raise UserError(_("{name} does not take part in this dialogue.", name=person.name))
        speaker_id = person.id
    text = text.strip(" ,;:–-")
    if not text:
        raise UserError(_("What is this item of the agenda about? “{item}”", item=shortened(typed)))
    if len(text) > LONGEST_ITEM:
        raise UserError(
            _("An item of the agenda can have {n} characters at most: “{item}”", n=LONGEST_ITEM, item=shortened(text))
        )
    return NewItem(text, planned, speaker_id)


def _planned(text: str) -> tuple[str, timedelta | None]:
    """Return a text without the time that it plans in brackets, and that time."""
    for found in reversed(list(_BRACKETS.finditer(text))):
        try:
            planned = read_period(found["inside"])
        except UserError:  # other brackets
            continue
        return text[: found.start()] + text[found.end() :], planned
    return text, None


async def remarks(ctx: DialogueContext, roundtable: Roundtable, items: Sequence[NewItem]) -> list[LazyText]:
    """Return what a coordinator should know: the agenda takes too long, or names somebody who may only listen."""
    planned = sum((each.planned for each in items if each.planned), timedelta())
    return _excess(planned, roundtable.length) + await _silent(ctx, roundtable, {each.speaker_id for each in items})


def _excess(planned: timedelta, length: timedelta) -> list[LazyText]:
    if planned <= length:
        return []
    return [
        _(
            "⚠️ The agenda takes {planned} minutes, the roundtable {length}.",
            planned=planned // timedelta(minutes=1),
            length=length // timedelta(minutes=1),
        )
    ]


async def _silent(ctx: DialogueContext, roundtable: Roundtable, named: Collection[int | None]) -> list[LazyText]:
    invitations = await ctx.store.invitations.of(roundtable.id)
    speakers = {each.person_id for each in invitations if each.part is Participation.SPEAKER}
    others = sorted(id for id in named if id is not None and id not in speakers)
    if not others:
        return []
    return [
        _(
            "⚠️ On the agenda, but not invited to speak: {names}. `/roundtable {number} invite @NAME as speaker`",
            names=[(await ctx.store.people.get(id)).name for id in others],
            number=str(roundtable.number),
        )
    ]


async def replace(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Replace the agenda; of a roundtable that is running, the items that have not begun."""
    check_open(roundtable)
    typed = parse_arguments(f"\n{rest}")
    none = fold(typed.text) in NOTHING
    if not (typed.items or none) or (typed.text and not none):
        raise UserError(
            _(
                "Please write each item of the agenda on a line of its own:"
                " `/roundtable {number} agenda | - Welcome (10 min) | - Our projects (30 min) @anna`",
                number=str(roundtable.number),
            )
        )
    items = await read_items(ctx, typed.items)
    await ctx.store.agenda.set(roundtable.id, items)
    await _card.refresh(ctx, roundtable)
    changed = _("The agenda of roundtable {number} has been changed.", number=str(roundtable.number))
    await ctx.reply(lines(changed, *await remarks(ctx, roundtable, items)))


async def follow(ctx: Context, job: Job, _prepared: None) -> None:
    """Update the card after another feature has put something on the agenda."""
    roundtable = await ctx.store.roundtables.of_job(int(job.key))
    if roundtable and roundtable.is_open:
        await _card.refresh(ctx, roundtable)
