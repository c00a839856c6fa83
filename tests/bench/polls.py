"""Polls with thousands of voters in 40 chats, with Telegram's limits on."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from time import monotonic
from typing import Any, TypeAlias

from bot.sandbox.telegram import EmulatedTelegram
from tests.bench.constituency import EDITS, Constituency, InGroupVoter, ShownPost, Voter, constituency, median
from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground
from tests.bench.size import memory
from tests.bench.volume import WatchedLimits

VOTERS, PAIRS = 5_000, 20
RATE = 0.25  # votes per second and chat
TOPICS = ("Klimaschutz", "Schulen", "Verkehr", "Wohnen")
_SIGNS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣")
_RESPONSE = "org.matrix.msc3381.poll.response"
_SHARE = re.compile(r"\d[.,]\d\d")
_ROUNDED = Fraction(1, 200)
_LATE = 120.0  # seconds for the last state to be shown everywhere
_LOOK = 0.5  # seconds between two looks at the database

Chosen: TypeAlias = tuple[int, ...]
"""Numbers of topics, from 1."""


@dataclass
class BenchPoll:
    """A poll as it is shown in the chats, and what was voted."""

    number: int
    question: str
    cards: dict[str, ShownPost] = field(default_factory=dict)
    natives: dict[str, ShownPost] = field(default_factory=dict)
    cast: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By city, how many cast which ballot."""
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds until a vote was acknowledged, by the way it was cast."""

    def shares(self, topic: int) -> list[Fraction]:
        """Return the joint share of a topic, that of each city, and that of all ballots."""
        votes = {
            city: sum(count for ballot, count in cast.items() if str(topic) in ballot.split())
            for city, cast in self.cast.items()
        }
        cities = [Fraction(votes[city], cast.total()) for city, cast in sorted(self.cast.items(), reverse=True)]
        whole = sum(cast.total() for cast in self.cast.values())
        return [sum(cities, Fraction()) / len(cities), *cities, Fraction(sum(votes.values()), whole)]


async def polls(ground: Ground) -> AsyncIterator[Figure]:
    """Make everybody vote by buttons, reactions and texts, and in the next poll by native votes and texts."""
    voters, pairs = (120, 4) if ground.quick else (VOTERS, PAIRS)
    telegram = EmulatedTelegram()
    telegram.limits = WatchedLimits()
    async with ground.world(pairs, telegram=telegram) as world, constituency(world, voters, voters // 5) as people:
        await world.start()
        for number, (method, vote) in enumerate((("zustimmung", _approve), ("einzeln", _choose)), 1):
            poll = BenchPoll(number, f"Woran arbeiten wir zuerst ({method})?")
            await _publish(people, poll, method)
            async for figure in _held(people, poll, vote):
                yield figure
        yield at_most("  answered 429", sum(telegram.stats.too_many.values()), 0, "calls")
        yield at_most("  resident memory with all that", memory(world), 200, "MB")


async def _publish(people: Constituency, poll: BenchPoll, method: str) -> None:
    """Make a poll as Anna, and wait for its card in every chat."""
    world = people.world
    group, chat = world.pairs[0].group, str(world.pairs[0].group.id)
    items = "\n".join(f"- {topic}" for topic in TOPICS)
    world.telegram.say(group, world.person, f"/umfrage {poll.question}\nverfahren: {method}\n{items}")
    async with asyncio.timeout(_LATE):
        await people.news.until(lambda: people.newest(chat, lambda post: poll.question in post.text) is not None)
    world.telegram.say(group, world.person, f"/umfrage {poll.number} veröffentlichen")
    poll.cards = await people.everywhere(lambda post: _is_card(post, poll))
    if method == "einzeln":
        poll.natives = await people.everywhere(lambda post: post.poll and poll.question in post.text)


def _is_card(post: ShownPost, poll: BenchPoll) -> bool:
    return poll.question in post.text and not post.poll and post.text.startswith("🗳️")


async def _held(
    people: Constituency,
    poll: BenchPoll,
    vote: Callable[[Constituency, BenchPoll, Voter, Chosen, bool], Coroutine[Any, Any, None]],
) -> AsyncIterator[Figure]:
    """Make everybody vote at the rate, then close the poll."""
    random, begin = Random(poll.number), monotonic()  # noqa: S311 - a reproducible sequence
    voters = random.sample(people.voters, len(people.voters))
    async with asyncio.TaskGroup() as group:
        for number, voter in enumerate(voters):
            chosen = tuple(
                sorted(random.sample(range(1, len(TOPICS) + 1), 1 if vote is _choose else random.choice((1, 2))))
            )
            poll.cast[people.city(voter)][" ".join(map(str, chosen))] += 1
            group.create_task(vote(people, poll, voter, chosen, random.random() < 0.2))
            await asyncio.sleep(max(0.0, begin + number / (RATE * len(poll.cards)) - monotonic()))
    yield known(f"{len(voters)} voters in {len(poll.cards)} chats", monotonic() - begin, "s")
    for way, waits in sorted(poll.waits.items()):
        yield at_most(f"  {len(waits)} {way} acknowledged: median", median(waits), 1, "s")
        yield known("    the slowest", max(waits), "s")
    begin = monotonic()
    wrong = await _stored(people, poll)
    yield Figure("  ballots stored wrongly", str(wrong), "0", not wrong, broken=wrong > 0)
    late = await _shown(people, poll)
    yield Figure("  cards that do not show the last state", str(late), "0", not late, broken=late > 0)
    yield known("    after the last vote", monotonic() - begin, "s")
    cards = poll.cards.values()
    yield at_most(f"  cards edited oftener than every {EDITS:g} s", sum(not each.allowed for each in cards), 0, "cards")
    yield known("    edits of one card, at most", max(len(each.times) - 1 for each in cards), "edits")
    yield known("    the shortest time between two", min(each.shortest for each in cards), "s")
    yield known("  closed: the result in all chats", await _closed(people, poll), "s")


async def _approve(people: Constituency, poll: BenchPoll, voter: Voter, chosen: Chosen, typed: bool) -> None:
    """Press the buttons of topics, or react with their numbers; or type."""
    if typed:
        await _type(people, poll, voter, chosen)
        return
    card = poll.cards[people.chat(voter)]
    for topic in chosen:
        if isinstance(voter, InGroupVoter):
            begin = monotonic()
            await people.world.telegram.press(voter.group, voter.person, int(card.id), card.data[topic - 1])
            poll.waits["presses"].append(monotonic() - begin)
        else:
            await voter.human.react(voter.room, card.id, _SIGNS[topic - 1])


async def _choose(people: Constituency, poll: BenchPoll, voter: Voter, chosen: Chosen, typed: bool) -> None:
    """Vote in the native poll, or type."""
    if typed:
        await _type(people, poll, voter, chosen)
        return
    native, (topic,) = poll.natives[people.chat(voter)], chosen
    if isinstance(voter, InGroupVoter):
        people.world.telegram.vote(voter.group, voter.person, int(native.id), topic - 1)
    else:
        about = {"rel_type": "m.reference", "event_id": native.id}
        content = {_RESPONSE: {"answers": [str(topic - 1)]}, "m.relates_to": about}
        await voter.human.send_raw(voter.room, _RESPONSE, content)


async def _type(people: Constituency, poll: BenchPoll, voter: Voter, chosen: Chosen) -> None:
    ballot = " ".join(map(str, chosen))
    begin = monotonic()
    if isinstance(voter, InGroupVoter):
        said = people.world.telegram.say(voter.group, voter.person, f"/stimme {poll.number} {ballot}")
        id = str(said["message_id"])
    else:
        id = await voter.human.say(voter.room, f"!vote {poll.number} {ballot}")
    poll.waits["texts"].append(await people.sign(people.chat(voter), id) - begin)


async def _stored(people: Constituency, poll: BenchPoll) -> int:
    """Wait until the ballots in the database are those that were cast; return how many are not."""
    wrong, end = -1, monotonic() + _LATE
    while wrong and monotonic() < end:
        async with people.world.store() as store:
            (dialogue,) = [each for each in await store.dialogues.all() if await store.polls.of_dialogue(each.id)]
            found = await store.polls.numbered(dialogue.id, poll.number)
            tallied = await store.ballots.tallied(found) if found else {}
        stored = {city.name: Counter(tallied.get(city.id, {})) for city in dialogue.cities}
        wrong = sum(((stored[city] - cast) + (cast - stored[city])).total() for city, cast in poll.cast.items())
        await asyncio.sleep(_LOOK if wrong else 0)
    return wrong


async def _shown(people: Constituency, poll: BenchPoll) -> int:
    """Wait until every card shows what was cast; return how many do not."""

    def late() -> int:
        return sum(not all(_shows(card, poll, topic) for topic in range(1, 5)) for card in poll.cards.values())

    try:
        async with asyncio.timeout(_LATE):
            await people.news.until(lambda: not late())
    except TimeoutError:
        print(next(iter(poll.cards.values())).text)
    return late()


def _shows(card: ShownPost, poll: BenchPoll, topic: int) -> bool:
    """Whether a card shows the shares of a topic, and how many have voted in each city."""
    (line, *_) = [each for each in card.text.splitlines() if f" {TOPICS[topic - 1]}: " in each] or [""]
    shown = [Fraction(each.replace(",", ".")) for each in _SHARE.findall(line)]
    exact = poll.shares(topic)
    right = len(shown) == len(exact) and all(
        abs(each - share) <= _ROUNDED for each, share in zip(shown, exact, strict=True)
    )
    numbers = card.text.replace(",", "").replace(".", "")
    return right and all(f"{city}: {cast.total()} " in numbers for city, cast in poll.cast.items())


async def _closed(people: Constituency, poll: BenchPoll) -> float:
    """Close the poll; return the seconds until its result is in every chat."""
    world, before, begin = people.world, set(people.posts), monotonic()
    world.telegram.say(world.pairs[0].group, world.person, f"/umfrage {poll.number} schließen")
    await people.everywhere(lambda post: (post.chat, post.id) not in before and poll.question in post.text)
    return monotonic() - begin
