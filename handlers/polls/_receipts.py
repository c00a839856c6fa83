"""What people are told about their own ballots."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import CommandContext, Context
from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.excerpts import shortened
from bot.voting import Ballot, Method, example, read_ballot
from storage import Chat, Poll, StoredMessage, Topic, Voter

MOST_NAMES = 90
"""Characters of topics in what a press shows: with the rest of the text they stay within what Telegram takes."""


def voter(ctx: Context, poll: Poll, person_id: int) -> Voter:
    """Return whose ballot it is that a person casts: in a secret poll a digest."""
    return ctx.signer.voter(poll.id, person_id) if poll.secret else person_id


async def erase(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Erase what will never arrive in private: it may say how somebody has voted (trust: case 120)."""
    if chat.person_id is not None:
        failed = await ctx.store.deliveries.of_message(post.id)
        await ctx.store.deliveries.discard([each.id for each in failed], ctx.now)


async def current(ctx: CommandContext, poll: Poll, topics: int) -> Ballot | None:
    """Return the ballot that the person has cast."""
    text = await ctx.store.ballots.of(poll, voter(ctx, poll, ctx.person.id))
    return None if text is None else read_ballot(text, poll.method, topics)


async def own(ctx: CommandContext, poll: Poll) -> LazyText | None:
    """Return what a person has voted so far, to be shown to them alone; None if they have not."""
    topics = await ctx.store.polls.topics(poll.id)
    ballot = await current(ctx, poll, len(topics))
    return lines(_("*Your ballot:*"), *understood(poll, topics, ballot)) if ballot else None


def receipt(poll: Poll, topics: Sequence[Topic], ballot: Ballot) -> LazyText:
    """Return the receipt for a ballot: how it was understood, until when it can be changed, and how."""
    head = _("✅ *Your ballot in poll {number} counts:* {question}", number=str(poll.number), question=poll.question)
    return lines(head, *understood(poll, topics, ballot), *_until(poll, topics))


def withdrawn(poll: Poll) -> LazyText:
    """Return the receipt for a ballot that was taken back."""
    text = _("Your ballot in poll {number} has been taken back: you have not voted.", number=str(poll.number))
    return lines(text, _("You can vote again until {time}.", time=poll.closes_at)) if poll.closes_at else text


def _until(poll: Poll, topics: Sequence[Topic]) -> list[LazyText]:
    number, ballot = str(poll.number), example(poll.method, len(topics))
    how = _(
        "To change it, vote again, for example `/vote {number} {ballot}`. `/vote {number} none` takes it back.",
        number=number,
        ballot=ballot,
    )
    return [_("You can change it until {time}.", time=poll.closes_at), how] if poll.closes_at else [how]


def notice(poll: Poll, topics: Sequence[Topic], ballot: Ballot) -> LazyText:
    """Return what a press shows in an approval poll: all that the person approves of now."""
    chosen = [topic for topic, on in zip(topics, ballot, strict=True) if on]
    if not chosen:
        return _("Poll {number}: you have chosen nothing, so you have not voted.", number=str(poll.number))
    longest = MOST_NAMES // len(chosen) - 5
    names = [f"{each.position} {shortened(each.text, longest)}" for each in chosen]
    shown = names if longest > 5 else [str(each.position) for each in chosen]
    return _("Your ballot in poll {number} now: {topics}", number=str(poll.number), topics=shown)


def understood(poll: Poll, topics: Sequence[Topic], ballot: Ballot) -> list[LazyText]:
    """Return a ballot in words, with the names of the topics."""
    match poll.method:
        case Method.SCORE:
            rows = zip(topics, ballot, strict=True)
            return [n_("{topic}: {n} point", "{topic}: {n} points", points, topic=named(each)) for each, points in rows]
        case Method.RANK:
            return _ranking(topics, ballot)
    return [named(topic) for topic, on in zip(topics, ballot, strict=True) if on]


def _ranking(topics: Sequence[Topic], ballot: Ballot) -> list[LazyText]:
    rows = []
    for place in sorted(set(ballot)):
        names = [each.text for each, own in zip(topics, ballot, strict=True) if own == place]
        rows.append(_("Place {place}: {topics}", place=str(place), topics=names))
    return rows


def named(topic: Topic) -> LazyText:
    """Return a topic with its number."""
    return LazyText("{number}. {topic}", params={"number": str(topic.position), "topic": topic.text})
