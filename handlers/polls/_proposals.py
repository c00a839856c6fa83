"""Topics that staff propose for a poll while it is a draft."""

from __future__ import annotations

import re

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from bot.voice import Choice
from handlers.polls import _preview, _topics
from handlers.polls._lookup import GROUP, check_draft, find
from storage import Poll, Topic

router = Router(GROUP)

PROPOSAL = "proposal"
"""The action of the buttons under a proposal: `proposal:NUMBER:ID:accept`, or `decline`."""
MOST_EACH = 3
"""How many proposals of one person can wait for a decision."""
MOST_WAITING = 20

_EVERY = ("all", "alle")


async def collect(ctx: DialogueContext, poll: Poll, _rest: str = "") -> None:
    """Ask the staff of every city for topics."""
    check_draft(poll)
    if poll.collecting_at is not None:
        raise UserError(_("All chats have been asked for proposals already."))
    await ctx.store.polls.change(poll, collecting_at=ctx.now)
    rows = [
        _("💡 *Which topics belong in poll {number}?*", number=str(poll.number)),
        _("{question}", question=poll.question),
        *(_topics.row(number, each) for number, each in enumerate(await ctx.store.polls.topics(poll.id), 1)),
        _(
            "Staff, mayors and coordinators propose more with `/poll {number} propose TEXT`. A coordinator then"
            " publishes the poll.",
            number=str(poll.number),
        ),
    ]
    await ctx.announce(ctx.dialogue, lines(*rows))


async def propose(ctx: DialogueContext, poll: Poll, rest: str) -> None:
    """Propose a topic; whoever prepares the poll is asked to decide."""
    if not ctx.role.reaches(Role.STAFF):
        raise UserError(_("Topics are proposed by staff, mayors and coordinators."))
    check_draft(poll)
    number = str(poll.number)
    if not rest.strip():
        raise UserError(_("Which topic do you propose? `/poll {number} propose TEXT`", number=number))
    topic = _topics.read_one(rest.strip().lstrip("-•*– "))
    proposals = await ctx.store.polls.proposals(poll.id)
    known = [*await ctx.store.polls.topics(poll.id), *proposals]
    _topics.check_new(topic.text, {fold(each.text) for each in known})
    _check_limits(ctx, proposals)
    id = await ctx.store.polls.propose(poll.id, topic._replace(proposed_by=ctx.person.id))
    await _preview.redraw(ctx, poll)
    await ctx.reply(_("Thank you. Your proposal for poll {number} is noted: {topic}", number=number, topic=topic.text))
    (proposal,) = [each for each in await ctx.store.polls.proposals(poll.id) if each.id == id]
    await _ask(ctx, poll, proposal)


def _check_limits(ctx: DialogueContext, proposals: list[Topic]) -> None:
    if sum(each.proposed_by == ctx.person.id for each in proposals) >= MOST_EACH:
        raise UserError(
            n_(
                "{n} proposal of yours is waiting already. Please wait until a coordinator has decided.",
                "{n} proposals of yours are waiting already. Please wait until a coordinator has decided.",
                MOST_EACH,
            )
        )
    if len(proposals) >= MOST_WAITING:
        raise UserError(_("Too many proposals are waiting. Please wait until a coordinator has decided."))


async def _ask(ctx: DialogueContext, poll: Poll, proposal: Topic) -> None:
    """Ask, below the preview, whether a proposal is accepted."""
    if poll.preview_id is None:
        return
    chats = [await ctx.store.chats.get(id) for id in await ctx.store.deliveries.chats_with(poll.preview_id)]
    text = _(
        "💡 *{name} proposes for poll {number}:* {topic}",
        name=ctx.person.name,
        number=str(poll.number),
        topic=_topics.unnumbered(proposal),
    )
    action = f"{PROPOSAL}:{poll.number}:{proposal.id}"
    buttons = (Choice(_("accept"), "✅", f"{action}:accept"), Choice(_("decline"), "❌", f"{action}:decline"))
    await ctx.post(chats, text, *buttons, reply_to=poll.preview_id, dialogue=ctx.dialogue)


# Decisions


async def accept(ctx: DialogueContext, poll: Poll, rest: str) -> None:
    """Accept the proposals with these numbers."""
    await ctx.reply(lines(*[await _accept(ctx, poll, each) for each in await _chosen(ctx, poll, rest)]))


async def decline(ctx: DialogueContext, poll: Poll, rest: str) -> None:
    """Decline the proposals with these numbers."""
    await ctx.reply(lines(*[await _decline(ctx, poll, each) for each in await _chosen(ctx, poll, rest)]))


async def _chosen(ctx: DialogueContext, poll: Poll, rest: str) -> list[Topic]:
    """Return the proposals by the numbers under which the preview shows them. Raises UserError."""
    check_draft(poll)
    proposals = await ctx.store.polls.proposals(poll.id)
    if not proposals:
        raise UserError(_("There is no proposal for poll {number}.", number=str(poll.number)))
    if fold(rest.strip()) in _EVERY:
        return proposals
    numbers = [int(each) for each in re.findall(r"\d{1,6}", rest)]
    if not numbers or not all(1 <= each <= len(proposals) for each in numbers):
        rows = [_topics.row(number, each) for number, each in enumerate(proposals, 1)]
        raise UserError(lines(_("Which of these proposals do you mean? Please write its number after it."), *rows))
    return [proposals[each - 1] for each in dict.fromkeys(numbers)]


@router.button(PROPOSAL, role=Role.COORDINATOR, in_dialogue=True)
async def press(ctx: DialogueContext) -> None:
    """Accept or decline a proposal."""
    number, id, what = ctx.args.split(":")
    poll = await find(ctx, int(number))
    check_draft(poll)
    proposal = [each for each in await ctx.store.polls.proposals(poll.id) if each.id == int(id)]
    if not proposal:
        raise UserError(_("This proposal has already been decided."))
    decide = _accept if what == "accept" else _decline
    await ctx.update(ctx.pressed_post, await decide(ctx, poll, proposal[0]))


async def _accept(ctx: DialogueContext, poll: Poll, proposal: Topic) -> LazyText:
    topics = await ctx.store.polls.topics(poll.id)
    _topics.check_number(len(topics) + 1)
    _topics.check_new(proposal.text, {fold(each.text) for each in topics})
    await ctx.store.polls.accept(proposal, len(topics) + 1)
    await _preview.redraw(ctx, poll)
    named = {"number": str(poll.number), "topic": proposal.text}
    await _tell(ctx, proposal, _("Your proposal is accepted for poll {number}: {topic}", **named))
    return _("✅ Accepted for poll {number}: {topic}", **named)


async def _decline(ctx: DialogueContext, poll: Poll, proposal: Topic) -> LazyText:
    await ctx.store.polls.reject(proposal)
    await _preview.redraw(ctx, poll)
    named = {"number": str(poll.number), "topic": proposal.text}
    await _tell(ctx, proposal, _("Your proposal is not accepted for poll {number}: {topic}", **named))
    return _("❌ Declined for poll {number}: {topic}", **named)


async def _tell(ctx: DialogueContext, proposal: Topic, text: LazyText) -> None:
    """Notify whoever proposed a topic of the decision, unless it was their own."""
    if proposal.proposed_by not in {None, ctx.person.id}:
        await ctx.tell(proposal.proposed_by, text, dialogue=ctx.dialogue)
