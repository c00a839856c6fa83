"""The pages of the private ballot, and what its buttons lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.text.catalogue import LazyText, _, lines, n_
from bot.voice import Choice
from bot.voting import HIGHEST, Method
from handlers.polls._choices import topic_button
from handlers.polls._filling import Filling
from handlers.polls._posts import BALLOT
from handlers.polls._receipts import understood
from storage import Poll, Topic

_POINTS = ("0️⃣", "1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")


class BallotPage(NamedTuple):
    """What the ballot shows."""

    text: LazyText
    buttons: tuple[Choice, ...]


def first(poll: Poll, topics: Sequence[Topic], filling: Filling) -> BallotPage:
    """Return the page with which a ballot opens: where it was left, or all of it if there is nothing left to choose."""
    if filling.method is Method.APPROVAL:
        return _list(poll, topics, filling)
    if not filling.chosen or (filling.open and filling.method is not Method.SINGLE):
        return _next(poll, topics, filling)
    return _summary(poll, topics, filling)


def turn(poll: Poll, topics: Sequence[Topic], filling: Filling, step: str) -> tuple[Filling, BallotPage]:
    """Return what is chosen after a press, and the page to show then.

    `step` is that of the button: `topic=value`, `topic` to show that one, `undo`, `again` or `all`. The same one again
    changes nothing, except in approval.
    """
    topic, _sign, value = step.partition("=")
    match step:
        case "again" if filling.method is Method.SCORE:
            return filling, _points(poll, topics, filling, 1)
        case "again":
            filling = Filling(filling.method, filling.topics) if filling.method is Method.RANK else filling
            return filling, _next(poll, topics, filling)
        case "all":
            return filling, _summary(poll, topics, filling)
        case "undo":
            filling = filling.undo()
            return filling, _next(poll, topics, filling)
    if not value:
        return filling, _points(poll, topics, filling, int(topic))
    filling = _chosen(filling, int(topic), int(value))
    return filling, _after(poll, topics, filling, int(topic))


def title(poll: Poll) -> LazyText:
    """Return the head of the ballot."""
    return _("🗳️ *Poll {number}: {question}*", number=str(poll.number), question=poll.question)


def _chosen(filling: Filling, topic: int, value: int) -> Filling:
    match filling.method:
        case Method.SCORE:
            return filling.give(topic, value)
        case Method.RANK:
            return filling.rank(topic)
    return filling.choose(topic)


def _after(poll: Poll, topics: Sequence[Topic], filling: Filling, topic: int) -> BallotPage:
    """Return the page after a choice for a topic."""
    match filling.method:
        case Method.SCORE if topic < len(topics):
            return _points(poll, topics, filling, topic + 1)
        case Method.RANK if filling.open:
            return _next(poll, topics, filling)
        case Method.APPROVAL:
            return _list(poll, topics, filling)
    return _summary(poll, topics, filling)


def _next(poll: Poll, topics: Sequence[Topic], filling: Filling) -> BallotPage:
    match filling.method:
        case Method.SCORE:
            return _points(poll, topics, filling, filling.open[0])
        case Method.RANK:
            return _order(poll, topics, filling)
    return _list(poll, topics, filling)


def _points(poll: Poll, topics: Sequence[Topic], filling: Filling, number: int) -> BallotPage:
    """Return the page that asks for the points of a topic."""
    topic = topics[number - 1]
    rows = [
        title(poll),
        _("Topic {number} of {all}:", number=str(number), all=str(len(topics))),
        LazyText("*{topic}*", params={"topic": topic.text}),
        _("How important is it for our work together? 0: not at all, {highest}: very", highest=HIGHEST),
    ]
    value = filling.value(number)
    rows += [] if value is None else [n_("Chosen: {n} point", "Chosen: {n} points", value)]
    keys = [
        Choice(LazyText("✓" if each == value else ""), sign, f"{BALLOT}:{poll.id}:{number}={each}")
        for each, sign in enumerate(_POINTS)
    ]
    keys += [_button(poll, _("back"), "◀️", str(number - 1))] if number > 1 else []
    keys += [_button(poll, _("skip"), "▶️", str(number + 1))] if number < len(topics) else []
    keys += [_button(poll, _("overview"), "📋", "all")] if filling.chosen or number == len(topics) else []
    return BallotPage(lines(*rows), tuple(keys))


def _order(poll: Poll, topics: Sequence[Topic], filling: Filling) -> BallotPage:
    """Return the page that asks for the next place of a ranking."""
    rows = [title(poll), *_so_far(topics, filling)]
    rows += [_("Which of these is next in importance?") if filling.chosen else _("Which topic is the most important?")]
    keys = _topic_buttons(poll, topics, filling)
    if filling.chosen:
        keys += [_button(poll, _("back"), "◀️", "undo"), _button(poll, _("the rest last"), "📋", "all")]
    return BallotPage(lines(*rows), tuple(keys))


def _so_far(topics: Sequence[Topic], filling: Filling) -> list[LazyText]:
    chosen = sorted(filling.chosen, key=lambda pair: pair[1])
    return [
        _("Place {place}: {topics}", place=str(place), topics=[topics[number - 1].text]) for number, place in chosen
    ]


def _list(poll: Poll, topics: Sequence[Topic], filling: Filling) -> BallotPage:
    """Return the page with all topics, to choose one or several."""
    single = filling.method is Method.SINGLE
    rows = [title(poll), _("Choose one topic.") if single else _("Choose all the topics that you approve of.")]
    keys = _topic_buttons(poll, topics, filling)
    keys += [_button(poll, _("overview"), "📋", "all")] if filling.chosen else []
    return BallotPage(lines(*rows), tuple(keys))


def _summary(poll: Poll, topics: Sequence[Topic], filling: Filling) -> BallotPage:
    """Return the page with the whole ballot, to be cast."""
    ballot = filling.ballot
    if ballot is None:
        rows = [title(poll), _("You have not chosen anything yet.")]
        return BallotPage(lines(*rows), (_button(poll, _("change"), "✏️", "again"),))
    rows = [title(poll), *understood(poll, topics, ballot), _("*This does not count yet.* Is it right?")]
    back = _button(poll, _("change"), "✏️", "undo" if filling.method is Method.RANK else "again")
    return BallotPage(lines(*rows), (_button(poll, _("cast the ballot"), "🗳️", "cast"), back))


def _topic_buttons(poll: Poll, topics: Sequence[Topic], filling: Filling) -> list[Choice]:
    """Return a button for each topic. Its action is stored, so it does not depend on what is chosen."""
    chosen = dict(filling.chosen)
    return [
        topic_button(each, f"{BALLOT}:{poll.id}:{each.position}=1", chosen=each.position in chosen) for each in topics
    ]


def _button(poll: Poll, label: LazyText, emoji: str, step: str) -> Choice:
    return Choice(label, emoji, f"{BALLOT}:{poll.id}:{step}")
