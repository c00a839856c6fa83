"""The result of a recorded poll as tables and remarks, in English, for exports and the shell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from bot.text.rounding import half_up
from bot.voting.record import PollRecord
from bot.voting.result import Result, TopicResult
from bot.voting.rules import Method

Table: TypeAlias = list[tuple[str, ...]]
"""Rows of cells; the first row is the header."""


def title(record: PollRecord) -> str:
    """Return which poll it is."""
    return f"Poll {record.poll}: {record.question}" if record.question else f"Poll {record.poll}"


def rules(record: PollRecord) -> str:
    """Return what the poll was counted by."""
    voters = f", voters {record.voters}" if record.voters else ""
    times = [
        f"{name} {at:%Y-%m-%d %H:%M} UTC" for name, at in (("opened", record.opened), ("closed", record.closed)) if at
    ]
    secrecy = "secret" if record.secret else "open"
    counted = f"method {record.method}, weight {record.weight}, quorum {record.quorum}{voters}, ballots {secrecy}"
    return "; ".join((counted, *times))


def outcome(record: PollRecord) -> Result:
    """Return the count of the ballots or, if they are erased, the stored result."""
    return Result.from_json(record.result) if record.result and not record.ballots else record.count()


def result_table(record: PollRecord, result: Result) -> Table:
    """Return a row for each topic in the resulting order, with its mean and place in each city that has ballots."""
    cities = [city for city in record.cities if result.turnout.get(city)]
    points = "Borda" if record.method is Method.RANK else "joint"
    return [("place", "topic", points, "lowest", "raw", *cities), *(_row(each, record) for each in result.topics)]


def _row(topic: TopicResult, record: PollRecord) -> tuple[str, ...]:
    name = f"{topic.topic}. {record.topics[topic.topic - 1]}"
    numbers = map(_decimals, (topic.joint, topic.lowest, topic.raw))
    return (
        str(topic.place),
        name,
        *numbers,
        *(f"{_decimals(topic.by_city[city])} ({topic.place_in[city]})" for city in topic.by_city),
    )


def pairwise_table(result: Result) -> Table:
    """Return, for rank, how much weight prefers the topic of a row to that of a column."""
    numbers = [str(number) for number in range(1, len(result.pairwise) + 1)]
    rows = zip(numbers, result.pairwise, strict=True)
    return [("", *numbers), *((number, *map(_decimals, row)) for number, row in rows)] if numbers else []


def remarks(record: PollRecord, result: Result) -> Iterator[str]:
    """Yield the turnout, and what the table does not show."""
    yield "Ballots: " + ", ".join(f"{city} {number}" for city, number in result.turnout.items())
    if tied := [str(each.topic) for each in result.topics if each.tied]:
        yield f"Tied, for the roundtable to decide: {', '.join(tied)}"
    if divided := [str(each.topic) for each in result.topics if each.divided]:
        yield f"The cities' places differ by three or more: {', '.join(divided)}"
    if result.below_quorum:
        yield f"Below the quorum, so that nothing comes into force: {', '.join(map(str, result.below_quorum))}"
    if record.result and not record.ballots and any(result.turnout.values()):
        yield "The ballots are erased: this is the result that was stored."
    elif record.result:
        same = Result.from_json(record.result) == result
        yield "The stored result is the same." if same else "The stored result is another one."


def _decimals(number: Fraction) -> str:
    """Return a number rounded half up, as on the cards."""
    whole, hundredths = divmod(half_up(number * 100), 100)
    return f"{whole}.{hundredths:02}"
