"""People who vote again and again, on both messengers, while the bot may be killed at any moment."""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.clock import utc_now
from bot.model import Account, MessengerName, Role
from bot.sandbox.matrix_client import RawEvent
from bot.signer import Signer
from bot.voting import Ballot, Method, Result, VotingProfile, count, read_ballot, write_ballot
from storage import Poll, PollState, Store, Voter
from tests.system.harness import Pair, SystemWorld

TOPICS = ("Bridges", "Heat", "Trees")
LIMIT = 120
"""Seconds that anything may take while others keep the machine busy."""


@dataclass(eq=False)
class SystemVoter:
    """Somebody who votes: how they type, and all they have typed, newest last."""

    account: Account
    type: Callable[[str], Awaitable[object]]
    typed: list[str] = field(default_factory=list)

    async def vote(self, number: int, dice: random.Random) -> None:
        """Type a ballot, or sometimes take it back."""
        points = tuple(dice.randint(0, 5) for _topic in TOPICS)
        ballot = write_ballot(points, Method.SCORE) if any(points) and dice.random() < 0.9 else ""
        self.typed.append(ballot)
        await self.type(f"vote {number} {ballot or 'none'}")

    @property
    def ballot(self) -> str | None:
        """What they have typed last, None if nothing is to count."""
        return (self.typed or [""])[-1] or None


@dataclass(eq=False)
class StormyPolls:
    """One poll after the other in the dialogue of a pair of chats; secret ones are voted on in private."""

    world: SystemWorld
    pair: Pair
    people: list[SystemVoter]
    dice: random.Random
    kills: int = 0

    async def hold(self, *, secret: bool, rounds: int, kills: int) -> None:
        """Hold a poll: vote for some rounds, vote and close at the same time, all with so many kills of the bot."""
        for each in self.people:
            each.typed.clear()
        voting = [each for each in self.people if not secret or each.account.messenger is MessengerName.TELEGRAM]
        poll = await self._publish(secret=secret)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._vote(voting, poll, rounds))
            group.create_task(self._kill(kills - 1))
        await self._until(lambda store: self._is_all_there(store, poll, voting), "the last ballot of everybody counts")
        async with asyncio.TaskGroup() as group:
            group.create_task(self._vote(voting, poll, 1))
            group.create_task(self._close(poll))
            group.create_task(self._kill(1))
        await self._until(partial(_is_closed, poll=poll), "the poll is closed")
        await self._check(poll, voting)
        await self._check_posts(poll)

    async def _publish(self, *, secret: bool) -> Poll:
        asked = "What first?\n" + "\n".join(f"- {each}" for each in TOPICS) + ("\nballot: secret" if secret else "")
        before = await self._read(lambda store: store.polls.open())
        self._coordinate(f"poll {asked}")
        async with self.world.store() as store:
            (dialogue,) = await store.dialogues.all()
        await self._until(partial(_has_draft, dialogue_id=dialogue.id), "the poll is drafted")
        number = max(each.number for each in await self._read(lambda store: store.polls.of_dialogue(dialogue.id)))
        self._coordinate(f"poll {number} publish")
        await self._until(partial(_is_open, dialogue_id=dialogue.id, number=number), "the poll is published")
        (poll,) = [each for each in await self._read(lambda store: store.polls.open()) if each not in before]
        return poll

    async def _vote(self, voting: list[SystemVoter], poll: Poll, rounds: int) -> None:
        for _round in range(rounds):
            for each in self.dice.sample(voting, len(voting)):
                await each.vote(poll.number, self.dice)
                await asyncio.sleep(self.dice.uniform(0, 0.1))

    async def _close(self, poll: Poll) -> None:
        await asyncio.sleep(self.dice.uniform(0, 0.2))
        self._coordinate(f"poll {poll.number} close")

    async def _kill(self, kills: int) -> None:
        for _kill in range(kills):
            await asyncio.sleep(self.dice.uniform(0.05, 0.8))
            await self.world.bot.kill()
            await self.world.bot.start(LIMIT)
            self.kills += 1

    def _coordinate(self, text: str) -> None:
        self.world.telegram.say(self.pair.group, self.world.person, f"/{text}")

    async def _is_all_there(self, store: Store, poll: Poll, voting: list[SystemVoter]) -> bool:
        expected = {each.account: each.ballot for each in voting if each.ballot}
        return await self._ballots(store, poll, voting) == expected

    async def _ballots(self, store: Store, poll: Poll, voting: list[SystemVoter]) -> dict[Account, str]:
        """Return what counts for each of them."""
        signer = Signer(hashlib.sha256(self.world.settings["SECRET_KEY"].encode()).digest())
        found = {}
        for each in voting:
            person = await store.people.by_account(each.account)
            voter: Voter = (signer.voter(poll.id, person.id) if poll.secret else person.id) if person else ""
            if ballot := await store.ballots.of(poll, voter):
                found[each.account] = ballot
        return found

    async def _check(self, poll: Poll, voting: list[SystemVoter]) -> None:
        """Check that the result is that of the ballots, that each is one of its voter's last two, and stays so."""
        await self.world.outbox_empty(LIMIT * 5)
        async with self.world.store() as store:
            closed = await store.polls.get(poll.id)
            counting = await self._ballots(store, closed, voting)
            cast = await store.ballots.all(closed)
            dialogue = await store.dialogues.get(closed.dialogue_id)
        assert Counter(each.ballot for each in cast) == Counter(counting.values()), "no ballot of anybody else"
        for each in voting:
            last_two = {ballot or None for ballot in each.typed[-2:]}
            assert counting.get(each.account) in last_two, (each.account, each.typed, counting.get(each.account))
        ballots: dict[int | str, Counter[Ballot]] = {city.id: Counter() for city in dialogue.cities}
        for one in cast:
            read = read_ballot(one.ballot, Method.SCORE, len(TOPICS))
            assert read
            ballots[one.city_id][read] += 1
        cities = tuple(city.id for city in dialogue.cities)
        profile = VotingProfile(closed.method, closed.weight, len(TOPICS), closed.quorum, cities, ballots)
        assert closed.result
        assert Result.from_json(closed.result) == count(profile)

    async def _check_posts(self, poll: Poll) -> None:
        """Check that the result was posted once in each chat, and that no close is left to do."""
        here = self.world.telegram.messages(self.pair.group)
        there = await self.world.resident.human.messages(self.pair.room)  # the newest only
        heads = (f"🏁 Umfrage {poll.number} ", f"🏁 Poll {poll.number} ")
        posted = [message for message in here if message.get("text", "").startswith(heads)]
        said = [event for event in there if _is_post(event, self.world.bot_id, heads)]
        assert (len(posted), len(said)) == (1, 1), (poll.number, posted, said)
        async with self.world.store() as store:
            assert [job for job in await store.jobs.all() if job.kind == "poll close"] == []

    async def _read(self, read: Callable[[Store], Awaitable[list[Poll]]]) -> list[Poll]:
        async with self.world.store() as store:
            return await read(store)

    async def _until(self, holds: Callable[[Store], Awaitable[bool]], what: str) -> None:
        with _explained(self.world, what):
            async with asyncio.timeout(LIMIT):
                while True:
                    async with self.world.store() as store:
                        if await holds(store):
                            return
                    await asyncio.sleep(0.1)  # another process's database offers no event


@contextmanager
def _explained(world: SystemWorld, what: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise AssertionError(f"not within {LIMIT} s: {what}\n{world.bot.log_tail(60)}") from None


def _is_post(event: RawEvent, sender: str, heads: tuple[str, ...]) -> bool:
    """Whether an event is a post with such a head, and not its edit."""
    content = event["content"]
    mine = event["type"] == "m.room.message" and event["sender"] == sender and "m.relates_to" not in content
    return mine and str(content.get("body", "")).replace("*", "").startswith(heads)


async def _has_draft(store: Store, dialogue_id: int) -> bool:
    polls = await store.polls.of_dialogue(dialogue_id)
    return bool(polls) and polls[0].state is PollState.DRAFT


async def _is_open(store: Store, dialogue_id: int, number: int) -> bool:
    return any(each.number == number and each.is_open for each in await store.polls.of_dialogue(dialogue_id))


async def _is_closed(store: Store, poll: Poll) -> bool:
    found = await store.polls.read(poll.id)
    return found is not None and found.state is PollState.CLOSED and found.result_id is not None


async def gather(world: SystemWorld, *, here: int, there: int, seed: int) -> StormyPolls:
    """Add people to the chats of the first pair, who have all written to the bot in private; the bot is running."""
    pair = world.pairs[0]
    people = [await _on_telegram(world, pair, number) for number in range(here)]
    people += [await _on_matrix(world, pair, number) for number in range(there)]
    async with world.store() as store:
        (dialogue,) = await store.dialogues.all()
        coordinator = Account(MessengerName.TELEGRAM, str(world.person.id))
        person = await store.people.get_or_create(coordinator, "Anna Weber", "anna", utc_now())
        await store.roles.set(dialogue, person, dialogue.cities[0], Role.COORDINATOR, utc_now())
    return StormyPolls(world, pair, people, random.Random(seed))  # noqa: S311 - a test, no secret


async def _on_telegram(world: SystemWorld, pair: Pair, number: int) -> SystemVoter:
    person = world.telegram.person(f"SystemVoter{number}", "K", f"voter{number}")
    world.telegram.join(pair.group, person)
    world.telegram.say(pair.group, person, "Hello")  # becomes a guest of the city
    private = world.telegram.private(person, world.account)

    async def type(text: str) -> None:
        world.telegram.say(private, person, f"/{text}")

    return SystemVoter(Account(MessengerName.TELEGRAM, str(person.id)), type)


async def _on_matrix(world: SystemWorld, pair: Pair, number: int) -> SystemVoter:
    human = await world.synapse.register(
        f"voter-{number}-{secrets.token_hex(4)}", "voter-only", f"SystemVoter {number}"
    )
    await world.resident.human.invite(pair.room, human.id)
    await human.join(pair.room)
    await human.say(pair.room, "Hello")

    async def type(text: str) -> None:
        await human.say(pair.room, f"!{text}")

    return SystemVoter(Account(MessengerName.MATRIX, human.id), type)
