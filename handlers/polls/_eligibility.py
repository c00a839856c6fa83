"""Who may vote in a poll, and for which city."""

from __future__ import annotations

from bot.commands.context import CommandContext
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _
from storage import City, Electorate, Poll, PollState

MUTED = _("You are muted in this dialogue, so you cannot vote. A coordinator of your city can help.")
"""What somebody who is muted reads."""


async def check(ctx: CommandContext, poll: Poll) -> City:
    """Return the city that the person votes for. Raises UserError, which says why and what to do, unless they may."""
    if reason := _not_open(poll, ctx):
        raise UserError(reason)
    if ctx.grant.muted:
        raise UserError(MUTED)
    if not is_invited(ctx, poll):
        raise UserError(_not_invited(ctx, poll))
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    city = next((each for each in dialogue.cities if ctx.city and each.id == ctx.city.id), None)
    if city is None:
        raise UserError(
            _(
                "I do not know for which city you vote. Please write something in the chat of your city first, then"
                " vote again."
            )
        )
    return city


def is_invited(ctx: CommandContext, poll: Poll) -> bool:
    """Whether the person has a role that votes in a poll; the settings may name a mayor as a coordinator."""
    appointment = ctx.grant.appointment
    return has_vote(ctx.role, poll) or (appointment is not None and has_vote(appointment.role, poll))


def has_vote(role: Role, poll: Poll) -> bool:
    """Whether people with a role vote in a poll."""
    match poll.voters:
        case Electorate.ALL:
            return True
        case Electorate.STAFF:
            return role.reaches(Role.STAFF)
        case Electorate.MAYORS:
            return role is Role.MAYOR


def closed(poll: Poll) -> LazyText:
    """Return what to say to somebody who votes after the close."""
    return _(
        "Poll {number} is closed: ballots no longer count. `/poll {number}` shows the result.", number=str(poll.number)
    )


def _not_open(poll: Poll, ctx: CommandContext) -> LazyText | None:
    match poll.state:
        case PollState.DRAFT:
            return _("Poll {number} has not been published yet: nobody can vote so far.", number=str(poll.number))
        case PollState.DISCARDED:
            return _("Poll {number} was never published: nobody can vote in it.", number=str(poll.number))
        case PollState.CLOSED:
            return closed(poll)
    return closed(poll) if poll.closes_at and ctx.at > poll.closes_at else None


def _not_invited(ctx: CommandContext, poll: Poll) -> LazyText:
    if poll.voters is Electorate.MAYORS and ctx.role is Role.COORDINATOR:
        return _("In poll {number} only the mayors vote, not the coordinators.", number=str(poll.number))
    if poll.voters is Electorate.MAYORS:
        return _(
            "In poll {number} only the mayors vote. If you are one, a coordinator of your city can record it:"
            " `/role @NAME mayor`",
            number=str(poll.number),
        )
    return _(
        "In poll {number} staff, mayors and coordinators vote; you are a guest. If you work for your city, a"
        " coordinator can record it: `/role @NAME staff`",
        number=str(poll.number),
    )
