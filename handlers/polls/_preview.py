"""The preview of a draft: a live card with buttons, in the chat where the poll was typed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines
from bot.voice import Choice
from bot.voting import Method
from handlers.polls import _rules, _topics, _turnout
from storage import Electorate, Poll, PollState, Topic

DRAFT = "draft"
"""The action of the buttons: `draft:NUMBER:WHAT`."""

_METHODS = tuple(Method)


async def post(ctx: DialogueContext, poll: Poll) -> Poll:
    """Post the preview as an answer; an earlier one becomes outdated."""
    if poll.preview_id is not None:
        number = str(poll.number)
        outdated = _("This preview is out of date. `/poll {number}` shows the draft of poll {number}.", number=number)
        await ctx.update(poll.preview_id, outdated)
    post_id = await ctx.reply(await text(ctx, poll), *buttons(poll))
    return await ctx.store.polls.change(poll, preview_id=post_id)


async def redraw(ctx: Context, poll: Poll) -> None:
    """Update the preview after any change of the draft or of its proposals."""
    if poll.preview_id is not None:
        await ctx.update(poll.preview_id, await text(ctx, poll), *buttons(poll))


async def text(ctx: Context, poll: Poll) -> LazyText:
    """Return what the preview says."""
    named = {"number": str(poll.number), "question": poll.question}
    match poll.state:
        case PollState.DRAFT:
            return await _draft(ctx, poll)
        case PollState.DISCARDED:
            return _("🗑️ The draft of poll {number} has been discarded: {question}", **named)
        case _:
            return _("✅ Poll {number} has been published: {question}", **named)


async def summary(ctx: Context, poll: Poll) -> LazyText:
    """Return a draft without what only coordinators need, for the staff who may propose topics."""
    topics = await ctx.store.polls.topics(poll.id)
    proposals = await ctx.store.polls.proposals(poll.id)
    rows = [_head(poll), *(_topics.row(number, each) for number, each in enumerate(topics, 1))]
    rows += await _proposed(ctx, proposals)
    rows += [_("`/poll {number} propose TEXT` proposes one more topic.", number=str(poll.number))]
    return lines(*rows)


def _head(poll: Poll) -> LazyText:
    return _("📝 *Draft of poll {number}: {question}*", number=str(poll.number), question=poll.question)


async def _draft(ctx: Context, poll: Poll) -> LazyText:
    cities = (await ctx.store.dialogues.get(poll.dialogue_id)).cities
    topics = await ctx.store.polls.topics(poll.id)
    proposals = await ctx.store.polls.proposals(poll.id)
    rows = [_head(poll), *(_topics.row(number, each) for number, each in enumerate(topics, 1))]
    rows += await _proposed(ctx, proposals)
    rows += [_how_to_decide(poll)] if proposals else []
    rows += [_rules.closing(poll, cities), _("*Rules*"), *_rules.rules(poll, cities), *await _warnings(ctx, poll)]
    rows += [
        _(
            "Nobody can vote yet: `/poll {number} publish`, or the button, publishes it. Until then you can edit your"
            " message, or write for example `/poll {number} closes: in 5 days`.",
            number=str(poll.number),
        )
    ]
    return lines(*rows)


async def _proposed(ctx: Context, proposals: Sequence[Topic]) -> list[LazyText]:
    if not proposals:
        return []
    rows = [
        LazyText("{topic} – {name}", params={"topic": _topics.row(number, each), "name": await proposer(ctx, each)})
        for number, each in enumerate(proposals, 1)
    ]
    return [_("*Proposed*"), *rows]


def _how_to_decide(poll: Poll) -> LazyText:
    return _(
        "`/poll {number} accept 1` accepts a proposal, `/poll {number} decline 1` declines it.", number=str(poll.number)
    )


async def proposer(ctx: Context, topic: Topic) -> LazyText:
    """Return who has proposed a topic."""
    if topic.proposed_by is None:
        return _("somebody")
    return LazyText("{name}", params={"name": (await ctx.store.people.get(topic.proposed_by)).name})


async def _warnings(ctx: Context, poll: Poll) -> list[LazyText]:
    """Return what the coordinator should know before publishing."""
    rows = []
    if poll.secret:
        rows += [_("⚠️ In some US states anonymous votes by officials can breach open-meetings laws.")]
    if poll.secret and poll.live:
        rows += [_("⚠️ Whoever watches the live count can guess individual ballots. Show it after the close.")]
    chats = await ctx.store.chats.of_dialogue(poll.dialogue_id)
    guests = {each.city for each in chats} if poll.voters is Electorate.ALL else set()  # they are on no roster
    short = [
        each.city.name for each in await _turnout.of(ctx, poll) if each.roster < poll.quorum and each.city not in guests
    ]
    if short:
        rows += [
            _(
                "⚠️ The quorum cannot be reached in {cities}: too few people there may vote. `/roles` shows who has"
                " which role.",
                cities=short,
            )
        ]
    return rows


def buttons(poll: Poll) -> tuple[Choice, ...]:
    """Return the buttons under the preview."""
    if poll.state is PollState.DISCARDED:
        return (_button(poll, _("restore it"), "↩️", "restore"),)
    if poll.state is not PollState.DRAFT:
        return ()
    secrecy = (_("open ballot"), "🔓", "open") if poll.secret else (_("secret ballot"), "🔒", "secret")
    results = (_("count after the close"), "⌛", "after") if poll.live else (_("live count"), "📈", "live")
    method = _METHODS[(_METHODS.index(poll.method) + 1) % len(_METHODS)]
    return (
        _button(poll, _("publish"), "✅", "publish"),
        _button(poll, _("other method"), "🔢", method),
        _button(poll, *secrecy),
        _button(poll, *results),
        _button(poll, _("collect proposals"), "💡", "collect"),
        _button(poll, _("discard"), "🗑️", "discard"),
    )


def _button(poll: Poll, label: LazyText, emoji: str, what: str) -> Choice:
    return Choice(label, emoji, f"{DRAFT}:{poll.number}:{what}")
