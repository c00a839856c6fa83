"""The live card of a poll, one in every chat of the dialogue.

Three jobs for each poll keep it up to date: votes make the first one due, which starts the drawing and a rest; until
that is over, further votes wait. So the card is drawn at most once in `PAUSE`, and the last vote is always on it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.commands.context import Context
from bot.jobs.kinds import JobKind, Work
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.voice import Choice, words
from bot.voting import Method, example
from handlers.polls import _choices, _native, _result, _rules, _topics, _turnout
from handlers.polls._result import Standing, standing
from storage import Job, Poll, PollState, Topic

CARD = "poll card"
"""The kind of jobs that a change of a poll makes due; like that of the next two, its key is the poll's id."""
DRAWING = "poll card drawing"
REST = "poll card rest"
PAUSE = timedelta(seconds=5)
"""Minimum time between two drawings of a card."""
LONGEST = 3900
"""UTF-16 units, in German, of a card that is still one message on each messenger."""


async def post(ctx: Context, poll: Poll) -> None:
    """Post the card in every chat."""
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    card = await ctx.announce(dialogue, await text(ctx, poll), *await buttons(ctx, poll))
    await ctx.store.polls.change(poll, card_id=card)


async def changed(ctx: Context, poll: Poll) -> None:
    """Schedule that the card is drawn anew: at once, or when its rest is over."""
    due = await ctx.store.jobs.due(REST, str(poll.id))
    await ctx.store.jobs.schedule_new(CARD, str(poll.id), due or ctx.now)


async def follow(ctx: Context, dialogue_id: int) -> None:
    """Draw the cards of the open polls of a dialogue anew, also in chats that have joined it."""
    for each in await ctx.store.polls.open():
        if each.dialogue_id == dialogue_id:
            await changed(ctx, each)


async def show(ctx: Context, poll: Poll, standing: Standing | None) -> None:
    """Update the card in every chat; `standing`: the result that it shows, if people may know it."""
    if poll.card_id is not None:
        chats = await ctx.store.chats.of_dialogue(poll.dialogue_id) if poll.is_open else []
        await ctx.update(poll.card_id, await _text(ctx, poll, standing), *await buttons(ctx, poll), everywhere=chats)


async def text(ctx: Context, poll: Poll) -> LazyText:
    """Return what the card says, whatever the state of the poll."""
    return await _text(ctx, poll, await standing(ctx.store, poll) if is_counted(poll) else None)


async def buttons(ctx: Context, poll: Poll) -> tuple[Choice, ...]:
    """Return the buttons under the card, as long as people can vote."""
    return _choices.buttons(poll, await ctx.store.polls.topics(poll.id)) if poll.is_open else ()


def is_counted(poll: Poll) -> bool:
    """Whether people may know how a poll stands: it is closed, or its results are live."""
    return poll.state is PollState.CLOSED or poll.live


async def _text(ctx: Context, poll: Poll, standing: Standing | None) -> LazyText:
    if standing and not poll.is_open:
        return _closed(standing)
    whole = await _open(ctx, poll, standing, brief=False)
    is_long = len(words(whole, LocaleContext("de_DE")).encode("utf-16-le")) > 2 * LONGEST
    return await _open(ctx, poll, standing, brief=True) if is_long else whole


async def _open(ctx: Context, poll: Poll, standing: Standing | None, *, brief: bool) -> LazyText:
    dialogue, topics = await ctx.store.dialogues.get(poll.dialogue_id), await ctx.store.polls.topics(poll.id)
    rows = [_("🗳️ *Poll {number}: {question}*", number=str(poll.number), question=poll.question)]
    if poll.closes_at and poll.closes_at <= ctx.now:
        rows.append(_("⏳ The time is up. Votes cast before are still coming in."))
    rows += [_topic(each, brief=brief) for each in topics]
    rows += [_rules.closing(poll, dialogue.cities), how_to_vote(poll, len(topics))]
    rows += _result.tally(standing, brief=brief) if standing else []
    rows += [_("*Turnout*"), await _turnout.text(ctx, poll)]
    rows += _result.unreadable(standing) if standing else []
    return lines(*rows, _("*Rules*"), *_rules.rules(poll, dialogue.cities))


def _topic(topic: Topic, *, brief: bool) -> LazyText:
    number = topic.position or 0
    if not (brief and topic.sdgs):
        return _topics.row(number, topic)
    sdgs = ", ".join(map(str, topic.sdgs))
    return LazyText("{number}. {text} (SDG {sdgs})", params={"number": str(number), "text": topic.text, "sdgs": sdgs})


def how_to_vote(poll: Poll, topics: int) -> LazyText:
    """Return how people vote in the chat in which they read this."""
    form = {"number": str(poll.number), "ballot": example(poll.method, topics)}
    if poll.secret:
        return _(
            "*To vote:* press the button, or write to me in private: `/vote {number} {ballot}`. The last ballot counts;"
            " `/vote {number} none` takes it back.",
            **form,
        )
    if _native.is_native(poll):
        return _(
            "*To vote:* choose in the poll below, or write `/vote {number} {ballot}`. The last vote counts;"
            " `/vote {number} none` takes it back. The poll below shows only the votes of this chat.",
            **form,
        )
    if poll.method is Method.APPROVAL and poll.live:
        return _(
            "*To vote:* press the buttons of all topics that you approve of, or reply to this message with `{ballot}`,"
            " or write `/vote {number} {ballot}`. The last ballot counts; `/vote {number} none` takes it back.",
            **form,
        )
    return _(
        "*To vote:* press the button, or reply to this message with `{ballot}`, or write `/vote {number} {ballot}`. The"
        " last ballot counts; `/vote {number} none` takes it back.",
        **form,
    )


def _closed(standing: Standing) -> LazyText:
    poll = standing.poll
    at = min(filter(None, (poll.closes_at, poll.closed_at)))
    rows = [
        _("🏁 *Poll {number}: {question}*", number=str(poll.number), question=poll.question),
        _("Closed on {time}.", time=at),
        *_result.effect(standing),
        *_result.ranked(standing),
        *_result.remarks(standing),
    ]
    return lines(*rows, _("`/poll {number}` shows the whole result.", number=str(poll.number)))


# The jobs


async def _begin(ctx: Context, job: Job, _prepared: None) -> None:
    """Start the drawing and the rest, once the votes that have not made this job due anew are committed."""
    await ctx.store.jobs.schedule(DRAWING, job.key)
    await ctx.store.jobs.schedule(REST, job.key, ctx.now + PAUSE)
    with suppress(LookupError):
        await ctx.store.polls.get(int(job.key))  # whoever votes has locked it


async def _count(work: Work, job: Job) -> Standing | None:
    """Return the count so far, if people may know it."""
    async with work.database.begin() as store:
        poll = await store.polls.read(int(job.key))
        cast = await _result.ballots(store, poll) if poll and poll.is_open and is_counted(poll) else None
    return await cast.counted() if cast else None


async def _draw(ctx: Context, job: Job, standing: Standing | None) -> None:
    with suppress(LookupError):
        poll = await ctx.store.polls.get(int(job.key))  # locked, as it may just be closing
        if poll.is_open:
            await show(ctx, poll, replace(standing, poll=poll) if standing and is_counted(poll) else None)


KINDS = (
    JobKind(name=CARD, apply=_begin),
    JobKind(name=DRAWING, prepare=_count, apply=_draw),
    JobKind(name=REST),
)
