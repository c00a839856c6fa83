"""The pages of the private ballot, and what its buttons lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.text.catalogue import LazyText, _, lines, n_
from bot.voice import Choice
from bot.voting import HIGHEST, Method
from handlers.polls._choices import topic_button
from handlers.polls._partial_ballot import PartialBallot
from handlers.polls._posts import BALLOT
from handlers.polls._receipts import understood
from storage import Poll, Topic

_POINTS = ("0️⃣", "1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")


class BallotPage(NamedTuple):
    """What the ballot shows."""

    text: LazyText
    buttons: tuple[Choice, ...]


def first(poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> BallotPage:
    """Return the page with which a ballot opens: where it was left, or all of it if there is nothing left to choose."""
    if partial.method is Method.APPROVAL:
        return _list(poll, topics, partial)
    if not partial.chosen or (partial.open and partial.method is not Method.SINGLE):
        return _next(poll, topics, partial)
    return _summary(poll, topics, partial)


def advance(poll: Poll, topics: Sequence[Topic], partial: PartialBallot, step: str) -> tuple[PartialBallot, BallotPage]:
    """Return what is chosen after a press, and the page to show then.

    `step` is that of the button: `topic=value`, `topic` to show that one, `undo`, `again` or `all`. The same one again
    changes nothing, except in approval.
    """
    topic, _sign, value = step.partition("=")
    match step:
        case "again" if partial.method is Method.SCORE:
            return partial, _points(poll, topics, partial, 1)
        case "again":
            partial = PartialBallot(partial.method, partial.topics) if partial.method is Method.RANK else partial
            return partial, _next(poll, topics, partial)
        case "all":
            return partial, _summary(poll, topics, partial)
        case "undo":
            partial = partial.undo()
            return partial, _next(poll, topics, partial)
    if not value:
        return partial, _points(poll, topics, partial, int(topic))
    partial = _chosen(partial, int(topic), int(value))
    return partial, _after(poll, topics, partial, int(topic))


def title(poll: Poll) -> LazyText:
    """Return the head of the ballot."""
    return _("🗳️ *Poll {number}: {question}*", number=str(poll.number), question=poll.question)


def _chosen(partial: PartialBallot, topic: int, value: int) -> PartialBallot:
    match partial.method:
        case Method.SCORE:
            return partial.give(topic, value)
        case Method.RANK:
            return partial.rank(topic)
    return partial.choose(topic)


def _after(poll: Poll, topics: Sequence[Topic], partial: PartialBallot, topic: int) -> BallotPage:
    """Return the page after a choice for a topic."""
    match partial.method:
        case Method.SCORE if topic < len(topics):
            return _points(poll, topics, partial, topic + 1)
        case Method.RANK if partial.open:
            return _next(poll, topics, partial)
        case Method.APPROVAL:
            return _list(poll, topics, partial)
    return _summary(poll, topics, partial)


def _next(poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> BallotPage:
    match partial.method:
        case Method.SCORE:
            return _points(poll, topics, partial, partial.open[0])
        case Method.RANK:
            return _order(poll, topics, partial)
    return _list(poll, topics, partial)


def _points(poll: Poll, topics: Sequence[Topic], partial: PartialBallot, number: int) -> BallotPage:
    """Return the page that asks for the points of a topic."""
    topic = topics[number - 1]
    rows = [
        title(poll),
        _("Topic {number} of {all}:", number=str(number), all=str(len(topics))),
        LazyText("*{topic}*", params={"topic": topic.text}),
        _("How important is it for our work together? 0: not at all, {highest}: very", highest=HIGHEST),
    ]
    value = partial.value(number)
    rows += [] if value is None else [n_("Chosen: {n} point", "Chosen: {n} points", value)]
    keys = [
        Choice(LazyText("✓" if each == value else ""), sign, f"{BALLOT}:{poll.id}:{number}={each}")
        for each, sign in enumerate(_POINTS)
    ]
    keys += [_button(poll, _("back"), "◀️", str(number - 1))] if number > 1 else []
    keys += [_button(poll, _("skip"), "▶️", str(number + 1))] if number < len(topics) else []
    keys += [_button(poll, _("overview"), "📋", "all")] if partial.chosen or number == len(topics) else []
    return BallotPage(lines(*rows), tuple(keys))


def _order(poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> BallotPage:
    """Return the page that asks for the next place of a ranking."""
    rows = [title(poll), *_so_far(topics, partial)]
    rows += [_("Which of these is next in importance?") if partial.chosen else _("Which topic is the most important?")]
    keys = _topic_buttons(poll, topics, partial)
    if partial.chosen:
        keys += [_button(poll, _("back"), "◀️", "undo"), _button(poll, _("the rest last"), "📋", "all")]
    return BallotPage(lines(*rows), tuple(keys))


def _so_far(topics: Sequence[Topic], partial: PartialBallot) -> list[LazyText]:
    chosen = sorted(partial.chosen, key=lambda pair: pair[1])
    return [
        _("Place {place}: {topics}", place=str(place), topics=[topics[number - 1].text]) for number, place in chosen
    ]


def _list(poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> BallotPage:
    """Return the page with all topics, to choose one or several."""
    single = partial.method is Method.SINGLE
    rows = [title(poll), _("Choose one topic.") if single else _("Choose all the topics that you approve of.")]
    keys = _topic_buttons(poll, topics, partial)
    keys += [_button(poll, _("overview"), "📋", "all")] if partial.chosen else []
    return BallotPage(lines(*rows), tuple(keys))


def _summary(poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> BallotPage:
    """Return the page with the whole ballot, to be cast."""
    ballot = partial.ballot
    if ballot is None:
        rows = [title(poll), _("You have not chosen anything yet.")]
        return BallotPage(lines(*rows), (_button(poll, _("change"), "✏️", "again"),))
    rows = [title(poll), *understood(poll, topics, ballot), _("*This does not count yet.* Is it right?")]
    back = _button(poll, _("change"), "✏️", "undo" if partial.method is Method.RANK else "again")
    return BallotPage(lines(*rows), (_button(poll, _("cast the ballot"), "🗳️", "cast"), back))


def _topic_buttons(poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> list[Choice]:
    """Return a button for each topic. Its action is stored, so it does not depend on what is chosen."""
    chosen = dict(partial.chosen)
    return [
        topic_button(each, f"{BALLOT}:{poll.id}:{each.position}=1", chosen=each.position in chosen) for each in topics
    ]


def _button(poll: Poll, label: LazyText, emoji: str, step: str) -> Choice:
    return Choice(label, emoji, f"{BALLOT}:{poll.id}:{step}")
