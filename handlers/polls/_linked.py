"""When two people turn out to be one: in each open poll, the ballot that was cast last is theirs (trust: case 61)."""

from __future__ import annotations

import structlog

from bot.commands.context import Context
from bot.jobs.kinds import JobKind
from bot.text.catalogue import _
from handlers.polls import _card
from storage import LINKED, Dialogue, Job, Poll

log = structlog.get_logger()


async def _bring_together(ctx: Context, job: Job, _prepared: None) -> None:
    """Follow a link of accounts; open ballots have followed it already, and those that were dropped are named."""
    person, other = job.payload["person"], job.payload["other"]
    for each in await ctx.store.polls.open():
        if each.secret and not await ctx.store.ballots.of(each, ctx.signer.voter(each.id, other)):
            continue
        poll = await ctx.store.polls.of_job(each.id)
        if poll is None or not poll.is_open:
            continue
        if await _follow(ctx, poll, person, other) if poll.secret else poll.id in job.payload["polls"]:
            await _announce(ctx, poll, person)


KIND = JobKind(name=LINKED, apply=_bring_together, parallel=1)  # one link after the other, in their order


async def _follow(ctx: Context, poll: Poll, person: int, other: int) -> bool:
    """Pass the other person's secret ballot to the person; return whether one of two was dropped."""
    mine, theirs = (ctx.signer.voter(poll.id, each) for each in (person, other))
    turns = await ctx.store.ballots.turns(poll, (mine, theirs))
    cast_at = {voter: ctx.signer.unveil(voter, turn) for voter, turn in turns.items()}
    if mine in cast_at and cast_at[mine] >= cast_at[theirs]:
        await ctx.store.ballots.annul(poll, theirs)
    else:
        await ctx.store.ballots.pass_on(poll, theirs, mine, ctx.signer.veil(mine, cast_at[theirs]))
    return mine in turns


async def _announce(ctx: Context, poll: Poll, person: int) -> None:
    """Log that one of two ballots was dropped, tell the person, and bring the card up to date."""
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    log.info("one of two ballots of linked accounts counts", poll=poll.id)
    await _card.changed(ctx, poll)
    profiles = await ctx.store.people.of_person(person)
    if not profiles:  # they are part of somebody else by now
        return
    if not poll.secret:  # who has voted in secret is not written down
        await _record(ctx, poll, dialogue, str(profiles[0].account))
    text = _(
        "🔗 You have voted in poll {number} with both of your accounts: {question}\nThe ballot that was cast last"
        " counts. You can still change it.",
        number=str(poll.number),
        question=poll.question,
    )
    await ctx.tell(person, text)


async def _record(ctx: Context, poll: Poll, dialogue: Dialogue, account: str) -> None:
    details = f"poll {poll.number}: of two ballots of linked accounts, the last one counts"
    await ctx.store.audit.record(ctx.now, "ballot", by=account, dialogue=dialogue, subject=account, details=details)
