"""Polls shown to who asks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import DialogueContext
from bot.model import Role
from bot.text.catalogue import LazyText, _, lines, n_
from handlers.polls import _card, _picture, _preview, _receipts
from handlers.polls._eligibility import is_invited
from storage import Poll, PollState

MOST = 15
"""How many polls of each state are listed."""


async def show(ctx: DialogueContext, poll: Poll) -> None:
    """Answer with the present state of a poll; coordinators get the preview of a draft, with its buttons."""
    coordinates = ctx.role.reaches(Role.COORDINATOR)
    if poll.state is PollState.CLOSED:
        await _picture.answer(ctx, poll)
    elif poll.is_open:
        mine = await _own(ctx, poll) if ctx.private else []
        await ctx.reply(lines(await _card.text(ctx, poll), *mine), *await _card.buttons(ctx, poll))
    elif coordinates:
        await _preview.post(ctx, poll)
    elif poll.state is PollState.DRAFT and ctx.role.reaches(Role.STAFF):
        await ctx.reply(await _preview.summary(ctx, poll))
    elif poll.state is PollState.DRAFT:
        await ctx.reply(_("Poll {number} is still being prepared.", number=str(poll.number)))
    else:
        await ctx.reply(await _preview.text(ctx, poll))


async def _own(ctx: DialogueContext, poll: Poll) -> list[LazyText]:
    """Return a line about the person's own ballot, for their eyes alone."""
    mine = await _receipts.own(ctx, poll)
    if mine is None and is_invited(ctx, poll):
        mine = _("You have not voted in poll {number} so far.", number=str(poll.number))
    return [mine] if mine else []


async def list_all(ctx: DialogueContext) -> None:
    """Answer with the polls that are open, those that are closed and, to coordinators, the drafts."""
    polls = await ctx.store.polls.of_dialogue(ctx.dialogue.id)
    of = {state: [each for each in polls if each.state is state] for state in PollState}
    is_open, closed = of[PollState.OPEN], of[PollState.CLOSED]
    drafts = of[PollState.DRAFT] if ctx.role.reaches(Role.COORDINATOR) else []
    if not (is_open or closed or drafts):
        await ctx.reply(_("There is no poll here yet. A coordinator makes one with `/poll QUESTION`."))
        return
    in_force = await ctx.store.polls.in_force(ctx.dialogue.id)
    rows = _section(_("*Open polls*"), is_open, [_open(each) for each in is_open])
    rows = rows or [_("No poll is open.")]
    rows += _section(_("*Drafts*"), drafts, [_row(each) for each in drafts])
    rows += _section(_("*Closed*"), closed, [_closed(each, in_force) for each in closed])
    newest = (is_open or closed or drafts)[0]
    await ctx.reply(lines(*rows, _("`/poll {number}` shows one of them.", number=str(newest.number))))


def _section(title: LazyText, polls: Sequence[Poll], rows: list[LazyText]) -> list[LazyText]:
    if not polls:
        return []
    left = len(rows) - MOST
    return [title, *rows[:MOST], *([n_("… and {n} more", "… and {n} more", left)] if left > 0 else [])]


def _row(poll: Poll) -> LazyText:
    return _("*{number}* {question}", number=str(poll.number), question=poll.question)


def _open(poll: Poll) -> LazyText:
    return _("{poll} – until {time}", poll=_row(poll), time=poll.closes_at or "")


def _closed(poll: Poll, in_force: Poll | None) -> LazyText:
    if in_force and in_force.id == poll.id:
        return _("{poll} – in force since {time}", poll=_row(poll), time=poll.in_force_at or "")
    if poll.in_force_at is None:
        return _("{poll} – closed on {time}, without effect", poll=_row(poll), time=poll.closed_at or "")
    return _("{poll} – closed on {time}", poll=_row(poll), time=poll.closed_at or "")
