"""A coordinator changes, publishes or discards a poll. Its rules stay from the first ballot on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.commands.arguments import check_keys, check_length, parse_arguments
from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.excerpts import shortened
from bot.voice import name_of
from bot.voting import Method
from handlers.polls import _card, _closing, _native, _preview, _proposals, _rules, _settings, _topics
from handlers.polls._lookup import GROUP, check_draft, find
from storage import NewTopic, Poll, PollChange, PollState, Store, Topic

router = Router(GROUP)

LONGEST_QUESTION = 300
"""Characters."""

_ON_BALLOTS = ("question", "method", "secret", "live")
"""What native polls and private ballots show, besides the topics, or depend on."""


# What is typed after the number


async def publish(ctx: DialogueContext, poll: Poll, _rest: str = "") -> None:
    """Open a poll, and post it in every chat."""
    check_draft(poll)
    closes_at = poll.closes_at or ctx.now.replace(second=0, microsecond=0) + _rules.OPEN_FOR
    if closes_at <= ctx.now:
        raise UserError(
            _(
                "The closing time has passed meanwhile. Please set another one: `/poll {number} closes: in 5 days`",
                number=str(poll.number),
            )
        )
    opened = await ctx.store.polls.change(poll, state=PollState.OPEN, closes_at=closes_at, opened_at=ctx.now)
    await _card.post(ctx, opened)
    opened = await ctx.store.polls.get(poll.id)
    await _native.post(ctx, opened)
    await _closing.schedule(ctx, opened)
    await _preview.redraw(ctx, opened)
    await ctx.answer(await _receipt(ctx, opened))


async def _receipt(ctx: DialogueContext, poll: Poll) -> LazyText:
    chats = await ctx.store.chats.of_dialogue(ctx.dialogue.id)
    away = [name_of(each) for each in chats if not each.is_at_home]
    number = len(chats) - len(away)
    rows = [n_("Poll {poll} is open in {n} chat.", "Poll {poll} is open in {n} chats.", number, poll=str(poll.number))]
    rows += [_("⚠️ I cannot write in these chats at the moment: {chats}", chats=away)] if away else []
    if waiting := len(await ctx.store.polls.proposals(poll.id)):
        rows += [
            n_(
                "{n} proposal was not decided and is left out.",
                "{n} proposals were not decided and are left out.",
                waiting,
            )
        ]
    return lines(*rows)


async def discard(ctx: DialogueContext, poll: Poll, _rest: str = "") -> None:
    """Discard a draft; its preview offers to restore it."""
    check_draft(poll)
    await _preview.redraw(ctx, await ctx.store.polls.discard(poll, ctx.now))
    if ctx.notices is None:
        await ctx.reply(_("The draft of poll {number} has been discarded.", number=str(poll.number)))


async def restore(ctx: DialogueContext, poll: Poll, _rest: str = "") -> None:
    """Make a discarded draft one again."""
    if poll.state is PollState.DISCARDED:
        await _preview.post(ctx, await ctx.store.polls.restore(poll))


async def ask(ctx: DialogueContext, poll: Poll, rest: str) -> None:
    """Change the question."""
    question = " ".join(rest.split())
    if not question:
        raise UserError(_("Please write the new question after it."))
    check_length(question, LONGEST_QUESTION)
    await change(ctx, poll, {"question": question})


async def topics(ctx: DialogueContext, poll: Poll, rest: str) -> None:
    """Replace the topics, and change what `KEY: VALUE` says besides."""
    typed = parse_arguments(f"\n{rest}", _settings.KEYS)
    if typed.items and typed.text:
        check_keys(typed.text, _settings.KEYS)
        raise UserError(_("I do not understand this line: “{line}”", line=shortened(typed.text)))
    found = _topics.read(_topics.lines_of(typed, typed.text))
    await change(ctx, poll, _settings.read(ctx, typed.values), found)


async def settings(ctx: DialogueContext, poll: Poll, values: Mapping[str, str]) -> None:
    """Change what `KEY: VALUE` says."""
    await change(ctx, poll, _settings.read(ctx, values))


# Changes


async def change(ctx: DialogueContext, poll: Poll, fields: PollChange, typed: Sequence[NewTopic] | None = None) -> None:
    """Change a poll, and tell whom it concerns: the coordinator about a draft, everybody once it is published.

    Raises UserError if there are ballots, or nothing changes.
    """
    await check_changeable(ctx.store, poll)
    rows, changed = await apply(ctx, poll, fields, typed)
    if not rows:
        raise UserError(_("Poll {number} is already like that.", number=str(poll.number)))
    if changed.is_open:
        await _follow(ctx, poll, changed, rows, anew=typed is not None)
    elif ctx.notices is None:
        await ctx.reply(lines(_("The draft of poll {number} has been changed:", number=str(poll.number)), *rows))


async def apply(
    ctx: DialogueContext, poll: Poll, fields: PollChange, typed: Sequence[NewTopic] | None
) -> tuple[list[LazyText], Poll]:
    """Change a poll and its preview; return what is different now, and the poll."""
    rows = []
    fields = fields if poll.secret else _settings.discreet(fields)
    changed = await ctx.store.polls.change(poll, **fields) if fields else poll
    if changed.question != poll.question:
        rows += [_("*{question}*", question=changed.question)]
    if typed is not None and _contents(typed) != _contents(await ctx.store.polls.topics(poll.id)):
        await ctx.store.polls.set_topics(poll.id, typed)
        rows += [_topics.row(number, each) for number, each in enumerate(typed, 1)]
    rows += _rules.changed(poll, changed, ctx.dialogue.cities)
    if rows and changed.state is PollState.DRAFT:
        await _preview.redraw(ctx, changed)
    return rows, changed


def _contents(topics: Iterable[NewTopic | Topic]) -> list[tuple[str, tuple[int, ...]]]:
    return [(each.text, each.sdgs) for each in topics]


async def _follow(ctx: DialogueContext, before: Poll, after: Poll, rows: Sequence[LazyText], *, anew: bool) -> None:
    """Update all that depends on the rules of a published poll, and announce the change."""
    await _card.changed(ctx, after)
    await _closing.schedule(ctx, after)
    stopped = before.closes_at is not None and before.closes_at <= ctx.now  # its close waits for a messenger
    if anew or stopped or any(getattr(before, field) != getattr(after, field) for field in _ON_BALLOTS):
        await _native.close(ctx, before)
        await _native.post(ctx, after)
        await _empty_ballots(ctx, after)
    number, question = str(after.number), after.question
    head = _("✏️ *Poll {number} has been changed: {question}*", number=number, question=question)
    tail = _("Changed by {name}. Nobody had voted yet.", name=ctx.person.name)
    await ctx.announce(ctx.dialogue, lines(head, *rows, tail))


async def _empty_ballots(ctx: DialogueContext, poll: Poll) -> None:
    """Clear the ballots that are being filled in: they were meant for other topics, or another method."""
    for draft in await ctx.store.ballot_drafts.clear(poll.id):
        text = _("Poll {number} has been changed. `/vote {number}` opens your ballot again.", number=str(poll.number))
        await ctx.update(draft.post_id, text)


async def check_changeable(store: Store, poll: Poll) -> None:
    """Raise UserError, with the reason, if the rules of a poll stay as they are (trust: case 67)."""
    number = str(poll.number)
    if poll.state is PollState.CLOSED:
        raise UserError(_("Poll {number} is closed: nothing about it can be changed any more.", number=number))
    if poll.is_open and await store.ballots.are_cast(poll):
        raise UserError(
            _(
                "Poll {number} can no longer be changed: somebody has voted, and the rules stay the same for everybody."
                " `/poll {number} close` ends it; then you can ask anew.",
                number=number,
            )
        )
    if not poll.is_open:
        check_draft(poll)


# The buttons under the preview


@router.button(_preview.DRAFT, role=Role.COORDINATOR, in_dialogue=True, takes_back=True)
async def press(ctx: DialogueContext) -> None:
    """Do what a button of the preview says. Where signs are the buttons, taking one back changes the method again."""
    number, _colon, what = ctx.args.partition(":")
    if ctx.taken_back and what not in {*Method}:
        return
    poll = await find(ctx, int(number))
    if what in _FIELDS:
        await change(ctx, poll, _FIELDS[what])
    elif what in {*Method}:
        await change(ctx, poll, {"method": Method(what)})
    else:
        await _ACTIONS[what](ctx, poll)


_FIELDS: Mapping[str, PollChange] = {
    "secret": {"secret": True},
    "open": {"secret": False},
    "live": {"live": True},
    "after": {"live": False},
}
_ACTIONS = {"publish": publish, "discard": discard, "restore": restore, "collect": _proposals.collect}
