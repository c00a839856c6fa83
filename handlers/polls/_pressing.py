"""Votes by a press of a button under the card, or by a reaction to it."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.text.catalogue import _
from handlers.polls import _ballot
from handlers.polls._lookup import GROUP, of_button
from handlers.polls._posts import TOPIC, VOTE
from handlers.polls._receipts import current, notice
from handlers.polls._voting import Via, vote
from storage import Poll, Topic

router = Router(GROUP)


@router.button(VOTE, in_dialogue=True)
async def open_ballot(ctx: DialogueContext) -> None:
    """Open the private ballot."""
    await _ballot.open_for(ctx, await of_button(ctx, ctx.args))


@router.button(TOPIC, in_dialogue=True, takes_back=True)
async def choose(ctx: DialogueContext) -> None:
    """Approve of a topic, or no longer: a reaction says which, a press changes what was.

    A reaction that somebody else has removed takes nobody's vote away (trust: case 62).
    """
    id, _colon, number = ctx.args.partition(":")
    poll = await of_button(ctx, id)
    topics = await ctx.store.polls.topics(poll.id)
    mine = await current(ctx, poll, len(topics)) or (0,) * len(topics)
    topic = topics[int(number) - 1]
    if ctx.moderated:
        await _reassure(ctx, poll, topic, stands=bool(mine[int(number) - 1]))
        return
    chosen = not ctx.taken_back if ctx.by_reaction else not mine[int(number) - 1]
    ballot = tuple(
        int(chosen) if each.position == topic.position else on for each, on in zip(topics, mine, strict=True)
    )
    await vote(ctx, poll, ballot, Via.REACTION if ctx.by_reaction else Via.BUTTON)
    if not ctx.by_reaction:
        await ctx.answer(notice(poll, topics, ballot))


async def _reassure(ctx: DialogueContext, poll: Poll, topic: Topic, *, stands: bool) -> None:
    """Notify a voter whose reaction was removed by somebody else that the vote stands."""
    if poll.is_open and stands:
        await ctx.tell(
            ctx.person.id,
            _(
                "Somebody has removed your reaction to poll {number}. Your vote for “{topic}” still counts."
                " `/vote {number} none` takes back your ballot.",
                number=str(poll.number),
                topic=topic.text,
            ),
            dialogue=ctx.dialogue,
        )
