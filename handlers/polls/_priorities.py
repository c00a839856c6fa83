"""The order of topics that is in force, and how it gets on the agenda of the next roundtable."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from bot.text.excerpts import shortened
from bot.voice import Choice
from handlers.polls import _result
from handlers.polls._lookup import GROUP
from storage import AGENDA, LONGEST_ITEM, MOST_ITEMS, NewItem, Poll, Roundtable, RoundtableState

router = Router(GROUP)

OFFER = "priorities"
"""The button action: `priorities:POLL`."""


def buttons(poll: Poll) -> tuple[Choice, ...]:
    """Return the button under a poll that is in force."""
    return (Choice(_("onto the next agenda"), "📋", f"{OFFER}:{poll.id}"),)


@router.command(
    "priorities", "prioritaeten", summary=_("shows what the cities have decided to work on first"), in_dialogue=True
)
async def priorities(ctx: DialogueContext) -> None:
    """Show the order that is in force."""
    poll = await ctx.store.polls.in_force(ctx.dialogue.id)
    if poll is None:
        await ctx.reply(
            _(
                "No priorities are in force yet. They are set by a poll in which enough people vote in every city: a"
                " coordinator makes one with `/poll QUESTION`."
            )
        )
        return
    standing = await _result.standing(ctx.store, poll)
    rows = [
        _("📌 *Priorities of {dialogue}*", dialogue=ctx.dialogue.name),
        _(
            "In force since {time}, by poll {number}: {question}",
            time=poll.in_force_at or ctx.now,
            number=str(poll.number),
            question=poll.question,
        ),
        *_result.ranked(standing),
        _("`/poll {number}` shows the whole result.", number=str(poll.number)),
    ]
    await ctx.reply(lines(*rows), *buttons(poll))


@router.button(OFFER, role=Role.COORDINATOR, in_dialogue=True)
async def put_on_agenda(ctx: DialogueContext) -> None:
    """Put the topics in their order on the agenda of the next roundtable; those that are there already stay."""
    poll = await ctx.store.polls.in_force(ctx.dialogue.id)
    if poll is None or poll.id != int(ctx.args):
        raise UserError(_("This order is no longer in force. `/priorities` shows the present one."))
    roundtable = await _next(ctx)
    standing = await _result.standing(ctx.store, poll)
    known = [fold(each.text) for each in await ctx.store.agenda.of(roundtable.id)]
    items = [shortened(standing.topic(each), LONGEST_ITEM) for each in standing.result.topics]
    new = [each for each in items if fold(each) not in known]
    about = {"number": str(roundtable.number), "title": roundtable.title}
    if not new:
        raise UserError(_("The priorities are already on the agenda of roundtable {number}, {title}.", **about))
    if len(known) + len(new) > MOST_ITEMS:
        raise UserError(_full(roundtable, len(known)))
    await ctx.store.agenda.add(roundtable.id, [NewItem(each) for each in new])
    await ctx.store.jobs.schedule(AGENDA, str(roundtable.id))
    await ctx.answer(_("The priorities are on the agenda of roundtable {number}, {title}.", **about))


async def _next(ctx: DialogueContext) -> Roundtable:
    """Return the next roundtable that has not begun, locked. Raises UserError if none is planned."""
    coming = await ctx.store.roundtables.coming(ctx.dialogue.id)
    for each in coming:
        roundtable = await ctx.store.roundtables.get(each.id)
        if roundtable.state is RoundtableState.PLANNED:
            return roundtable
    plan: LazyText = _("A coordinator schedules one with `/roundtable TITLE`.")
    if coming:
        number = str(coming[0].number)
        raise UserError(lines(_("Roundtable {number} is running, and no other one is planned.", number=number), plan))
    raise UserError(lines(_("No roundtable is planned."), plan))


def _full(roundtable: Roundtable, known: int) -> LazyText:
    return n_(
        "The agenda of roundtable {number} has {n} item already, and there is no room for the priorities."
        " `/roundtable {number} agenda` changes it.",
        "The agenda of roundtable {number} has {n} items already, and there is no room for the priorities."
        " `/roundtable {number} agenda` changes it.",
        known,
        number=str(roundtable.number),
    )
