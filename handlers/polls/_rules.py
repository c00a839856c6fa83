"""The rules of a poll as people read them, on its preview and on its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.dates import When, echo_for_reader
from bot.text.catalogue import LazyText, _, n_
from bot.voting import Method, Weight
from storage import City, Electorate, Poll

OPEN_FOR = timedelta(days=7)
"""How long a poll is open if nobody says."""

METHODS: Mapping[Method, LazyText] = {
    Method.SCORE: _("points from 0 to 5"),
    Method.RANK: _("ranking"),
    Method.APPROVAL: _("approval"),
    Method.SINGLE: _("single choice"),
}
"""The names of the methods."""
_HOW: Mapping[Method, LazyText] = {
    Method.SCORE: _("Give each topic 0 to 5 points; topics left out get 0."),
    Method.RANK: _("Put the topics in order, the most important one first; topics left out are last together."),
    Method.APPROVAL: _("Choose all the topics that you approve of."),
    Method.SINGLE: _("Choose one topic."),
}
WEIGHTS: Mapping[Weight, LazyText] = {
    Weight.CITY: _("One city, one voice, however many people vote there."),
    Weight.PERSON: _("One person, one vote, whatever the city."),
}
VOTERS: Mapping[Electorate, LazyText] = {
    Electorate.ALL: _("everybody in the chats"),
    Electorate.STAFF: _("staff, mayors and coordinators"),
    Electorate.MAYORS: _("the mayors"),
}
TIES = _(
    "If topics are tied, the one whose lowest city score is higher comes first; then the mean of all ballots decides,"
    " then the roundtable."
)


def rules(poll: Poll, cities: Sequence[City]) -> list[LazyText]:
    """Return the rules, a line each; when the poll closes is said by `closing`."""
    rows = [line(poll, cities) for field, line in _LINES.items() if field != "closes_at"]
    return [_("• {rule}", rule=each) for each in (*rows, TIES)]


def changed(before: Poll, after: Poll, cities: Sequence[City]) -> list[LazyText]:
    """Return the rules that differ, as they are now."""
    return [line(after, cities) for field, line in _LINES.items() if getattr(before, field) != getattr(after, field)]


def _quorum(poll: Poll, _cities: Sequence[City]) -> LazyText:
    return n_(
        "The result takes effect if at least {n} person votes in each city.",
        "The result takes effect if at least {n} people vote in each city.",
        poll.quorum,
    )


def _secrecy(poll: Poll, _cities: Sequence[City]) -> LazyText:
    if poll.secret:
        return _("Secret ballot: nobody sees who voted how. Please vote in private.")
    return _("Open ballot: the record shows who voted how.")


def _results(poll: Poll, _cities: Sequence[City]) -> LazyText:
    return _("The count is shown while people vote.") if poll.live else _("The count is shown after the close.")


def closing(poll: Poll, cities: Sequence[City]) -> LazyText:
    """Return when a poll closes: the time in every city, the reader's own first."""
    if poll.closes_at is None:
        return _("*Closes:* {time} after it is published", time=OPEN_FOR)
    when = When(poll.closes_at, None, "UTC", timed=True)
    return _("*Closes:* {times}", times=echo_for_reader(when, [(city.name, city.zone) for city in cities]))


_LINES: Mapping[str, Callable[[Poll, Sequence[City]], LazyText]] = {
    "method": lambda poll, _cities: _HOW[poll.method],
    "weight": lambda poll, _cities: WEIGHTS[poll.weight],
    "quorum": _quorum,
    "voters": lambda poll, _cities: _("Who may vote: {who}.", who=VOTERS[poll.voters]),
    "secret": _secrecy,
    "live": _results,
    "closes_at": closing,
}
"""The line for each rule, by the field of `Poll`."""
