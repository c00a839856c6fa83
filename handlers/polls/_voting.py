"""Casting and withdrawing ballots, by whatever way they come."""

from __future__ import annotations

from enum import StrEnum

import structlog

from bot.commands.context import CommandContext
from bot.text.catalogue import UserError
from bot.voting import Ballot, Method, write_ballot
from handlers.polls import _card
from handlers.polls._eligibility import check, closed
from handlers.polls._receipts import voter
from storage import NotOpenError, Poll

log = structlog.get_logger()


class Via(StrEnum):
    """How a ballot was cast."""

    TEXT = "text"
    BUTTON = "button"
    REACTION = "reaction"
    BALLOT = "ballot"
    """The private ballot with buttons."""
    NATIVE = "native"
    """A native poll."""


async def vote(ctx: CommandContext, poll: Poll, ballot: Ballot | None, via: Via) -> str | None:
    """Cast a ballot in place of the person's last one, or withdraw that (None); return the last one as typed.

    To choose nothing is to withdraw. `poll` is locked. Raises UserError if the person may not vote.
    """
    city, whose = await check(ctx, poll), voter(ctx, poll, ctx.person.id)
    chosen = any(ballot) if ballot and poll.method in {Method.APPROVAL, Method.SINGLE} else ballot is not None
    text = write_ballot(ballot, poll.method) if ballot and chosen else None
    try:
        if text is None:
            before = await ctx.store.ballots.withdraw(poll, whose)
        else:
            turn = ctx.signer.veil(str(whose), ctx.at) if poll.secret else 0
            messenger = ctx.account.messenger
            before = await ctx.store.ballots.cast(poll, whose, city.id, text, messenger=messenger, at=ctx.at, turn=turn)
    except NotOpenError:
        raise UserError(closed(poll)) from None
    await ctx.store.ballot_drafts.drop(poll.id, ctx.person.id)
    if before is not None and not poll.secret:
        log.info("ballot changed", poll=poll.id, person=ctx.person.id, messenger=ctx.account.messenger, via=via)
    await _card.changed(ctx, poll)
    return before
