"""Roundtables shown to who asks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import DialogueContext
from bot.model import Role
from bot.text.catalogue import LazyText, _, lines, n_
from handlers.roundtables import _card
from handlers.roundtables._recipients import out_of_reach
from storage import Answer, Invitation, Participation, Roundtable, RoundtableState

MOST_COMING = 15
MOST_PAST = 5

_ANSWERS = {
    Answer.OPEN: _("your answer is open"),
    Answer.YES: _("you come"),
    Answer.NO: _("you do not come"),
    Answer.MAYBE: _("you may come"),
}


async def list_all(ctx: DialogueContext) -> None:
    """Answer with the roundtables that come, each with the person's answer, and those just past."""
    coming = await ctx.store.roundtables.coming(ctx.dialogue.id)
    past = await ctx.store.roundtables.past(ctx.dialogue.id, MOST_PAST)
    if not (coming or past):
        await ctx.reply(_("There is no roundtable here yet. A coordinator schedules one with `/roundtable TITLE`."))
        return
    rows = [_("*Coming roundtables*") if coming else _("No roundtable is planned.")]
    rows += [await _row(ctx, each) for each in coming[:MOST_COMING]]
    rows += _more(len(coming) - MOST_COMING)
    rows += [_("*Past*"), *map(_past, past)] if past else []
    rows += [_("`/roundtable {number}` shows one of them.", number=str((coming or past)[0].number))]
    await ctx.reply(lines(*rows))


async def _row(ctx: DialogueContext, roundtable: Roundtable) -> LazyText:
    row = _row_of(roundtable)
    mine = [each for each in await ctx.store.invitations.of(roundtable.id) if each.person_id == ctx.person.id]
    return _("{roundtable} – {answer}", roundtable=row, answer=_ANSWERS[mine[0].answer]) if mine else row


def _row_of(roundtable: Roundtable) -> LazyText:
    return _(
        "*{number}* {title}: {when}", number=str(roundtable.number), title=roundtable.title, when=roundtable.starts_at
    )


def _past(roundtable: Roundtable) -> LazyText:
    row = _row_of(roundtable)
    return _("{roundtable} – cancelled", roundtable=row) if roundtable.state is RoundtableState.CANCELLED else row


def _more(count: int) -> list[LazyText]:
    return [n_("… and {n} more", "… and {n} more", count)] if count > 0 else []


async def show(ctx: DialogueContext, roundtable: Roundtable) -> None:
    """Answer with the card of a roundtable; for coordinators, with who has not answered or could not be reached."""
    rows = [await _card.text(ctx, roundtable)]
    if roundtable.is_open and ctx.role.reaches(Role.COORDINATOR):
        rows += await _unanswered(ctx, await ctx.store.invitations.of(roundtable.id))
        rows += await _out_of_reach(ctx, roundtable)
    await ctx.reply(lines(*rows), *_card.buttons(roundtable))


async def _unanswered(ctx: DialogueContext, invitations: Sequence[Invitation]) -> list[LazyText]:
    """Return who has not answered: by name those who are to speak and, in private, those who may listen."""
    waiting = [each for each in invitations if each.answer is Answer.OPEN]
    named = [each for each in waiting if ctx.private or each.part is Participation.SPEAKER]
    rows = [_("*No answer yet:* {names}", names=await _names(ctx, [each.person_id for each in named]))] if named else []
    others = len(waiting) - len(named)
    rows += [n_("{n} listener has not answered yet.", "{n} listeners have not answered yet.", others)] if others else []
    return rows


async def _out_of_reach(ctx: DialogueContext, roundtable: Roundtable) -> list[LazyText]:
    """Return who is only mentioned in the chat of their city, as they have no private chat with the bot."""
    people = await out_of_reach(ctx, roundtable)
    return [_("*Cannot be reminded in private:* {names}", names=[each.name for each in people])] if people else []


async def _names(ctx: DialogueContext, ids: Sequence[int]) -> list[str]:
    return [(await ctx.store.people.get(id)).name for id in ids]
