"""What an action point is about besides its text: goals, a roundtable, a poll, a message; and which city leads."""

from __future__ import annotations

import difflib
import re

from bot.commands.context import DialogueContext
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened
from storage import ActionLinks, City, PollState

_ABOUT = re.compile(
    r"\b(?:(?P<roundtable>round ?table|runde|runder tisch)|(?P<poll>poll|umfrage))\s*#?(?P<number>\d{1,6})\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:[\s,;&+]|\b(?:and|und)\b)*")


def lead_in(ctx: DialogueContext, typed: str) -> City:
    """Return the city of the dialogue with this name. Raises UserError, with their names, if there is none."""
    cities = {fold(each.name): each for each in ctx.dialogue.cities}
    if found := difflib.get_close_matches(fold(typed), cities, n=1, cutoff=0.8):
        return cities[found[0]]
    names = [each.name for each in ctx.dialogue.cities]
    raise UserError(_("“{text}” is no city here. One of these can lead: {cities}", text=shortened(typed), cities=names))


async def about_in(ctx: DialogueContext, typed: str) -> ActionLinks:
    """Return the links in a text such as `roundtable 3, poll 2`. Raises UserError for what does not exist."""
    links: ActionLinks = {}
    for found in _ABOUT.finditer(typed):
        if found["roundtable"]:
            links["roundtable"] = await _roundtable(ctx, int(found["number"]))
        else:
            links["poll"] = await _poll(ctx, int(found["number"]))
    if not links or not _BETWEEN.fullmatch(_ABOUT.sub("", typed)):
        raise UserError(
            _(
                "Please write what it is about with its number, for example `about: roundtable 3` or `about: poll 2`,"
                " instead of “{text}”.",
                text=shortened(typed),
            )
        )
    return links


async def source_in(ctx: DialogueContext) -> ActionLinks:
    """Return the links to what the command replies to: a message, or the roundtable or poll whose card it is."""
    replied = ctx.replied_message
    if replied is None or replied.deleted_at or replied.dialogue_id != ctx.dialogue.id:
        return {}
    if roundtable := await ctx.store.roundtables.by_card(replied.id):
        return {"roundtable": roundtable.number}
    if poll := await ctx.store.polls.by_message(replied.id):
        return {"poll": poll.number}
    return {"source_id": replied.id}


async def _roundtable(ctx: DialogueContext, number: int) -> int:
    if number in await ctx.store.roundtables.numbers(ctx.dialogue.id):
        return number
    raise UserError(_("There is no roundtable {number} here: `/roundtables` lists them.", number=str(number)))


async def _poll(ctx: DialogueContext, number: int) -> int:
    polls = await ctx.store.polls.of_dialogue(ctx.dialogue.id)
    if any(each.number == number and each.state in {PollState.OPEN, PollState.CLOSED} for each in polls):
        return number
    raise UserError(_("There is no poll {number} here: `/polls` lists them.", number=str(number)))
