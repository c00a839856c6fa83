"""How many have voted in each city, and who of those with a role has not.

Whether somebody has voted is no secret, only how. But where the count of a secret poll moves with every ballot, the
names would show whose ballot it was: there, only numbers are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.context import Context, DialogueContext
from bot.model import MessengerName
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from handlers.polls._eligibility import has_vote
from handlers.polls._receipts import voter
from storage import City, Poll, PollState, RosterMember

MOST_NAMES = 50
"""Names of a city that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityTurnout:
    """How a city has voted: ballots by messenger (None: in secret), how many people have a role, and who is missing."""

    city: City
    ballots: Mapping[MessengerName | None, int]
    roster: int
    missing: Sequence[RosterMember]


async def of(ctx: Context, poll: Poll) -> list[CityTurnout]:
    """Return the turnout of each city."""
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    roster = [each for each in await ctx.store.roles.roster(poll.dialogue_id) if has_vote(each.role, poll)]
    voters = {each.person_id: voter(ctx, poll, each.person_id) for each in roster}
    voted = await ctx.store.ballots.have_voted(poll, voters.values())
    cast = await ctx.store.ballots.turnout(poll)
    return [
        CityTurnout(
            city=city,
            ballots=cast.get(city.id, {}),
            roster=sum(each.city_id == city.id for each in roster),
            missing=[each for each in roster if each.city_id == city.id and voters[each.person_id] not in voted],
        )
        for city in dialogue.cities
    ]


def are_named(poll: Poll) -> bool:
    """Whether those who have not voted may be named."""
    return not (poll.secret and poll.live)


async def text(ctx: Context, poll: Poll) -> LazyText:
    """Return the turnout of each city in numbers, a line each, and whether ballots may be missing."""
    return lines(*map(_numbers, await of(ctx, poll)), *warning(poll))


def warning(poll: Poll) -> list[LazyText]:
    """Return a line that ballots may be missing, if they may."""
    if poll.warned_at is None:
        return []
    if not poll.is_open:
        return [_("⚠️ I missed messages before {time}: ballots may be missing.", time=poll.warned_at)]
    return [
        _("⚠️ I missed messages before {time}. If you voted shortly before, please vote again.", time=poll.warned_at)
    ]


async def show(ctx: DialogueContext, poll: Poll, _rest: str) -> None:
    """Reply with the turnout; in private with the names of those who have not voted."""
    if poll.state in {PollState.DRAFT, PollState.DISCARDED}:
        raise UserError(_("Poll {number} has not been published: nobody can have voted.", number=str(poll.number)))
    rows = [_("*Turnout of poll {number}:* {question}", number=str(poll.number), question=poll.question)]
    for each in await of(ctx, poll):
        rows.append(_numbers(each))
        rows += [await _names(ctx, each)] if each.missing and _are_named_here(ctx, poll) else []
    await ctx.reply(lines(*rows, *warning(poll), *_about_names(poll, private=ctx.private)))


def _are_named_here(ctx: DialogueContext, poll: Poll) -> bool:
    return ctx.private and are_named(poll)


def _numbers(turnout: CityTurnout) -> LazyText:
    ballots = n_("{n} ballot", "{n} ballots", sum(turnout.ballots.values()))
    if len(turnout.ballots) > 1:
        each = sorted(f"{name.title()} {number}" for name, number in turnout.ballots.items() if name)
        ballots = _("{ballots} ({each})", ballots=ballots, each=LazyText(", ".join(each)))
    if not turnout.roster:
        return _("*{city}*: {ballots}", city=turnout.city.name, ballots=ballots)
    if not turnout.missing:
        return _("*{city}*: {ballots}; everybody with a role has voted", city=turnout.city.name, ballots=ballots)
    return _(
        "*{city}*: {ballots}; not voted: {missing} of {all} with a role",
        city=turnout.city.name,
        ballots=ballots,
        missing=len(turnout.missing),
        all=turnout.roster,
    )


async def _names(ctx: Context, turnout: CityTurnout) -> LazyText:
    listed = turnout.missing[:MOST_NAMES]
    names = sorted([(await ctx.store.people.get(each.person_id)).name for each in listed])
    others = len(turnout.missing) - len(listed)
    if not others:
        return _("Not voted yet: {names}", names=names)
    return n_(
        "Not voted yet: {names} and {n} other person", "Not voted yet: {names} and {n} others", others, names=names
    )


def _about_names(poll: Poll, *, private: bool) -> list[LazyText]:
    if not are_named(poll):
        why = _(
            "I name nobody: this ballot is secret and its count is shown while people vote, so that the names would"
            " show who voted how."
        )
        return [why] if private else []
    return [] if private else [_("I give the names in private: `/poll {number} turnout`", number=str(poll.number))]
