"""The result of a poll, as it is counted and as people read it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.excerpts import shortened
from bot.voting import HIGHEST, CityKey, Method, Result, TopicResult, count, read_profile
from handlers.polls import _pairwise, _turnout
from storage import Poll, Store, Topic

MOST_CITIES = 6
"""Cities that a tally shows one by one."""
LONGEST_TOPIC = 70
"""Characters of a topic in a tally, below the list with the whole ones."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The result of a poll, final or so far, with what it takes to show it.

    `cities`: the names by the keys of the result. `unreadable`: native votes that could not be decrypted.
    """

    poll: Poll
    topics: Sequence[Topic]
    cities: Mapping[CityKey, str]
    result: Result
    unreadable: int = 0

    def topic(self, each: TopicResult) -> str:
        """Return the text of a topic."""
        return self.topics[each.topic - 1].text

    @property
    def shown_cities(self) -> Sequence[CityKey]:
        """The cities that are shown one by one, if there are not too many."""
        voted = [key for key in self.result.turnout if self.result.turnout[key]]
        return voted if 1 < len(voted) <= MOST_CITIES else []


@dataclass(frozen=True, slots=True)
class Uncounted:
    """The ballots of a poll, as they were read in one transaction."""

    poll: Poll
    topics: Sequence[Topic]
    cities: Mapping[int, str]
    ballots: Mapping[int, Mapping[str, int]]
    unreadable: int

    async def counted(self) -> Standing:
        """Return the result; thousands of ballots are counted in a thread, so that nobody waits for them."""
        cities = dict[CityKey, str](self.cities.items())
        return Standing(self.poll, self.topics, cities, await asyncio.to_thread(self._count), self.unreadable)

    def _count(self) -> Result:
        poll, topics = self.poll, len(self.topics)
        method, weight = poll.method, poll.weight
        return count(
            read_profile(method, weight, topics=topics, quorum=poll.quorum, cities=self.cities, texts=self.ballots)
        )


async def ballots(store: Store, poll: Poll) -> Uncounted:
    """Return the ballots of a poll, of the cities of its dialogue and of those that have left it since."""
    topics, cast = await store.polls.topics(poll.id), await store.ballots.tallied(poll)
    unreadable = await store.native_votes.unreadable(poll.native_id) if poll.native_id else 0
    dialogue = await store.dialogues.get(poll.dialogue_id)
    cities = {each.id: each.name for each in dialogue.cities}
    if cast.keys() - cities.keys():
        cities |= {each.id: each.name for each in await store.cities.all() if each.id in cast}
    return Uncounted(poll, topics, cities, cast, unreadable)


async def standing(store: Store, poll: Poll) -> Standing:
    """Return the result of a closed poll as it was, or that of an open one so far."""
    if poll.result is None:
        return await (await ballots(store, poll)).counted()
    cities: dict[CityKey, str] = {each.id: each.name for each in await store.cities.all()}
    result = Result.from_json(poll.result)
    return Standing(poll, await store.polls.topics(poll.id), cities, result, poll.result["unreadable"])


def to_json(standing: Standing) -> dict[str, Any]:
    """Return what a closed poll keeps, from which `standing` is made again."""
    return {**standing.result.to_json(), "unreadable": standing.unreadable}


def closed(standing: Standing, replaced: Poll | None = None) -> LazyText:
    """Return the whole result of a closed poll. `replaced`: the poll whose order was in force until then."""
    poll = standing.poll
    rows = [_("🏁 *Poll {number} is closed: {question}*", number=str(poll.number), question=poll.question)]
    rows += effect(standing, replaced)
    if _voted(standing):
        rows += [_("*Order* ({scale})", scale=scale(standing))]
        rows += [_detailed(standing, each) for each in standing.result.topics]
    return lines(*rows, *remarks(standing), *_pairwise.table(poll, standing.result))


def effect(standing: Standing, replaced: Poll | None = None) -> list[LazyText]:
    """Return whether the order of a closed poll is in force and, if not, why."""
    if not _voted(standing):
        return [_("Nobody has voted, so nothing comes into force.")]
    missing = [
        n_(
            "{city} ({number} of {n} ballot)",
            "{city} ({number} of {n} ballots)",
            standing.poll.quorum,
            city=standing.cities[each],
            number=standing.result.turnout[each],
        )
        for each in standing.result.below_quorum
    ]
    if missing:
        return [_("⚠️ *Nothing comes into force*, as too few have voted in {cities}.", cities=missing)]
    rows = [_("✅ *This order has come into force.*")]
    if replaced:
        number, question = str(replaced.number), replaced.question
        rows.append(_("It replaces that of poll {number}, “{question}”.", number=number, question=question))
    return rows


def ranked(standing: Standing) -> list[LazyText]:
    """Return the topics in the resulting order, each with its joint points."""
    return [_joint(standing, each) for each in standing.result.topics]


def tally(standing: Standing, *, brief: bool = False) -> list[LazyText]:
    """Return the count so far, a line for each topic; `brief`: by their numbers, and without the cities."""
    if not _voted(standing):
        return []
    rows = [_("*Count so far* ({scale})", scale=scale(standing))]
    rows += [_brief(each) if brief else _with_cities(standing, each) for each in standing.result.topics]
    if any(each.divided for each in standing.result.topics):
        rows.append(_("⚠️ The cities differ by 3 places or more."))
    return rows


def _brief(each: TopicResult) -> LazyText:
    row = _("{place}. Topic {number}: *{joint}*", place=str(each.place), number=str(each.topic), joint=each.joint)
    return _flagged(row) if each.divided else row


def _with_cities(standing: Standing, each: TopicResult) -> LazyText:
    parts = lines(*_by_city(standing, each), *_raw(each), by=" · ")
    row = LazyText("{row} – {parts}", params={"row": _joint(standing, each), "parts": parts})
    return _flagged(row) if each.divided else row


def _flagged(row: LazyText) -> LazyText:
    return LazyText("{row} ⚠️", params={"row": row})


def remarks(standing: Standing) -> list[LazyText]:
    """Return what people have to know to read a result."""
    rows = []
    if tied := [each.topic for each in standing.result.topics if each.tied] if _voted(standing) else []:
        topics = [f"{number}" for number in sorted(tied)]
        rows.append(_("⚖️ By the rules, these topics are tied, and the roundtable decides: {topics}", topics=topics))
    turnout = [
        LazyText("{city} {number}", params={"city": standing.cities[key], "number": number})
        for key, number in standing.result.turnout.items()
    ]
    rows.append(_("*Turnout:* {cities}", cities=lines(*turnout, by=" · ")))
    return [*rows, *_turnout.warning(standing.poll), *unreadable(standing)]


def unreadable(standing: Standing) -> list[LazyText]:
    """Return how many ballots could not be read, if any."""
    number = standing.unreadable
    return [n_("⚠️ {n} ballot is unreadable.", "⚠️ {n} ballots are unreadable.", number)] if number else []


def scale(standing: Standing) -> LazyText:
    """Return what the numbers mean."""
    match standing.poll.method:
        case Method.SCORE:
            return _("mean points, 0 to {highest}", highest=HIGHEST)
        case Method.RANK:
            return _("places by Schulze, points by Borda, 0 to {highest}", highest=len(standing.topics) - 1)
    return _("share of the ballots, 0 to 1")


def _voted(standing: Standing) -> bool:
    return any(standing.result.turnout.values())


def _joint(standing: Standing, each: TopicResult) -> LazyText:
    topic = shortened(standing.topic(each), LONGEST_TOPIC)
    return LazyText(
        "{place}. {topic}: *{joint}*", params={"place": str(each.place), "topic": topic, "joint": each.joint}
    )


def _detailed(standing: Standing, each: TopicResult) -> LazyText:
    """Return all about one topic, its number in brackets as the ballots have it."""
    head = _(
        "{place}. *{topic}* (topic {number}): *{joint}*",
        place=str(each.place),
        topic=standing.topic(each),
        number=str(each.topic),
        joint=each.joint,
    )
    parts = [*_by_city(standing, each), _("lowest city {mean}", mean=each.lowest), *_raw(each)]
    return lines(
        head, lines(*parts, by=" · "), *([_("⚠️ The cities differ by 3 places or more.")] if each.divided else [])
    )


def _by_city(standing: Standing, each: TopicResult) -> list[LazyText]:
    return [
        _(
            "{city} {mean} (place {place})",
            city=standing.cities[key],
            mean=each.by_city[key],
            place=str(each.place_in[key]),
        )
        for key in standing.shown_cities
    ]


def _raw(each: TopicResult) -> list[LazyText]:
    return [_("all ballots {mean}", mean=each.raw)]
