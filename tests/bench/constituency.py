"""Thousands of people in the chats of one dialogue, who vote, and what they see of its cards."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from time import monotonic, time
from typing import TypeAlias

from bot.model import Account, MessengerName, Role
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.telegram import GroupActor, Json, PersonActor
from bot.sandbox.telegram.actors import Member
from tests.system.harness import INDIANAPOLIS, KOELN, SystemWorld
from tests.system.streams import News

EDITS = 5.0  # seconds between two edits of a card
_AT_ONCE = 8  # calls to the homeserver
_PASSWORD = "constituency-only"


@dataclass(frozen=True)
class InGroupVoter:
    """A voter in a Telegram group."""

    group: GroupActor
    person: PersonActor


@dataclass(frozen=True)
class InRoomVoter:
    """A voter in a Matrix room."""

    room: str
    human: HumanMatrix


Voter: TypeAlias = InGroupVoter | InRoomVoter


@dataclass
class ShownPost:
    """A post of the bot: its text by now, and when it appeared and changed (seconds)."""

    chat: str
    id: str
    text: str
    data: tuple[str, ...] = ()
    """What its buttons carry."""
    poll: bool = False
    times: list[float] = field(default_factory=list)

    @property
    def shortest(self) -> float:
        """The shortest time between two edits."""
        return min((after - before for before, after in pairwise(self.times[1:])), default=float("inf"))

    @property
    def allowed(self) -> bool:
        """Whether it was edited no oftener than once in 5 s, on the whole."""
        return len(self.times) <= 2 + (self.times[-1] - self.times[0]) / EDITS


@dataclass
class Constituency:
    """The voters of one dialogue, and everything that the bot shows them."""

    world: SystemWorld
    voters: list[Voter] = field(default_factory=list)
    posts: dict[tuple[str, str], ShownPost] = field(default_factory=dict)
    """By chat and id."""
    signs: dict[tuple[str, str], float] = field(default_factory=dict)
    """When the bot reacted or replied, by chat and the id of what it reacted or replied to."""
    news: News = field(default_factory=News)

    @property
    def chats(self) -> list[str]:
        groups = [str(pair.group.id) for pair in self.world.pairs]
        return groups + [pair.room for pair in self.world.pairs]

    def newest(self, chat: str, holds: Callable[[ShownPost], bool]) -> ShownPost | None:
        return next((post for post in reversed(self.posts.values()) if post.chat == chat and holds(post)), None)

    def chat(self, voter: Voter) -> str:
        return str(voter.group.id) if isinstance(voter, InGroupVoter) else voter.room

    def city(self, voter: Voter) -> str:
        return KOELN if isinstance(voter, InGroupVoter) else INDIANAPOLIS

    async def everywhere(self, holds: Callable[[ShownPost], bool], limit: float = 120) -> dict[str, ShownPost]:
        """Wait until every chat shows a post that fits, and return the newest of each."""

        def found() -> dict[str, ShownPost]:
            return {chat: post for chat in self.chats if (post := self.newest(chat, holds))}

        async with asyncio.timeout(limit):
            await self.news.until(lambda: len(found()) == len(self.chats))
        return found()

    async def sign(self, chat: str, id: str, limit: float = 600) -> float:
        """Wait for the bot's reaction or reply to a message; return when it came."""
        async with asyncio.timeout(limit):
            await self.news.until(lambda: (chat, id) in self.signs)
        return self.signs[chat, id]

    # --- listening

    async def watch_groups(self, queue: asyncio.Queue[Json]) -> None:
        mine = self.world.account.id
        while True:
            event = await queue.get()
            message, chat = event.get("message", {}), str(event["chat"])
            if event["kind"] == "reaction" and event["from"]["id"] == mine:
                self._signed(chat, str(message["message_id"]))
            elif event["kind"] in {"message", "edit"} and message.get("from", {}).get("id") == mine:
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                data = tuple(button.get("callback_data", "") for row in rows for button in row)
                text = message.get("text") or message.get("caption") or message.get("poll", {}).get("question", "")
                shown = ShownPost(chat, str(message["message_id"]), text, data, "poll" in message)
                self._showed(shown, str(message.get("reply_to_message", {}).get("message_id", "")), time())

    def hear(self, event: RawEvent) -> None:
        """Take what the bot says in a room."""
        if event.get("sender") != self.world.bot_id:
            return
        content, room = event.get("content", {}), event["room_id"]
        relation = content.get("m.relates_to", {})
        if event["type"] == "m.reaction":
            self._signed(room, relation.get("event_id", ""))
        elif event["type"] in {"m.room.message", "org.matrix.msc3381.poll.start"}:
            poll = event["type"] != "m.room.message"
            id = relation["event_id"] if relation.get("rel_type") == "m.replace" else event["event_id"]
            content = content.get("m.new_content", content)
            text = content.get("body") or content.get("org.matrix.msc1767.text", "")
            reply_to = relation.get("m.in_reply_to", {}).get("event_id", "")
            self._showed(ShownPost(room, id, text, poll=poll), reply_to, event["origin_server_ts"] / 1000)

    def _signed(self, chat: str, id: str) -> None:
        self.signs.setdefault((chat, id), monotonic())
        self.news.tell()

    def _showed(self, shown: ShownPost, reply_to: str, at: float) -> None:
        known = self.posts.setdefault((shown.chat, shown.id), shown)
        known.text, known.data = shown.text, shown.data
        known.times.append(at)
        if reply_to:
            self._signed(shown.chat, reply_to)
        self.news.tell()


@asynccontextmanager
async def constituency(world: SystemWorld, voters: int, on_matrix: int) -> AsyncIterator[Constituency]:
    """Put all chats into one dialogue, with `voters` people in them, `on_matrix` of them in rooms; Anna coordinates."""
    made = Constituency(world)
    await _one_dialogue(world)
    observer = await world.synapse.register(f"observer-{secrets.token_hex(4)}", _PASSWORD)
    for pair in world.pairs:
        await world.resident.human.send_state(pair.room, "m.room.join_rules", {"join_rule": "public"})
        await observer.join(pair.room)
    made.voters += _in_groups(world, voters - on_matrix)
    made.voters += await _in_rooms(world, on_matrix)
    async with world.telegram.watch() as queue:
        tasks = [asyncio.create_task(made.watch_groups(queue)), asyncio.create_task(_listen(observer, made.hear))]
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _one_dialogue(world: SystemWorld) -> None:
    async with world.store() as store:
        dialogue, *_ = await store.dialogues.all()
        cities = {
            MessengerName.TELEGRAM: next(city for city in dialogue.cities if city.name == KOELN),
            MessengerName.MATRIX: next(city for city in dialogue.cities if city.name == INDIANAPOLIS),
        }
        for chat in await store.chats.paired():
            await store.chats.pair(chat.ref, dialogue, cities[chat.ref.messenger])
        account = Account(MessengerName.TELEGRAM, str(world.person.id))
        anna = await store.people.get_or_create(account, world.person.name, "", datetime.now(UTC))
        await store.roles.set(dialogue, anna, cities[MessengerName.TELEGRAM], Role.COORDINATOR, datetime.now(UTC))


def _in_groups(world: SystemWorld, count: int) -> list[Voter]:
    made: list[Voter] = []
    for number in range(count):
        group = world.pairs[number % len(world.pairs)].group
        person = world.telegram.person("Voter", str(number))
        group.members[person.id] = Member(person, "member")
        made.append(InGroupVoter(group, person))
    return made


async def _in_rooms(world: SystemWorld, count: int) -> list[Voter]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def join(number: int) -> Voter:
        room = world.pairs[number % len(world.pairs)].room
        async with gate:
            human = await world.synapse.register(f"voter-{secrets.token_hex(4)}", _PASSWORD, f"Voter {number}")
            await human.join(room)
        return InRoomVoter(room, human)

    return list(await asyncio.gather(*(join(number) for number in range(count))))


async def _listen(observer: HumanMatrix, hear: Callable[[RawEvent], None]) -> None:
    since = (await observer.sync(timeout=0))["next_batch"]
    while True:
        answer = await observer.sync(since)
        since = answer["next_batch"]
        for room, joined in answer.get("rooms", {}).get("join", {}).items():
            for event in joined["timeline"]["events"]:
                hear({**event, "room_id": room})


def median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
