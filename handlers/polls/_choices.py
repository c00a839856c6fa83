"""The buttons under the card of a poll, by which people vote."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.checks import NUMBERS
from bot.text.catalogue import LazyText, _
from bot.text.excerpts import shortened
from bot.voice import Choice
from bot.voting import Method
from handlers.polls import _native
from handlers.polls._posts import TOPIC, VOTE
from storage import Poll, Topic

SIGNS = (*NUMBERS, "🕚", "🕛")
"""The sign of each topic: no emoji shows 11 or 12, except the clock."""
LONGEST = 32
"""Characters of a topic on a button."""


def buttons(poll: Poll, topics: Sequence[Topic]) -> tuple[Choice, ...]:
    """Return the buttons to vote with: one for each topic where people may see each other's choice, else a ballot.

    They may if ballots are open and results live, as reactions can be counted by everybody. Single choice is voted on
    in native polls then.
    """
    if not poll.is_open or _native.is_native(poll):
        return ()
    if poll.method is Method.APPROVAL and poll.live and not poll.secret:
        return tuple(topic_button(each, f"{TOPIC}:{poll.id}:{each.position}") for each in topics)
    return (vote_button(poll),)


def vote_button(poll: Poll) -> Choice:
    """Return the button that opens the private ballot."""
    return Choice(_("vote"), "🗳️", f"{VOTE}:{poll.id}")


def topic_button(topic: Topic, action: str, *, chosen: bool = False) -> Choice:
    """Return the button of a topic, with a mark if it is chosen."""
    name = LazyText("{topic}", params={"topic": shortened(topic.text, LONGEST)})
    label = LazyText("✓ {topic}", params={"topic": name}) if chosen else name
    return Choice(label, SIGNS[(topic.position or 1) - 1], action)
