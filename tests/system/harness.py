"""A small world for the bot as a process: a real homeserver, an emulated Telegram, pairs of chats, people who talk."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import utc_now
from bot.model import ChatRef, File, FileKind, MessengerName, Post, rich
from bot.sandbox.matrix_client import RawEvent
from bot.sandbox.process import BotProcess
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import BotActor, EmulatedTelegram, GroupActor, Json, PersonActor
from storage import Database, Store, upgrade
from tests.system.people import Encrypting, Plain, Resident
from tests.system.shell import intercity
from tests.system.streams import MessageStream, News, Tally

KOELN, INDIANAPOLIS = "Köln", "Indianapolis"
_PASSWORD = "world-only"
_FENCE = "test.fence"
_AT_ONCE = 8  # calls to the homeserver during the setup


@dataclass(eq=False)
class Pair:
    """A dialogue: one Telegram group and one Matrix room, and the messages between them."""

    name: str
    group: GroupActor
    room: str
    resident: Resident
    """Who writes and listens in the room."""
    to_matrix: MessageStream
    to_telegram: MessageStream
    files_to_matrix: MessageStream
    files_to_telegram: MessageStream
    stickers_to_matrix: MessageStream
    stickers_to_telegram: MessageStream

    @property
    def streams(self) -> tuple[MessageStream, ...]:
        by_bot = self.files_to_matrix, self.files_to_telegram
        return self.to_matrix, self.to_telegram, *by_bot, self.stickers_to_matrix, self.stickers_to_telegram

    @property
    def chats(self) -> tuple[tuple[ChatRef, MessageStream], ...]:
        """Each chat, with the stream of the bot's own files to it."""
        group = ChatRef(MessengerName.TELEGRAM, str(self.group.id))
        return (group, self.files_to_telegram), (ChatRef(MessengerName.MATRIX, self.room), self.files_to_matrix)


Speaking = Callable[["SystemWorld", Pair], Awaitable[None]]
"""How somebody sends the next message of a stream."""


@dataclass(eq=False)
class SystemWorld:
    """The servers, the people and the bot, which is set up but not started."""

    telegram: EmulatedTelegram
    synapse: Synapse
    bot: BotProcess
    settings: dict[str, str]
    """All settings of the bot (keys without INTERCITY_)."""
    account: BotActor
    """The bot's account on Telegram; on Matrix it is `bot_id`."""
    bot_id: str
    person: PersonActor
    resident: Plain
    encrypting: Encrypting | None
    database_url: str
    folder: Path
    news: News
    pairs: list[Pair] = field(default_factory=list)
    _joined: set[str] = field(default_factory=set)
    _fences: set[tuple[str, str]] = field(default_factory=set)

    # the bot

    async def start(self) -> None:
        """Start the bot, and wait until it has joined every room."""
        await self.bot.start()
        rooms = {pair.room for pair in self.pairs}
        await self.wait(lambda: rooms <= self._joined, "the bot joins all rooms")
        if self.encrypting:
            async with asyncio.timeout(30):
                await self.encrypting.knows(self.bot_id)

    async def shell(self, *arguments: str) -> str:
        """Run an `intercity` command that succeeds, and return its output."""
        outcome = await intercity(self.folder, self.settings, *arguments)
        assert outcome.code == 0, f"intercity {' '.join(arguments)}: {outcome}"
        return outcome.output

    # what people do

    def say_in_group(self, pair: Pair) -> None:
        self.telegram.say(pair.group, self.person, pair.to_matrix.next())

    async def write_in_group(self, pair: Pair) -> None:
        self.say_in_group(pair)

    async def say_in_room(self, pair: Pair) -> None:
        await pair.resident.say(pair.room, pair.to_telegram.next())

    async def talk(
        self, each: int, *, window: int = 10, pairs: Sequence[Pair] = (), ways: tuple[Speaking, Speaking] | None = None
    ) -> None:
        """Send `each` messages each way in every pair, at most `window` of them in flight per direction.

        `ways`: how people send the next message in the group and in the room, if it is not always a text.
        """
        in_group, in_room = ways or (SystemWorld.write_in_group, SystemWorld.say_in_room)
        async with asyncio.TaskGroup() as group:
            for pair in pairs or self.pairs:
                group.create_task(self._talk(pair, pair.to_matrix, in_group, each, window))
                group.create_task(self._talk(pair, pair.to_telegram, in_room, each, window))

    async def post_files(self, each: int, *, window: int = 2) -> None:
        """Post `each` files in every chat, at most `window` of them in flight per chat, from beside the bot."""
        for _ in range(each):
            for pair in self.pairs:
                await self.news.until(lambda: max(s.open for _chat, s in pair.chats) < window)  # noqa: B023 - awaited
                async with self.store() as store:
                    for ref, stream in pair.chats:
                        await _post_file(store, ref, stream.next())

    async def _talk(self, pair: Pair, stream: MessageStream, speak: Speaking, count: int, window: int) -> None:
        end = stream.said + count
        while stream.said < end:
            await self.news.until(lambda: stream.open < window)
            await speak(self, pair)

    # what they see

    @property
    def streams(self) -> list[MessageStream]:
        return [stream for pair in self.pairs for stream in pair.streams]

    @property
    def arrived(self) -> int:
        return sum(len(stream.at) for stream in self.streams)

    async def wait(self, holds: Callable[[], bool], what: str, limit: float = 30) -> None:
        """Wait until it holds; the failure shows the state of every stream."""
        try:
            async with asyncio.timeout(limit):
                await self.news.until(holds)
        except TimeoutError:
            raise AssertionError(f"not within {limit:g} s: {what}\n{self.report()}") from None

    async def settled(self, limit: float = 90) -> Tally:
        """Wait until every message has arrived and the outbox is empty; return the tally."""
        await self.wait(lambda: all(not stream.open for stream in self.streams), "all that was said arrives", limit)
        await self.outbox_empty(limit)
        await self._fence()
        return Tally.of(self.streams)

    async def outbox_empty(self, limit: float = 30) -> None:
        """Wait until the outbox is empty: after that, no late copy can come."""
        try:
            async with asyncio.timeout(limit):
                while await self.lanes():  # noqa: ASYNC110 - another process's database offers no event
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError(f"the outbox is not empty after {limit:g} s\n{self.report()}") from None

    async def lanes(self) -> set[str]:
        async with self.store() as store:
            return await store.deliveries.waiting(utc_now())

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Open the bot's database alongside the bot."""
        database = Database(self.database_url)
        try:
            async with database.begin() as store:
                yield store
        finally:
            await database.close()

    async def _fence(self) -> None:
        """Wait until everybody has received all events that the homeserver has by now."""
        residents = {pair.resident.id: pair for pair in self.pairs}
        fences = {(id, secrets.token_hex(4)) for id in residents}
        for id, word in fences:
            await residents[id].resident.say(residents[id].room, word, _FENCE)
        await self.wait(lambda: fences <= self._fences, "everybody hears themselves")

    def report(self) -> str:
        streams = "\n".join(str(stream) for stream in self.streams if not stream.tally.good and stream.said)
        return f"{streams or 'all that was said has arrived'}\njoined: {len(self._joined)}\n{self.bot.log_tail(40)}"

    # listening

    async def watch_telegram(self, queue: asyncio.Queue[Json]) -> None:
        streams = {pair.group.id: pair.to_telegram for pair in self.pairs}
        files = {pair.group.id: pair.files_to_telegram for pair in self.pairs}
        stickers = {pair.group.id: pair.stickers_to_telegram for pair in self.pairs}
        while True:
            event = await queue.get()
            stream, message = streams.get(event["chat"]), event.get("message", {})
            if stream is None or message.get("from", {}).get("id") != self.account.id:
                continue
            if event["kind"] == "message" and "document" in message:
                files[event["chat"]].saw(str(message["message_id"]), message.get("caption", ""))
            elif event["kind"] == "message" and "sticker" in message:
                stickers[event["chat"]].saw_one_more()
            elif event["kind"] in {"message", "edit"} and not message.keys().isdisjoint({"text", "photo", "voice"}):
                text, sizes = message.get("text") or message.get("caption", ""), message.get("photo", [{}])
                stream.saw(str(message["message_id"]), text, sizes[-1].get("width", 0))
            elif event["kind"] == "delete":
                stream.gone(str(message["message_id"]))

    def listener(self, resident: Resident) -> Callable[[RawEvent], None]:
        mine = {pair.room: pair for pair in self.pairs if pair.resident is resident}

        def hear(event: RawEvent) -> None:
            content = event.get("content", {})
            if event["type"] == _FENCE:
                self._fences.add((resident.id, content["body"]))
                self.news.tell()
            elif event.get("sender") != self.bot_id:
                return
            elif event["type"] == "m.room.member" and content.get("membership") == "join":
                self._joined.add(event["room_id"])
                self.news.tell()
            elif event["type"] == "m.sticker" and event["room_id"] in mine:
                mine[event["room_id"]].stickers_to_matrix.saw_one_more()
            elif event["type"] == "m.room.message" and event["room_id"] in mine:
                relation = content.get("m.relates_to", {})
                id = relation["event_id"] if relation.get("rel_type") == "m.replace" else event["event_id"]
                pair, content = mine[event["room_id"]], content.get("m.new_content", content)
                stream = pair.files_to_matrix if content.get("msgtype") == "m.file" else pair.to_matrix
                stream.saw(id, content.get("body", ""), content.get("info", {}).get("w", 0))

        return hear


async def _post_file(store: Store, ref: ChatRef, caption: str) -> None:
    """Queue a file of the bot for one chat, as a feature does."""
    chat, now = await store.chats.by_ref(ref), utc_now()
    if chat is None:
        raise LookupError(ref)
    source, size = await store.files.add(secrets.token_bytes(300_000), now)
    file = File(kind=FileKind.DOCUMENT, source=source, name="plan.bin", mime="application/octet-stream", size=size)
    message = await store.messages.add(sent_at=now)
    await store.deliveries.send(chat, message, Post(rich(caption), files=(file,)), now)


@asynccontextmanager
async def open_world(
    synapse: Synapse,
    folder: Path,
    *,
    pairs: int = 1,
    encrypted: int = 0,
    telegram: EmulatedTelegram | None = None,
    database_url: str = "",
    prepare: bool = True,
    module: str = "bot",
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[SystemWorld]:
    """Create a world in `folder` on a running homeserver; its first `encrypted` rooms are encrypted.

    `telegram`: a caller's own server, not yet opened. `prepare`: register the pairs in the bot's database.
    `module`: what is run as the bot. `more`: further settings.
    """
    async with contextlib.AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(telegram or EmulatedTelegram())
        name = f"intercity-{secrets.token_hex(4)}"
        account = telegram.bot(name.replace("-", "_") + "_bot", "Intercity")
        await synapse.register(name, _PASSWORD, "Intercity")
        resident = Plain(await synapse.register(f"grace-{secrets.token_hex(4)}", _PASSWORD, "Grace Miller"))
        encrypting = await _encrypting(synapse, folder) if encrypted else None
        if encrypting:
            stack.push_async_callback(encrypting.close)
        data = folder / "data"
        bot_id = f"@{name}:{synapse.server_name}"
        settings = {
            "DATA_DIR": str(data),
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_API_URL": telegram.url,
            "MATRIX_HOMESERVER": synapse.url,
            "MATRIX_USER": bot_id,
            "MATRIX_PASSWORD": _PASSWORD,
        } | ({"DATABASE_URL": database_url} if database_url else {})
        settings |= more or {}
        world = SystemWorld(
            telegram=telegram,
            synapse=synapse,
            bot=BotProcess(folder, settings, module=module),
            settings=settings,
            account=account,
            bot_id=bot_id,
            person=telegram.person("Anna", "Weber", "anna"),
            resident=resident,
            encrypting=encrypting,
            database_url=database_url or f"sqlite+aiosqlite:///{data}/intercity.db",
            folder=folder,
            news=News(),
        )
        await _add_pairs(world, pairs, encrypted)
        if prepare:
            data.mkdir(mode=0o700)
            await _prepare(world)
        await stack.enter_async_context(_listening(world))
        stack.push_async_callback(world.bot.stop)
        yield world


async def _encrypting(synapse: Synapse, folder: Path) -> Encrypting:
    human = await synapse.register(f"eve-{secrets.token_hex(4)}", _PASSWORD, "Eve Turner")
    keys = folder / "eve"
    keys.mkdir()
    encrypting = Encrypting(synapse.url, human, keys)
    await encrypting.begin()
    return encrypting


async def _add_pairs(world: SystemWorld, count: int, encrypted: int) -> None:
    """Create groups and rooms; the bot is in the groups and invited to the rooms."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def add(number: int) -> Pair:
        resident = world.encrypting if number < encrypted else None
        name = f"Dialogue {number + 1}"
        guests = [world.bot_id] + ([resident.id] if resident else [])
        async with gate:
            room = await world.resident.human.create_room(name, guests, encrypted=number < encrypted)
            if resident:
                await resident.join(room)
        ways = [f"{what} → {where}" for what in ("files", "stickers") for where in ("Matrix", "Telegram")]
        ways = ["Telegram → Matrix", "Matrix → Telegram", *ways]
        streams = [MessageStream(f"{name}, {way}", world.news) for way in ways]
        group = world.telegram.group(name, [world.person], bots=[world.account])
        return Pair(name, group, room, resident or world.resident, *streams)

    world.pairs += await asyncio.gather(*(add(number) for number in range(count)))


def _speak_long_ago(world: SystemWorld, pair: Pair) -> int:
    """Post messages as the bot that its database does not know, and return the number of the last one.

    A search for a lost message that goes too far finds them.
    """
    posts = [world.telegram.world.post(pair.group, world.account, {"text": f"of long ago {n}"}) for n in range(5)]
    return posts[-1].id


async def _prepare(world: SystemWorld) -> None:
    """Do in one transaction what an operator does with `intercity city|dialogue|chat add`."""
    database = Database(world.database_url)
    await upgrade(database)
    try:
        async with database.begin() as store:
            koeln = await store.cities.add(KOELN, "de_DE", "Europe/Berlin")
            indianapolis = await store.cities.add(INDIANAPOLIS, "en_US", "America/Indiana/Indianapolis")
            for pair in world.pairs:
                dialogue = await store.dialogues.add(pair.name, (koeln, indianapolis))
                group = ChatRef(MessengerName.TELEGRAM, str(pair.group.id))
                await store.chats.pair(group, dialogue, koeln)
                await store.counters.record([f"{group.lane}/{_speak_long_ago(world, pair)}"])
                await store.chats.pair(ChatRef(MessengerName.MATRIX, pair.room), dialogue, indianapolis)
    finally:
        await database.close()


@asynccontextmanager
async def _listening(world: SystemWorld) -> AsyncIterator[None]:
    """Keep everybody listening until the end."""
    residents: Iterable[Resident] = [r for r in (world.resident, world.encrypting) if r]
    await world.resident.begin()
    async with world.telegram.watch() as queue:
        jobs = [world.watch_telegram(queue), *(each.listen(world.listener(each)) for each in residents)]
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [end for end in ends if isinstance(end, Exception)]
    if failures:
        raise ExceptionGroup("somebody stopped listening", failures)
