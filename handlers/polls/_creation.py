"""A coordinator writes a poll: it becomes a draft, and is shown as a preview."""

from __future__ import annotations

from typing import NamedTuple

from bot.commands.arguments import check_keys, check_length, parse_arguments
from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from handlers.polls import _changes, _preview, _settings, _topics
from storage import Chat, NewTopic, Poll, PollChange, PollRules, PollState


class Typed(NamedTuple):
    """A poll as somebody typed it: a rule that is left out stays as it is."""

    question: str
    rules: PollChange
    topics: list[NewTopic]


async def create(ctx: DialogueContext) -> None:
    """Make a draft, or change the one that this message made before it was edited."""
    await coordinators_only(ctx)
    typed = _read(ctx)
    if before := await ctx.store.polls.typed_in(ctx.chat, ctx.message):
        await _retype(ctx, before, typed)
        return
    await draft(ctx, typed, (ctx.chat, ctx.message))


async def draft(ctx: DialogueContext, typed: Typed, command: tuple[Chat, str] | None = None) -> None:
    """Make a draft and show it; `command`: the message in which it was typed, whose edits change it."""
    rules: PollRules = _settings.discreet(typed.rules)
    by = ctx.person.id
    poll = await ctx.store.polls.add(ctx.dialogue.id, ctx.now, command, question=typed.question, created_by=by, **rules)
    await ctx.store.polls.set_topics(poll.id, typed.topics)
    await _preview.post(ctx, poll)


def _read(ctx: DialogueContext) -> Typed:
    typed = parse_arguments(ctx.args, _settings.KEYS)
    check_keys(typed.text, _settings.KEYS)
    question, _line, text = (typed.line, "", typed.text) if typed.line else typed.text.partition("\n")
    if not question:
        raise UserError(_("What is the question? Please begin with it."), usage=True)
    if typed.items:
        question, text = f"{question} {text}", ""
    question = " ".join(question.split())
    check_length(question, _changes.LONGEST_QUESTION)
    topics = _topics.read(_topics.lines_of(typed, text))
    return Typed(question, _settings.read(ctx, typed.values), topics)


async def _retype(ctx: DialogueContext, poll: Poll, typed: Typed) -> None:
    """Change a draft to what its message says after an edit; proposals that were accepted stay in it."""
    if poll.state is not PollState.DRAFT:
        await _changes.check_changeable(ctx.store, poll)
        raise UserError(
            _(
                "A poll that is published is not changed by editing the message. Until somebody votes, you can write"
                " `/poll {number} topics` with the new ones, `/poll {number} question` or, for example,"
                " `/poll {number} method: rank`.",
                number=str(poll.number),
            )
        )
    texts = {fold(each.text) for each in typed.topics}
    kept = [
        NewTopic(each.text, each.sdgs, each.proposed_by)
        for each in await ctx.store.polls.topics(poll.id)
        if each.proposed_by is not None and fold(each.text) not in texts
    ]
    _topics.check_number(len(typed.topics) + len(kept))
    await _changes.apply(ctx, poll, {**typed.rules, "question": typed.question}, [*typed.topics, *kept])
