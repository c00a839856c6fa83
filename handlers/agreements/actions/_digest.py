"""The weekly digest: what is open and overdue, for the chats of each city."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.commands.checks import coordinators_only
from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from handlers.agreements.actions import _rows
from storage import ActionFilter, ActionPoint, Chat, City, Dialogue

MOST = 10
"""Action points of the city itself that a digest lists, and of the others."""
MOST_OTHERS = 5

_ON, _OFF = {"on", "an", "ein"}, {"off", "aus"}


async def post(ctx: Context, dialogue: Dialogue, city: City, chats: Sequence[Chat], *marks: LazyText) -> None:
    """Post the digest of a city in its chats, if an action point is open; `marks`: lines below it."""
    if city.id in await ctx.store.weekly_digests.silenced(dialogue.id):
        return
    if text := await _text(ctx, dialogue, city):
        await ctx.post(chats, lines(text, *marks), dialogue=dialogue)


async def switch(ctx: DialogueContext, typed: str) -> None:
    """Stop or resume the digest for the city of the coordinator."""
    word = fold(typed.strip())
    if word not in _ON | _OFF:
        raise UserError(_("Please write `/actions digest off` or `/actions digest on`."))
    await coordinators_only(ctx)
    city = ctx.city
    if city is None:
        raise UserError(_("I do not know for which city. Please write that in the chat of your city."))
    if word in _ON:
        await ctx.store.weekly_digests.resume(ctx.dialogue.id, city.id)
        text = _("On Monday mornings, the chat of {city} gets an overview of the open action points.", city=city.name)
    else:
        await ctx.store.weekly_digests.silence(ctx.dialogue.id, city.id)
        text = _(
            "The chat of {city} no longer gets the weekly overview of action points. `/actions digest on` brings it"
            " back.",
            city=city.name,
        )
    await ctx.reply(text)


async def _text(ctx: Context, dialogue: Dialogue, city: City) -> LazyText | None:
    """Return the digest: first what the city leads or its people own, then the rest; None if nothing is open."""
    today = _rows.today(ctx, city.zone)
    lists, which = ctx.store.actions, ActionFilter.OPEN
    count = await lists.count(dialogue.id, which, today=today)
    if not count:
        return None
    own = await lists.listed(dialogue.id, which, today=today, city_id=city.id, limit=MOST)
    first = await lists.listed(dialogue.id, which, today=today, limit=MOST + MOST_OTHERS)
    others = [each for each in first if each.id not in {point.id for point in own}][:MOST_OTHERS]
    overdue = await lists.count(dialogue.id, ActionFilter.OVERDUE, today=today)
    rows = [_head(dialogue, count, overdue)]
    rows += await _section(ctx, dialogue, _("*{city}*", city=city.name), own, today)
    rows += await _section(ctx, dialogue, _("*Others*") if own else _("*Open*"), others, today)
    more = count - len(own) - len(others)
    rows += [n_("… and {n} more", "… and {n} more", more)] if more > 0 else []
    return lines(*rows, _("`/actions` lists all of them, `/action {number}` shows one.", number=str(first[0].number)))


def _head(dialogue: Dialogue, count: int, overdue: int) -> LazyText:
    is_open = n_("{n} open", "{n} open", count)
    if not overdue:
        return _("📋 *Action points of {dialogue}:* {open}", dialogue=dialogue.name, open=is_open)
    return _(
        "📋 *Action points of {dialogue}:* {open}, {overdue}",
        dialogue=dialogue.name,
        open=is_open,
        overdue=n_("{n} of them overdue", "{n} of them overdue", overdue),
    )


async def _section(
    ctx: Context, dialogue: Dialogue, title: LazyText, points: Sequence[ActionPoint], today: date
) -> list[LazyText]:
    return [title, *[await _rows.row(ctx, dialogue, each, today) for each in points]] if points else []
