"""Action points that lines of minutes make."""

from __future__ import annotations

from dataclasses import replace

from bot.agreement import Step
from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import UserError, _, lines
from handlers.agreements._authority import signatory
from handlers.agreements.actions import _agreement, _changes, _creation, _parsing
from handlers.agreements.actions import feature as actions
from handlers.agreements.actions._links import source_in
from storage import BY_ITSELF, ActionLinks, ActionPoint, Minutes


async def propose(ctx: DialogueContext, minutes: Minutes, text: str) -> ActionPoint:
    """Propose an action point that belongs to minutes. Raises UserError as `/action` does.

    Its source is the message that the line replies to, or the line itself.
    """
    ctx = replace(ctx, feature=actions.name)  # what people answer to its card is for that feature
    new = await _parsing.read(ctx, text)
    links: ActionLinks = {"source_id": ctx.subject.id} if ctx.subject else {}
    if minutes.roundtable is not None:
        links["roundtable"] = minutes.roundtable
    links = {**links, **await source_in(ctx), **new.links, "minutes": minutes.number}
    point = await _creation.propose(ctx, replace(new, links=links))
    if new.notes:
        await ctx.reply(lines(*new.notes))
    return point


async def edit(ctx: DialogueContext, minutes: Minutes, number: int, text: str) -> None:
    """Edit an action point to what its line says now. Raises UserError as `/action N edit` does, or if it is agreed."""
    point = await ctx.store.actions.numbered(minutes.dialogue_id, number)
    if point is None or not _is_proposal(point):
        raise UserError(
            _(
                "Action point {number} is no longer a mere proposal. `/action {number} edit TEXT` changes it.",
                number=str(number),
            )
        )
    await _changes.edit(replace(ctx, feature=actions.name), point, text)


async def withdraw(ctx: Context, minutes: Minutes, number: int) -> None:
    """Withdraw an action point whose line does not count any more; one that has been agreed stays."""
    point = await ctx.store.actions.numbered(minutes.dialogue_id, number)
    if point is None or not _is_proposal(point):
        return
    ctx = replace(ctx, feature=actions.name)
    by = signatory(ctx) if isinstance(ctx, DialogueContext) else BY_ITSELF
    content = {"minutes": minutes.number}
    agreement = await ctx.store.agreements.take(point.agreement, Step.WITHDRAWN, by, ctx.now, content)
    await _agreement.changed(ctx, agreement)
    head = _("❌ *Action point {number} has been withdrawn.*", number=str(number))
    why = _("Its line was taken back from minutes {minutes}.", minutes=str(minutes.number))
    await ctx.announce(await ctx.store.dialogues.get(minutes.dialogue_id), lines(head, why))


def _is_proposal(point: ActionPoint) -> bool:
    """Whether no version of an action point was ever agreed."""
    return point.agreement.is_pending and point.agreement.in_force is None
