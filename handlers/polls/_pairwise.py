"""The table of a ranking: how often each topic is preferred to each other one."""

from __future__ import annotations

from collections.abc import Iterator

from bot.model import Pre
from bot.text.catalogue import LazyText, _, lines
from bot.text.rounding import half_up
from bot.voting import Result, Weight
from storage import Poll

MOST_PERCENT = 9
"""Topics for which a table of percentages is narrow enough for a phone; for more it shows who wins."""


def table(poll: Poll, result: Result) -> list[LazyText]:
    """Return the table with its title, in the order of the result; nothing if it was no ranking, or without ballots."""
    weights = [number if poll.weight == Weight.PERSON else 1 for number in result.turnout.values() if number]
    if not result.pairwise or not weights:
        return []
    signs = len(result.topics) > MOST_PERCENT
    meaning = (
        _("*In pairs:* + the topic of the row wins against that of the column, – it loses, = they tie")
        if signs
        else _("*In pairs:* percent who prefer the topic of the row to that of the column")
    )
    rows = "\n".join(_rows(result, None if signs else sum(weights)))
    return [lines(meaning, LazyText("{table}", params={"table": Pre(rows)}))]


def _rows(result: Result, weight: int | None) -> Iterator[str]:
    order = [each.topic for each in result.topics]
    width = 3 if weight is None else 4
    yield " " * 2 + "".join(f"{number:>{width}}" for number in order)
    for a in order:
        cells = ["·" if a == b else _cell(result, a, b, weight) for b in order]
        yield f"{a:>2}" + "".join(f"{cell:>{width}}" for cell in cells)


def _cell(result: Result, a: int, b: int, weight: int | None) -> str:
    """Return in percent of the weight of all ballots, or by a sign, how a topic does against another."""
    ours, theirs = result.pairwise[a - 1][b - 1], result.pairwise[b - 1][a - 1]
    if weight is None:
        return "=" if ours == theirs else "+" if ours > theirs else "–"
    return str(half_up(100 * ours / weight))
