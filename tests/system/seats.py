"""People in chats: what they type is counted, what the bot posts is read."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from bot.model import Account, MessengerName
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.process import BotProcess
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import EmulatedTelegram, GroupActor, Json, PersonActor
from tests.system.harness import SystemWorld, open_world
from tests.system.people import Encrypting
from tests.system.streams import News

LIMIT = 30  # seconds: a loaded machine is no failure
_PASSWORD = "seat-only"
CODE = re.compile(r"[/!]pair ([A-Z0-9]{4}-[A-Z0-9]{4})")

Part: TypeAlias = str | re.Pattern[str]
"""A substring or pattern of a text."""


@dataclass(frozen=True)
class Heard:
    """A post of the bot: its id there, its text, and on Telegram what its buttons carry."""

    id: str
    text: str
    buttons: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The pairing code in the text."""
        found = CODE.search(self.text)
        assert found, f"no code: {self.text}"
        return found[1]


def _fits(text: str, parts: Iterable[Part]) -> bool:
    return all(part in text if isinstance(part, str) else part.search(text) for part in parts)


class Seat(Protocol):
    """A person in a chat."""

    account: Account
    typed: list[str]
    """What they have typed."""

    async def say(self, text: str, reply_to: str = "") -> str:
        """Type a text and return its id."""

    async def hears(self, *parts: Part) -> Heard:
        """Wait for the first post of the bot that contains all parts; each post is returned only once."""

    async def agree(self, heard: Heard) -> None:
        """Press the button that says yes."""

    async def posts(self, part: str) -> list[str]:
        """Return the bot's posts here that contain the part."""


@dataclass
class InGroup:
    """A person in a Telegram group."""

    telegram: EmulatedTelegram
    group: GroupActor
    person: PersonActor
    bot: int
    typed: list[str] = field(default_factory=list)
    _known: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.account = Account(MessengerName.TELEGRAM, str(self.person.id))

    async def say(self, text: str, reply_to: str = "") -> str:
        self.typed.append(text)
        said = self.telegram.say(self.group, self.person, text, reply_to=int(reply_to) if reply_to else None)
        return str(said["message_id"])

    async def hears(self, *parts: Part) -> Heard:
        event = await self.telegram.wait_for(lambda event: self._is_news(event, parts), LIMIT)
        message = event["message"]
        self._known.add(message["message_id"])
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        carried = tuple(button["callback_data"] for row in rows for button in row)
        return Heard(str(message["message_id"]), _text(message), carried)

    def _is_news(self, event: Json, parts: Iterable[Part]) -> bool:
        mine = event["kind"] == "message" and event["chat"] == self.group.id
        if not mine or event["message"]["from"]["id"] != self.bot or event["message"]["message_id"] in self._known:
            return False
        return _fits(_text(event["message"]), parts)

    async def agree(self, heard: Heard) -> None:
        """Press the button, and wait until it stops spinning."""
        carried = next(each for each in heard.buttons if ":yes" in each)
        await self.telegram.press(self.group, self.person, int(heard.id), carried)

    async def posts(self, part: str) -> list[str]:
        own = [each for each in self.telegram.messages(self.group) if each["from"]["id"] == self.bot]
        return [each["text"] for each in own if part in each.get("text", "")]


def _text(message: Json) -> str:
    return str(message.get("text", message.get("caption", "")))


@dataclass
class InRoom:
    """A person in a Matrix room, with a client that has no encryption."""

    human: HumanMatrix
    room: str
    bot: str
    typed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = Account(MessengerName.MATRIX, self.human.id)

    async def say(self, text: str, reply_to: str = "") -> str:
        self.typed.append(text)
        return await self.human.say(self.room, text, reply_to=reply_to or None)

    async def hears(self, *parts: Part) -> Heard:
        def is_it(event: RawEvent) -> bool:
            text = event["content"].get("body", "")
            place = (event["room_id"], event["sender"], event["type"])
            return place == (self.room, self.bot, "m.room.message") and _fits(text, parts)

        event = await self.human.wait_for(is_it, LIMIT)
        return Heard(event["event_id"], event["content"]["body"])

    async def meets_the_bot(self) -> None:
        """Wait until the bot is in the room."""
        joined = (self.room, "m.room.member", self.bot, "join")
        await self.human.wait_for(
            lambda e: (e["room_id"], e["type"], e.get("state_key"), e["content"].get("membership")) == joined, LIMIT
        )

    async def agree(self, heard: Heard) -> None:
        await self.human.react(self.room, heard.id, "✅")

    async def posts(self, part: str) -> list[str]:
        said = [event for event in await self.human.messages(self.room) if event["sender"] == self.bot]
        texts = [str(event["content"].get("body", "")) for event in said if event["type"] == "m.room.message"]
        return [text for text in texts if part in text]


class InSealedRoom(InRoom):
    """A person in an encrypted Matrix room, with an encrypting client."""

    def __init__(self, human: HumanMatrix, client: Encrypting, room: str, bot: str) -> None:
        super().__init__(human, room, bot)
        self._client = client
        self._known: set[str] = set()
        self._news = News()
        self.events: list[RawEvent] = []
        """Everything that the bot has sent."""

    async def sees(self, is_it: Callable[[RawEvent], bool]) -> RawEvent:
        """Wait for an event of the bot, and return the first one that fits."""
        try:
            async with asyncio.timeout(LIMIT):
                await self._news.until(lambda: any(is_it(each) for each in self.events))
        except TimeoutError:
            raise AssertionError(f"not seen; seen: {self.events}") from None
        return next(each for each in self.events if is_it(each))

    async def send(self, type: str, content: RawEvent) -> str:
        """Send any event and return its id."""
        return await self._client.send(self.room, type, content)

    def hear(self, event: RawEvent) -> None:
        """Listen, decrypting events."""
        if event.get("sender") == self.bot:
            self.events.append(event)
        self._news.tell()

    async def say(self, text: str, reply_to: str = "") -> str:
        assert not reply_to, "not needed"
        self.typed.append(text)
        return await self.send("m.room.message", {"msgtype": "m.text", "body": text, "m.mentions": {}})

    async def hears(self, *parts: Part) -> Heard:
        def is_it(event: RawEvent) -> bool:
            fresh = event["type"] == "m.room.message" and event["event_id"] not in self._known
            return fresh and _fits(event["content"]["body"], parts)

        event = await self.sees(is_it)
        self._known.add(event["event_id"])
        return Heard(event["event_id"], event["content"]["body"])

    async def posts(self, part: str) -> list[str]:
        texts = [each["content"]["body"] for each in self.events if each["type"] == "m.room.message"]
        return [text for text in texts if part in text]


@dataclass
class Scene:
    """The bot with an empty database, Anna (Telegram) and Grace (Matrix) in its settings; nobody has typed anything."""

    world: SystemWorld
    seats: list[Seat] = field(default_factory=list)

    @property
    def typed(self) -> list[str]:
        """Everything that people have typed."""
        return [text for seat in self.seats for text in seat.typed]

    def in_group(self, group: GroupActor, person: PersonActor) -> InGroup:
        seat = InGroup(self.world.telegram, group, person, self.world.account.id)
        self.seats.append(seat)
        return seat

    def in_room(self, human: HumanMatrix, room: str) -> InRoom:
        seat = InRoom(human, room, self.world.bot_id)
        self.seats.append(seat)
        return seat

    async def anna(self, title: str = "Rathaus Köln", *others: PersonActor) -> InGroup:
        """Create a group with Anna and `others`, and have her add the bot."""
        world = self.world
        group = world.telegram.group(title, [world.person, *others], bots=[])
        world.telegram.add_bot(group, world.person, world.account, admin=True)
        return self.in_group(group, world.person)

    async def grace(self, name: str = "City Hall", *others: HumanMatrix, encrypted: bool = False) -> InRoom:
        """Create a room with Grace and `others`, and have her invite the bot."""
        human, bot = self.world.resident.human, self.world.bot_id
        room = await human.create_room(name, [bot, *(each.id for each in others)], encrypted=encrypted)
        for each in others:
            await each.join(room)
        seat = self.in_room(human, room)
        await seat.meets_the_bot()
        return seat

    async def human(self, name: str) -> HumanMatrix:
        """Register someone on the homeserver."""
        first, _space, _last = name.lower().partition(" ")
        return await self.world.synapse.register(f"{first}-{secrets.token_hex(4)}", _PASSWORD, name)

    async def agree(self, seat: Seat, heard: Heard) -> None:
        """Press yes from a seat, once the bot knows the id of its question."""
        await self.world.outbox_empty()
        await seat.agree(heard)

    @asynccontextmanager
    async def encrypting(self, name: str, room: InRoom) -> AsyncIterator[InSealedRoom]:
        """Join Grace's room with an encrypting client and listen there; the bot is in the room."""
        human = await self.human(name)
        await room.human.invite(room.room, human.id)
        keys = self.world.folder / secrets.token_hex(4)
        keys.mkdir()
        client = Encrypting(self.world.synapse.url, human, keys)
        await client.begin()
        await client.join(room.room)
        seat = InSealedRoom(human, client, room.room, self.world.bot_id)
        self.seats.append(seat)
        task = asyncio.create_task(client.listen(seat.hear))
        try:
            async with asyncio.timeout(LIMIT):
                await client.knows(self.world.bot_id)
            yield seat
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await client.close()


@asynccontextmanager
async def open_scene(
    synapse: Synapse, folder: Path, *, database_url: str = "", telegram: bool = True
) -> AsyncIterator[Scene]:
    """Run the bot on an empty database; `telegram`: it has an account there, too."""
    async with open_world(synapse, folder, pairs=0, database_url=database_url, prepare=False) as world:
        both = f"telegram:{world.person.id},matrix:{world.resident.id}"
        world.settings |= {"COORDINATORS": both}
        settings = {key: value for key, value in world.settings.items() if telegram or not key.startswith("TELEGRAM")}
        world.bot = BotProcess(folder, settings)
        try:
            await world.start()
            yield Scene(world)
        finally:
            await world.bot.stop()
