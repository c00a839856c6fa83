"""The result of a recorded poll as tables and remarks, for exports and the shell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from bot.text.catalogue import LazyText, _, lines
from bot.voting.record import PollRecord
from bot.voting.result import Result, TopicResult
from bot.voting.rules import Method, Weight

Row: TypeAlias = tuple[LazyText | str, ...]
Table: TypeAlias = list[Row]
"""Rows of cells; the first row is the header."""

_METHODS = {
    Method.SCORE: _("method score"),
    Method.RANK: _("method rank"),
    Method.APPROVAL: _("method approval"),
    Method.SINGLE: _("method single"),
}
_WEIGHTS = {Weight.CITY: _("weight city"), Weight.PERSON: _("weight person")}
_VOTERS = {"all": _("voters all"), "staff": _("voters staff"), "mayors": _("voters mayors")}


def title(record: PollRecord) -> LazyText:
    """Return which poll it is."""
    number = str(record.poll)
    if record.question:
        return _("Poll {number}: {question}", number=number, question=record.question)
    return _("Poll {number}", number=number)


def rules(record: PollRecord) -> LazyText:
    """Return what the poll was counted by."""
    parts = [_METHODS[record.method], _WEIGHTS[record.weight], _("quorum {n}", n=record.quorum)]
    parts += [_VOTERS[record.voters]] if record.voters in _VOTERS else []
    parts.append(_("ballots secret") if record.secret else _("ballots open"))
    times = [_("opened {when}", when=record.opened)] if record.opened else []
    times += [_("closed {when}", when=record.closed)] if record.closed else []
    return lines(lines(*parts, by=", "), *times, by="; ")


def outcome(record: PollRecord) -> Result:
    """Return the count of the ballots or, if they are erased, the stored result."""
    return Result.from_json(record.result) if record.result and not record.ballots else record.count()


def result_table(record: PollRecord, result: Result) -> Table:
    """Return a row for each topic in the resulting order, with its mean and place in each city that has ballots."""
    cities = [city for city in record.cities if result.turnout.get(city)]
    points = _("Borda") if record.method is Method.RANK else _("joint")
    header: Row = (_("place"), _("topic"), points, _("lowest"), _("raw"), *cities)
    return [header, *(_row(each, record) for each in result.topics)]


def _row(topic: TopicResult, record: PollRecord) -> Row:
    name = f"{topic.topic}. {record.topics[topic.topic - 1]}"
    numbers = map(_decimals, (topic.joint, topic.lowest, topic.raw))
    shares = (
        LazyText("{points} ({place})", params={"points": topic.by_city[city], "place": str(topic.place_in[city])})
        for city in topic.by_city
    )
    return (str(topic.place), name, *numbers, *shares)


def pairwise_table(result: Result) -> Table:
    """Return, for rank, how much weight prefers the topic of a row to that of a column."""
    numbers = [str(number) for number in range(1, len(result.pairwise) + 1)]
    rows = zip(numbers, result.pairwise, strict=True)
    preferred: Table = [(number, *map(_decimals, row)) for number, row in rows]
    return [("", *numbers), *preferred] if numbers else []


def remarks(record: PollRecord, result: Result) -> Iterator[LazyText]:
    """Yield the turnout, and what the table does not show."""
    turnout = [LazyText("{city} {n}", params={"city": str(city), "n": n}) for city, n in result.turnout.items()]
    yield _("Ballots: {cities}", cities=lines(*turnout, by=", "))
    if tied := [str(each.topic) for each in result.topics if each.tied]:
        yield _("Tied, for the roundtable to decide: {topics}", topics=", ".join(tied))
    if divided := [str(each.topic) for each in result.topics if each.divided]:
        yield _("The cities' places differ by three or more: {topics}", topics=", ".join(divided))
    if result.below_quorum:
        cities = ", ".join(map(str, result.below_quorum))
        yield _("Below the quorum, so that nothing comes into force: {cities}", cities=cities)
    if record.result and not record.ballots and any(result.turnout.values()):
        yield _("The ballots are erased: this is the result that was stored.")
    elif record.result:
        same = Result.from_json(record.result) == result
        yield _("The stored result is the same.") if same else _("The stored result is another one.")


def _decimals(number: Fraction) -> LazyText:
    """Return a number rounded half up, as on the cards."""
    return LazyText("{number}", params={"number": number})
