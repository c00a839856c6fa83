"""The polls of a meeting, with their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.documents import BodyText, Content, Heading, Part, Table
from bot.text.catalogue import LazyText, LocaleContext, _
from bot.voice import words
from bot.voting import HIGHEST, Method, Result, TopicResult

MOST_CITIES = 5
"""Cities that have a column of their own."""


def parts(polls: Sequence[Mapping[str, Any]], reader: LocaleContext) -> Iterator[Part]:
    """Yield the polls of minutes (see `_content`) for a reader; nothing if there are none."""
    if polls:
        yield Heading(words(_("Votes"), reader))
    for poll in polls:
        heading = _("Poll {number}: {question}", number=str(poll["number"]), question=poll["question"])
        yield Heading(words(heading, reader), 2)
        result = Result.from_json(poll["result"]) if poll["result"] else None
        yield BodyText(words(_outcome(poll, result), reader))
        if result and any(result.turnout.values()):
            yield _table(poll, result, reader)
            yield BodyText(words(_turnout(poll, result), reader), small=True)


def _outcome(poll: Mapping[str, Any], result: Result | None) -> LazyText:
    if result is None:
        return _("The poll was still open at the end of the meeting.")
    if not any(result.turnout.values()):
        return _("Nobody voted, so there is no result.")
    if result.below_quorum:
        return _("No valid result: too few votes in {cities}.", cities=[str(each) for each in result.below_quorum])
    return _("The order is in force.") if poll["in_force"] else _("The result is valid.")


def _table(poll: Mapping[str, Any], result: Result, reader: LocaleContext) -> Table:
    voted = [str(city) for city, number in result.turnout.items() if number]
    cities = voted if 1 < len(voted) <= MOST_CITIES else []
    header = [words(each, reader) for each in (_("Rank"), _("Topic"), _("Together"))]
    rows = [_row(poll, each, cities, reader) for each in result.topics]
    return Table([*header, *cities], rows, (9, 40, 17, *[17] * len(cities)))


def _row(poll: Mapping[str, Any], topic: TopicResult, cities: Sequence[str], reader: LocaleContext) -> list[Content]:
    means = [topic.joint, *(topic.by_city[city] for city in cities)]
    numbers = [words(LazyText("{mean}", params={"mean": each}), reader) for each in means]
    return [str(topic.place), str(poll["topics"][topic.topic - 1]), *numbers]


def _turnout(poll: Mapping[str, Any], result: Result) -> LazyText:
    cities = [
        LazyText("{city} {number}", params={"city": str(city), "number": number})
        for city, number in result.turnout.items()
    ]
    return _("Ballots: {cities}. Shown: {scale}.", cities=cities, scale=_scale(poll))


def _scale(poll: Mapping[str, Any]) -> LazyText:
    match Method(poll["method"]):
        case Method.SCORE:
            return _("mean points, 0 to {highest}", highest=HIGHEST)
        case Method.RANK:
            return _("places by Schulze, points by Borda, 0 to {highest}", highest=len(poll["topics"]) - 1)
    return _("share of the ballots, 0 to 1")
